// SPDX-License-Identifier: Apache-2.0

package config

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/resid"
)

// A pattern is a regular expression that must match the whole text, as in the target of a kustomize
// patch. An empty one matches everything. Most patterns are one or several words, such as
// canal|canal-node. The program compares these itself, since compiling an expression is slower.
// kustomize matches the others.
type pattern struct {
	words []string
	regex *types.SelectorRegex // nil if words are enough, or the pattern is empty
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

// wordCharacters are characters that stand for themselves in an expression. There are others.
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
