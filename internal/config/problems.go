// SPDX-License-Identifier: Apache-2.0

package config

import (
	"slices"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/finding"
)

// Problems are all errors in a configuration.
type Problems []Problem

type Problem struct {
	Check string // the id of the finding
	Field string // the dotted path below spec, or from the top if it begins with a slash
	Text  string
	Hint  string // what to do
	meant string // the field that the user most likely meant
}

func (p *Problems) Add(field, format string, a ...any) {
	text, hint := finding.Worded(format, a...)
	*p = append(*p, Problem{Check: finding.Config, Field: field, Text: text, Hint: hint})
}

// AddError adds an error of a field, with its hint. Each of entryErrors becomes a problem.
func (p *Problems) AddError(field string, err error) {
	for _, err := range eachOf(err) {
		*p = append(*p, Problem{Check: finding.Config, Field: field, Text: err.Error(), Hint: finding.HintOf(err)})
	}
}

// without returns the problems of p whose field has no problem among others. One problem is enough
// for a field that is unreadable or misspelt. If a field that replaces others is unreadable or
// misspelt, the others need no problem, either.
func (p Problems) without(others Problems) Problems {
	return slices.DeleteFunc(p, func(a Problem) bool {
		return slices.ContainsFunc(others, func(b Problem) bool {
			return a.Field == b.Field || a.Field == b.meant || isReplacedBy(a.Field, b.Field) || isReplacedBy(a.Field, b.meant) || isOnlyMisspelt(a.Field, b)
		})
	})
}

// isOnlyMisspelt reports whether b is a misspelt field in the block of the field, and means a field
// elsewhere: secret.name means secretName, so nobody asked for the block.
func isOnlyMisspelt(field string, b Problem) bool {
	block, _, _ := strings.Cut(field, ".")
	return b.meant != "" && strings.HasPrefix(b.Field, block+".") && !strings.HasPrefix(b.meant, block+".")
}

// isReplacedBy reports whether the other field is a list of registries or a docker config that
// replaces the field.
func isReplacedBy(field, other string) bool {
	block, name, _ := strings.Cut(other, ".")
	return (name == "registries" || name == "dockerConfigFile") && strings.HasPrefix(field, block+".")
}

// Findings returns the problems of the configuration o as findings of a severity.
func (p Problems) Findings(severity finding.Severity, o *fn.KubeObject) (all finding.List) {
	prefix := "spec."
	if o.GetKind() != Kind {
		prefix = "data."
	}
	for _, problem := range p {
		path, fromTop := strings.CutPrefix(problem.Field, "/")
		if path != "" && !fromTop {
			path = prefix + path
		}
		f := finding.New(problem.Check, severity, "%s", problem.Text)
		f.Hint, f.IsConfig = problem.Hint, true
		if kind := o.GetKind(); kind == Kind || kind == "ConfigMap" {
			f.Place = finding.Place{APIVersion: o.GetAPIVersion(), Kind: kind, Namespace: o.GetNamespace(), Name: o.GetName(), Field: path}
		} // else kpt may have taken an argument for the kind, and that may be a password
		all = append(all, f)
	}
	return all
}
