// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/finding"
)

// printFiles writes the files to stdout as one stream, with what is added at the
// end. It reports whether it did; if not, nothing was written.
func (s *set) printFiles(report function.Report) bool {
	stream, file, err := report.Stream()
	if err != nil {
		s.sayOf(finding.Error, file, "%v", err)
		return false
	}
	_, _ = s.out.Write(stream) // Flush says what went wrong
	return true
}
