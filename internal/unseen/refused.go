// SPDX-License-Identifier: Apache-2.0

package unseen

import (
	"slices"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/secrets"
)

// Refused returns a finding on each object that kubectl refuses, also on those that only help others.
// The cluster does not get such an object.
func Refused(set *secrets.Set) (all finding.List) {
	said := map[*inventory.Reading]bool{}
	for _, r := range slices.Concat(set.Objects, set.Helpers) {
		outer := r.Reading.Outermost()
		why := outer.Refusal
		if why.Problem == "" || said[outer] {
			continue
		}
		said[outer] = true
		f := r.Finding(finding.Unread, finding.Error, why.Field, "%s, so kubectl refuses it\nhint: %s", why.Problem, why.Hint)
		if f.Object == 0 { // of a helper nobody knows the line
			f.File = r.Source
		}
		all = append(all, f)
	}
	return all
}
