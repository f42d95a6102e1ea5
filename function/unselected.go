// SPDX-License-Identifier: Apache-2.0

package function

import (
	"slices"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/imagetext"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/pull"
	"example.com/calico-pull-secrets/internal/targets"
	"example.com/calico-pull-secrets/internal/unseen"
)

// unselected reports what pulls, or may pull, from the registry of a target that does not select
// it: Pods and Jobs, which a target must name by kind; pods that the program cannot change; unknown
// images; and dark ones. Otherwise silence would look like a pass.
func (j *judge) unselected() {
	for _, t := range j.settings.Targets {
		if t.Registry == "" {
			continue
		}
		question := imagetext.About([]string{t.Registry})
		for _, r := range j.set.Objects {
			if !j.reportedUnselected[r] && isAmong(t, r) {
				j.reportedUnselected[r] = true
				j.findings = append(j.findings, unseen.Dark(r, j.settings.Preflight)...)
				j.unselectedPods(question, r)
			}
		}
	}
}

// isAmong reports whether the selectors of a target select r, whatever its registry.
func isAmong(t config.Target, r *inventory.Resource) bool {
	return slices.ContainsFunc(t.Selectors, func(s config.Selector) bool { return targets.IsSelected(s, r) })
}

// unselectedPods reports pods of r that pull from the registry of a target and are no target.
func (j *judge) unselectedPods(question imagetext.Question, r *inventory.Resource) {
	if r.IsMergedAway() {
		return
	}
	if r.IsInstallation() && len(r.Containers()) == 0 && j.targets[r] == nil {
		j.add(r, "spec.registry", finding.RegistryUnknown, fn.Info,
			"cannot tell which registry the operator uses, so the registry does not select it\nhint: %s; or add operator to targets", r.RegistryHint())
		return
	}
	if j.targets[r] == nil {
		j.findings = append(j.findings, unseen.Unclear(r, question, j.settings.Preflight)...)
	}
	for _, p := range j.podsOf(r) {
		if p.Reference == nil && j.targets[r] == nil {
			j.findings = append(j.findings, p.problems...)
		}
		if p.Reference == nil || j.isTarget(p) {
			continue
		}
		var from []inventory.Image
		for _, image := range p.pulls {
			if question.Concerns(image.Image) && !image.IsChosen { // Unclear names those
				from = append(from, image)
			}
		}
		why, hint := p.whyUncovered()
		j.notCovered(p, from, why, hint)
	}
}

// notCovered reports those of the images that the list of the pods does not authenticate. why and
// hint are for pods without a list.
func (j *judge) notCovered(p podList, images []inventory.Image, why, hint string) {
	var anonymous, unknown []string
	var reason string
	for _, image := range images {
		v := p.judge(j.auditKeyring(p.Reference), &image)
		switch {
		case !image.IsPulled():
			continue
		case v.Outcome == pull.Anonymous, v.Outcome == pull.Fails:
			anonymous = append(anonymous, v.Repository)
		case v.Outcome == pull.InvalidImage:
			j.findings = append(j.findings, unseen.Invalid(p.Resource, image))
			continue
		case v.Outcome == pull.Unresolved, len(v.Unknown) > 0 && j.settings.Preflight == finding.PolicyStrict:
			unknown = append(unknown, v.Repository)
		default:
			continue
		}
		if reason == "" {
			if _, reason, _ = strings.Cut(j.reason(p.Reference, v), "unless "); reason == "" {
				reason = j.reason(p.Reference, v)
			}
		}
	}
	path := p.Spec.Path()
	switch {
	case len(anonymous) > 0 && len(p.After()) == 0:
		j.add(p.Resource, path, finding.UncoveredWorkload, fn.Info, "pulls %s without a Secret%s\nhint: %s", finding.Enumerate(finding.Distinct(anonymous)), why, hint)
	case len(anonymous) > 0:
		j.add(p.Resource, path, finding.UncoveredWorkload, fn.Info, "pulls %s without a credential: %s", finding.Enumerate(finding.Distinct(anonymous)), reason)
	case len(unknown) > 0:
		j.add(p.Resource, path, finding.UncoveredWorkload, fn.Info, "cannot tell whether kubelet pulls %s with a credential: %s", finding.Enumerate(finding.Distinct(unknown)), reason)
	}
}
