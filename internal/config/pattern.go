// SPDX-License-Identifier: Apache-2.0

package config

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/resid"
)

// A pattern is a regular expression that matches the whole, as in the target of a
// kustomize patch; an empty one matches everything. Most are a word or several, such
// as canal|canal-node. These are compared, since to compile an expression takes
// longer than all that it is for; the others are kustomize's.
type pattern struct {
	words []string
	regex *types.SelectorRegex // nil if the words say it, or nothing does
}

func newPattern(expression string) (p pattern, err error) {
	switch {
	case expression == "":
	case strings.Trim(expression, wordCharacters+"|") == "":
		p.words = strings.Split(expression, "|")
	default:
		p.regex, err = types.NewSelectorRegex(&types.Selector{ResId: resid.ResId{Name: expression}})
	}
	return p, err
}

// wordCharacters are those that stand for themselves in an expression. There are
// others.
const wordCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_/"

func (p pattern) matches(s string) bool {
	switch {
	case p.regex != nil:
		return p.regex.MatchName(s)
	case p.words != nil:
		return slices.Contains(p.words, s)
	}
	return true
}
