// SPDX-License-Identifier: Apache-2.0

package function

import (
	"slices"
	"strconv"

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
	same := twins{listed: map[*inventory.Resource]bool{}, audited: map[*inventory.Resource]bool{}, accounts: map[*inventory.Resource]bool{}}
	var others []podList // that pull nothing from an audited registry
	for _, r := range set.Objects {
		pods := j.podsOf(r)
		all = append(append(all, unseen.Dark(r, s.Preflight)...), unseen.Unjudgeable(r, s.Preflight)...)
		workloads += len(pods)
		for _, p := range pods {
			isAudited := j.isAudited(p)
			same.see(j, p, isAudited)
			if isAudited {
				j.list(p)
			} else if p.hasList() {
				others = append(others, p)
			}
			of := j.verdictsOn(p)
			if verdicts = append(verdicts, of...); s.showsResults {
				for _, v := range of {
					all = append(all, v.asFinding(s.Preflight))
				}
			}
		}
	}
	same.find(j, true)
	if workloads == 0 && !all.HasErrors() && s.OnMissing != finding.PolicyIgnore {
		all = append(all, finding.New(finding.MissingTarget, s.OnMissing.OfMissing(), "nothing to audit: there is no workload among the resources\nhint: give the program the manifests, such as calico.yaml"))
	}
	all = append(append(all, s.unused(set)...), slices.Concat(unseen.Refused(set), unseen.Rendered(s.Settings, set), unseen.Unlisted(s.Settings, set))...)
	all = append(all, j.taken().Graded(s.Preflight)...)
	for _, p := range others {
		j.list(p)
	}
	same.find(j, false)
	return verdicts, append(all, j.taken().WithoutErrors()...) // last: of two that differ in severity, the first counts
}

// verdictsOn returns a verdict on each image that kubelet pulls with the list; none if nobody can read
// the list.
func (j *judge) verdictsOn(p podList) (all []verdict) {
	if p.Reference == nil {
		return nil
	}
	for i := range p.pulls {
		if p.pulls[i].IsPulled() {
			all = append(all, j.verdictOn(p, &p.pulls[i]))
		}
	}
	delete(j.keyrings, p.Reference) // there are thousands of references
	delete(j.servedBy, p.Reference)
	delete(j.notUsable, p.Reference)
	return all
}

// list reports what is wrong with a list of pull Secrets, with its Secrets, and with the
// ServiceAccount of its pods.
func (j *judge) list(p podList) {
	if p.Reference == nil {
		j.findings = append(j.findings, p.problems...)
		return
	}
	if len(p.After()) > 0 {
		j.findings = append(j.findings, ambiguousAccounts(j.set, p.Account, j.judged)...)
	}
	j.secretsOf(p.Reference)
}

// taken returns the findings so far and forgets them. It leaves out missing Secrets, which the verdicts
// of an audit name.
func (j *judge) taken() finding.List {
	taken := slices.DeleteFunc(j.findings, func(f finding.Finding) bool { return f.Check == finding.SecretMissing })
	j.findings = nil
	return taken
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
	return finding.Enumerate(finding.Unique(names, strconv.Quote))
}
