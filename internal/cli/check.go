// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"

	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/report"
)

// showChecked prints the names of the files in which something is to do, or their
// diffs. It reports whether there are none.
func (s *set) showChecked(r function.Report, secretPath string) bool {
	names := toChange(r)
	if r.Adds {
		names = append(names, secretPath)
		if secretPath == "" {
			s.say("error: there is no file for the Secret: set secret.path")
		}
	}
	switch {
	case s.diff:
		if !s.showDiffs(r, secretPath) {
			return false
		}
	case s.output == "" || s.output == outputTable:
		for _, name := range names {
			if name != "" {
				fmt.Fprintln(s.out, report.Visible(name)) // also for a pipe, which may end at a terminal
			}
		}
	}
	return len(names) == 0
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
