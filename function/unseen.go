// SPDX-License-Identifier: Apache-2.0

package function

import (
	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/kinds"
)

// unseen returns findings on what of the pods of r cannot be judged, so that nobody takes
// silence for a verdict: lists of containers that are none, and no container at all.
func (r *resource) unseen(policy Policy) (all finding.List) {
	spec := fieldSpecOf(r)
	if spec == nil || !spec.Has(kinds.PodSpec) {
		return nil
	}
	r.containers()
	all = r.unreadableLists(r.unreadable)
	if len(all) == 0 && len(r.containers()) == 0 {
		all = append(all, r.says(finding.InvalidImage, policy.Unproven(finding.Info), joined(spec.Fields), "has no container, so there is no image to look at"))
	}
	return all
}

// unreadableLists returns errors on lists of containers that are none.
func (r *resource) unreadableLists(fields []string) (all finding.List) {
	for _, field := range fields {
		all = append(all, r.says(finding.Unread, fn.Error, field, "is not a list of containers, so their images cannot be looked at"))
	}
	return all
}
