// SPDX-License-Identifier: Apache-2.0

package function

import (
	"slices"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
)

// foreignKinds are kinds of others that have a pod template, where the program does not
// look: an audit says so.
var foreignKinds = []string{"Rollout", "CloneSet", "BroadcastJob", "AdvancedCronJob", "UnitedDeployment"}

// unseen returns findings on what of the pods of r cannot be judged, so that nobody takes
// silence for a verdict: lists of containers that are none, and no container at all.
func (r *resource) unseen(policy Policy) (all findings) {
	spec := fieldSpecOf(r)
	if spec == nil || !spec.has(podSpec) {
		return nil
	}
	r.containers()
	for _, field := range r.unreadable {
		all = append(all, r.says(checkUnread, fn.Error, field, "is not a list of containers, so their images cannot be looked at"))
	}
	if len(all) == 0 && len(r.containers()) == 0 {
		all = append(all, r.says(checkInvalidImage, unprovenSeverity(policy), joined(spec.fields), "has no container, so there is no image to look at"))
	}
	return all
}

// foreignTemplates returns findings on objects of kinds that the program does not know
// and that have a pod template.
func (set resources) foreignTemplates(policy Policy) (all findings) {
	for _, r := range set.all {
		if fieldSpecOf(r) != nil {
			continue
		}
		for _, fields := range [][]string{specTemplateSpec, {"spec", "jobTemplate", "spec", "template", "spec"}, {"spec", "template", "spec", "template", "spec"}} {
			if spec, found, err := r.NestedSubObject(fields...); err == nil && found && hasContainers(spec) {
				all = append(all, r.says(checkUnknownPull, unprovenSeverity(policy), joined(fields), "has a pod template, and is of a kind that is not looked at: its images are not judged"))
			}
		}
	}
	return all
}

func hasContainers(spec fn.SubObject) bool {
	_, found, _ := spec.NestedSlice("containers")
	return found
}

// unprovenSeverity is that of what is merely not proven.
func unprovenSeverity(policy Policy) fn.Severity {
	if policy == PolicyStrict {
		return fn.Error
	}
	return fn.Info
}

// auditedKinds are the kinds that an audit looks at, or says that it does not.
func auditedKinds() []string { return slices.Concat(kinds(), secretKinds, foreignKinds) }
