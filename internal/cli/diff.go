// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"io"

	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/diff"
	"example.com/calico-pull-secrets/internal/disk"
	"example.com/calico-pull-secrets/internal/finding"
)

// showDiffs prints the changes of all files, for git apply and patch -p1. It names each file whose
// diff it hides because it would show a part of a Secret. It returns false if it printed nothing
// because a diff failed.
func (s *set) showDiffs(r function.Report, secretPath string) bool {
	outside := false
	var diffs []string // it prints all or none
	for _, f := range r.Files {
		if len(f.Changes) == 0 {
			continue
		}
		text, ok, err := diff.Of(f)
		if err != nil {
			s.sayOf(finding.Error, f.Name, "cannot make a diff: %s", disk.Problem(err))
			return false
		}
		if !ok {
			s.sayHidden(f.Name)
			continue
		}
		_, inside := diff.RelativeName(f.Name)
		outside = outside || !inside
		if s.colours {
			text = diff.InColour(text)
		}
		diffs = append(diffs, text)
	}
	for _, text := range diffs {
		_, _ = io.WriteString(s.out, text) // Flush returns the error
	}
	switch {
	case len(r.Added) == 0:
	case secretPath == "":
		s.sayOf(finding.Warning, "", "the diff does not show the new Secret, which has no file: set secret.path")
	default:
		s.sayHidden(secretPath)
	}
	if outside && !s.quiet {
		s.sayOf(finding.Info, "", "the diff has files outside of this folder: apply it with patch -p1 -d /")
	}
	return true
}

func (s *set) sayHidden(name string) {
	s.sayOf(finding.Warning, name, "the diff is not shown: it would show a Secret")
}
