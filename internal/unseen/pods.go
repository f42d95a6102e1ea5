// SPDX-License-Identifier: Apache-2.0

package unseen

import (
	"slices"
	"strings"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/imagetext"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/pull"
)

// Unjudgeable returns findings on pod specs of r that nobody can judge: the containers are not a
// list, or there is no container.
func Unjudgeable(r *inventory.Resource, policy finding.Policy) (all finding.List) {
	for _, p := range r.Reading.Pods {
		for _, field := range p.Unreadable {
			all = append(all, r.Finding(finding.Unread, finding.Error, field, "is not a list of containers, so the program cannot see their images"))
		}
	}
	if spec := r.Reading.Spec; spec != nil && spec.Has(kinds.PodSpec) && len(all) == 0 && len(r.Containers()) == 0 {
		all = append(all, r.Finding(finding.InvalidImage, policy.Unproven(finding.Info), strings.Join(spec.Fields, "."), "has no container, so the program sees no image"))
	}
	return all
}

// Unclear returns findings on the pods of r for a mode that gives no verdicts: images that kubelet
// refuses, if the question concerns them, and pods that nobody can judge. It reports a pod without a
// container only under the policy strict.
func Unclear(r *inventory.Resource, question imagetext.Question, policy finding.Policy) (all finding.List) {
	for _, p := range r.Reading.Pods {
		for _, c := range p.Images {
			if c.IsChosen && c.IsPulled() {
				all = append(all, r.Finding(finding.UnknownPull, policy.Unproven(finding.Info), c.Field, "container %q has no image: the operator chooses the image, and the program cannot tell how kubelet pulls it", c.Name))
			}
		}
	}
	for _, c := range r.Containers() {
		if _, ok := pull.Repository(c.Image); !ok && c.IsPulled() && !c.IsChosen && question.Concerns(c.Image) {
			all = append(all, Invalid(r, c))
		}
	}
	return append(all, slices.DeleteFunc(Unjudgeable(r, policy), func(f finding.Finding) bool { return f.Severity != finding.Error })...)
}

// Invalid returns a finding on an image that kubelet or the API server refuses.
func Invalid(r *inventory.Resource, c inventory.Image) finding.Finding {
	problem := "an image name that kubelet refuses"
	if c.Image == "" {
		problem = "no image, and the API server refuses that"
	}
	return r.Finding(finding.InvalidImage, finding.Info, c.Field, "container %q has %s", c.Name, problem)
}
