// SPDX-License-Identifier: Apache-2.0

package function

import (
	"fmt"
	"slices"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/imagetext"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/secrets"
	"example.com/calico-pull-secrets/internal/unseen"
)

// audit returns a verdict on each image of each workload, and findings on what makes them
// uncertain. It adds a finding for each verdict if results show the findings.
func (s task) audit(set *secrets.Set) (verdicts []verdict, all finding.List) {
	all = slices.Clone(set.Problems)
	verdicts = make([]verdict, 0, len(set.All)) // most have one
	workloads := 0
	j := newJudge(&plan{settings: s, set: set, config: fn.NewEmptyKubeObject()})
	same := twins{listed: map[*inventory.Resource]bool{}, accounts: map[*inventory.Resource]bool{}}
	for _, r := range set.Objects {
		pods, problems := j.podsOf(r)
		all = append(append(append(all, unseen.Dark(r, s.Preflight)...), problems...), unseen.Unjudgeable(r, s.Preflight)...)
		workloads += len(pods)
		for _, p := range pods {
			same.see(j, p)
			j.secretsOf(p.Reference)
			for i := range p.pulls {
				if !p.pulls[i].IsPulled() {
					continue
				}
				v := j.verdictOn(p, &p.pulls[i])
				if verdicts = append(verdicts, v); s.showsResults {
					all = append(all, v.asFinding(s.Preflight))
				}
			}
			delete(j.keyrings, p.Reference) // there are thousands of references
			delete(j.servedBy, p.Reference)
			delete(j.notUsable, p.Reference)
		}
	}
	same.find(j)
	if workloads == 0 && !all.HasErrors() && s.OnMissing != finding.PolicyIgnore {
		all = append(all, finding.New(finding.MissingTarget, s.OnMissing.OfMissing(), "nothing to audit: there is no workload among the resources\nhint: hand over the manifests, such as calico.yaml"))
	}
	all = append(append(all, s.unused(set)...), slices.Concat(unseen.Rendered(s.Settings, set), unseen.Unlisted(s.Settings, set))...)
	kept := slices.DeleteFunc(j.findings, func(f finding.Finding) bool { return f.Check == finding.SecretMissing })
	return verdicts, append(all, kept.Graded(s.Preflight)...)
}

// unused returns a finding for each registry that the user asked to audit and no image names: most
// likely it is misspelt.
func (s task) unused(set *secrets.Set) (all finding.List) {
	for _, registry := range s.Audited {
		if registry == "*" || registry == "docker.io" { // the default
			continue
		}
		question := imagetext.About([]string{registry})
		isNamed := func(r *inventory.Resource) bool {
			return slices.ContainsFunc(r.Containers(), func(i inventory.Image) bool { return question.Concerns(i.Image) }) ||
				slices.ContainsFunc(r.Reading.Pods, func(p inventory.Pod) bool {
					return slices.ContainsFunc(p.Images, func(i inventory.Image) bool { return question.Concerns(i.Image) })
				}) ||
				slices.ContainsFunc(r.Reading.Dark, func(d inventory.Dark) bool {
					return d.Image == "" || question.Concerns(d.Image) || slices.ContainsFunc(d.Others, question.Concerns)
				})
		}
		if !slices.ContainsFunc(set.Objects, isNamed) {
			all = append(all, finding.New(finding.RegistryUnused, s.Preflight.Grade(finding.Warning), "audit.registries: nothing here comes from %s\nhint: write the host as the images have it",
				finding.ShowRegistry(registry, inventory.HostsPulledFrom(set.Workloads()))))
		}
	}
	return all
}

func quotedNames(names []string) string {
	var quoted []string
	for _, name := range names {
		quoted = append(quoted, fmt.Sprintf("%q", name))
	}
	return finding.Enumerate(quoted)
}
