// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/wire"
)

// printFiles writes the files to stdout as one stream, with what is added at the
// end. It reports whether it did; if not, nothing was written.
func (s *set) printFiles(report function.Report) bool {
	var texts [][]byte
	var names []string
	for _, f := range report.Files {
		if f.Passed == "" {
			texts, names = append(texts, f.After()), append(names, f.Name)
		}
	}
	stream, at, err := wire.Join(append(texts, report.Added))
	if err != nil {
		s.sayOf(finding.Error, names[at], "%v", err)
		return false
	}
	_, _ = s.out.Write(stream) // Flush says what went wrong
	return true
}
