// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/finding"
)

// noSecretFile is what to say where the Secret is new and has no file.
const noSecretFile = "there is no file for the Secret\nhint: name one: secret.path=regcred.yaml"

// showChecked says what a check finds that the function does not know, and prints the diffs
// if they are asked for. It reports whether nothing is to do.
func (s *set) showChecked(r function.Report, secretPath string) bool {
	if r.Adds && secretPath == "" {
		s.sayOf(finding.Error, "", noSecretFile)
	}
	if s.diff && !s.showDiffs(r, secretPath) {
		return false
	}
	return len(toChange(r)) == 0 && !r.Adds
}

// toChange returns the names of the files in which something is to do: those that
// have changes, and those in which a reference is missing.
func toChange(r function.Report) (names []string) {
	missing := map[string]bool{}
	for _, f := range r.Findings {
		missing[f.File] = missing[f.File] || f.Check == finding.MissingReference
	}
	listed := map[string]bool{}
	for _, f := range r.Files {
		listed[f.Name] = true
		if f.Changed || missing[f.Name] {
			names = append(names, f.Name)
		}
	}
	for _, f := range r.Findings { // where the report has no files
		if missing[f.File] && !listed[f.File] {
			listed[f.File] = true
			names = append(names, f.File)
		}
	}
	return names
}
