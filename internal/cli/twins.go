// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"

	"example.com/calico-pull-secrets/function"
)

// checkTwins returns an error if a file that changes was named twice, as two hard
// links: the other would keep what was in it.
func (c *collector) checkTwins(report function.Report) error {
	twins := map[string]string{}
	for _, s := range c.sources {
		if s.twin != "" {
			twins[s.name] = s.twin
		}
	}
	for _, f := range report.Files {
		if twin := twins[f.Name]; twin != "" && len(f.Changes) > 0 {
			return fmt.Errorf("%s and %s are one file (hard links), which replacing one would part: nothing was written", f.Name, twin)
		}
	}
	return nil
}
