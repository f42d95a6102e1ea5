// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/finding"
)

// noSecretFile is the message for a new Secret without a file.
const noSecretFile = "there is no file for the Secret\nhint: name one: secret.path=regcred.yaml"

// showChecked reports what a check finds outside of the function, and prints the diffs if the user
// wants them. It returns true if there is nothing to change.
func (s *set) showChecked(r function.Report, secretPath string) bool {
	if r.Adds && secretPath == "" {
		s.sayOf(finding.Error, "", noSecretFile)
	}
	if s.diff && !s.showDiffs(r, secretPath) {
		return false
	}
	return len(toChange(r)) == 0 && !r.Adds
}

// toChange returns the names of the files that have changes or lack a reference.
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
	for _, f := range r.Findings { // for a report without files
		if missing[f.File] && !listed[f.File] {
			listed[f.File] = true
			names = append(names, f.File)
		}
	}
	return names
}
