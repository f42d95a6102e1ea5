// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/finding"
)

// printFiles writes the files to stdout as one stream, with added objects at the end. If it returns
// false, it wrote nothing.
func (s *set) printFiles(report function.Report) bool {
	stream, file, err := report.Stream()
	if err != nil {
		s.sayOf(finding.Error, file, "%v", err)
		return false
	}
	_, _ = s.out.Write(stream) // Flush returns the error
	return true
}
