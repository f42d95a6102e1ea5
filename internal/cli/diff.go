// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"io"

	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/diff"
	"example.com/calico-pull-secrets/internal/finding"
)

// showDiffs prints the changes of all files, as git apply and patch -p1 take them, and
// says of which file it does not, since that would show something of a Secret. It
// reports whether it could.
func (s *set) showDiffs(report function.Report, secretPath string) bool {
	outside := false
	var diffs []string // all or none are printed
	for _, f := range report.Files {
		if len(f.Changes) == 0 {
			continue
		}
		text, ok, err := diff.Of(f)
		if err != nil {
			s.sayOf(finding.Error, f.Name, "no diff can be made: %s", problemOf(err))
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
		_, _ = io.WriteString(s.out, text) // Flush says what went wrong
	}
	switch {
	case len(report.Added) == 0:
	case secretPath == "":
		s.sayOf(finding.Warning, "", "the Secret is new, and is not shown; it has no file: set secret.path")
	default:
		s.sayHidden(secretPath)
	}
	if outside && !s.quiet {
		s.sayOf(finding.Info, "", "the diff has files outside of this folder: apply it with patch -p1 -d /")
	}
	return true
}

func (s *set) sayHidden(name string) {
	s.sayOf(finding.Warning, name, "the diff is not shown, as it has a Secret in it")
}
