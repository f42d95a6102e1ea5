// SPDX-License-Identifier: Apache-2.0

package function

import (
	"fmt"
	"slices"

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
			if !j.reportedUnselected[r] && slices.ContainsFunc(t.Selectors, func(s config.Selector) bool { return targets.IsSelected(s, r) }) {
				j.reportedUnselected[r] = true
				j.findings = append(j.findings, unseen.Dark(r, j.settings.Preflight)...)
				j.unselectedPods(question, r)
			}
		}
	}
}

// unselectedPods reports pods of r that pull from the registry of a target and are no target.
func (j *judge) unselectedPods(question imagetext.Question, r *inventory.Resource) {
	if r.IsMergedAway() {
		return
	}
	if r.IsInstallation() && len(r.Containers()) == 0 && j.targets[r] == nil {
		j.add(r, "spec.registry", finding.RegistryUnknown, fn.Info,
			"the program cannot tell which registry the operator uses, so the registry in targets does not select this object\nhint: %s; or add operator to targets", r.RegistryHint())
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
	var anonymous, failing, unknown pulls
	for _, image := range images {
		v := p.judge(j.auditKeyring(p.Reference), &image)
		switch {
		case !image.IsPulled():
			continue
		case v.Outcome == pull.Anonymous:
			anonymous.add(v.Repository, j.reason(p.Reference, v))
		case v.Outcome == pull.Fails:
			failing.add(v.Repository, j.reason(p.Reference, v))
		case v.Outcome == pull.InvalidImage:
			j.findings = append(j.findings, unseen.Invalid(p.Resource, image))
		case v.Outcome == pull.Unresolved:
			unknown.add(v.Repository, j.reason(p.Reference, v))
		case len(v.Unknown) > 0 && j.settings.Preflight == finding.PolicyStrict:
			unknown.add(v.Repository, fmt.Sprintf("Secret %s, whose content the program does not know, may hide the credential or be malformed", quotedNames(v.Unknown)))
		case j.isEarly(p.Reference) && j.settings.Preflight == finding.PolicyStrict:
			unknown.add(v.Repository, "the pods may start before "+earlyAccount)
		}
	}
	report := func(format string, a ...any) {
		j.add(p.Resource, p.Spec.Path(), finding.UncoveredWorkload, fn.Info, format, a...)
	}
	switch {
	case len(anonymous.from) > 0 && len(p.After()) == 0:
		report("pulls %s without a Secret%s\nhint: %s", anonymous, why, hint)
	case len(failing.from) > 0:
		report("the pull of %s fails: %s", failing, failing.reason)
	case len(anonymous.from) > 0:
		report("%s"+pulledAnonymously, anonymous.reason, anonymous)
	case len(unknown.from) > 0:
		report("%s"+pulledSomehow, unknown.reason, unknown)
	}
}

// pulls are repositories that kubelet pulls from in one way, and the reason for the first.
type pulls struct {
	from   []string
	reason string
}

func (p *pulls) add(repository, reason string) {
	if len(p.from) == 0 {
		p.reason = reason
	}
	p.from = append(p.from, repository)
}

func (p pulls) String() string { return finding.Enumerate(finding.Distinct(p.from)) }
