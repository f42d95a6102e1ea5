// SPDX-License-Identifier: Apache-2.0

package function

import (
	"slices"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/emitted"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/imagetext"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/pull"
	"example.com/calico-pull-secrets/internal/reference"
	"example.com/calico-pull-secrets/internal/secrets"
	"example.com/calico-pull-secrets/internal/unseen"
)

// removalPlan returns the plan of mode remove. It removes the references, and the Secret if the
// settings describe it and nothing else names it. It reads no credential.
func (s task) removalPlan(set *secrets.Set, config *fn.KubeObject) *plan {
	p, selected := s.selected(set, config)
	going := map[*yaml.Node]bool{}
	for _, r := range p.references {
		p.removals = append(p.removals, r.Removal())
		for _, entry := range r.Entries() {
			going[entry] = true
		}
	}
	for _, o := range emitted.Removals(s.Settings, set, selected, going, s.texts) {
		p.removals = append(p.removals, o)
	}
	return p
}

// removals returns findings on removed references, graded by the policy of the settings.
func (j *judge) removals() finding.List {
	if j.settings.Preflight == finding.PolicyIgnore {
		return nil
	}
	for _, r := range j.references {
		j.sameObject(r.Resource)
		if !r.IsListed() {
			continue
		}
		if r.Resource.IsOwnedByOperator() {
			j.add(r.Resource, r.Spec.Path(), finding.OperatorOwned, fn.Warning, "the Tigera operator made this object and will overwrite the change\nhint: give the program its Installation, and set targets=operator")
		}
		j.stillNeeded(r)
	}
	return j.findings.Graded(j.settings.Preflight)
}

// stillNeeded reports images whose pulls only this Secret authenticates. From Kubernetes 1.35 on,
// kubelet pulls them again once the Secret is gone.
func (j *judge) stillNeeded(r *reference.Reference) {
	j.findings = append(j.findings, unseen.Unclear(r.Resource, imagetext.About([]string{"*"}), j.settings.Preflight)...)
	images := j.pulledWith(r)
	switch {
	case len(images) == 0 && r.Resource.IsInstallation():
		j.add(r.Resource, "spec.registry", finding.RegistryUnknown, fn.Info, "the program cannot tell which registry the operator uses\nhint: %s", r.Resource.RegistryHint())
	case r.Spec.Has(kinds.Operated):
		j.add(r.Resource, r.Spec.Path(), finding.RegistryUnknown, fn.Info, "the program cannot tell which registry its operator uses")
	}
	ours := j.removedContent(r)
	if ours.State == pull.Unknown && len(images) > 0 {
		j.unknownRegistries(r, images)
		return
	}
	with, without := j.secretsNamed(r, r.Listed), r.Rest()
	for i := range with {
		if with[i].Name == r.Secret {
			with[i].Content = ours
		}
	}
	if len(without) == 0 { // then the pods get the list of their ServiceAccount
		without = r.Account.PullSecrets()
	}
	before, after := pull.NewKeyring(with), pull.NewKeyring(j.secretsNamed(r, without))
	needed := slices.DeleteFunc(slices.Clone(images), func(repository string) bool {
		return !slices.Contains(before.Judge(repository).By(), r.Secret) || after.Judge(repository).Outcome == pull.Authenticated
	})
	if len(needed) > 0 {
		j.add(r.Resource, r.Spec.Path(), finding.StillNeeded, fn.Warning, "kubelet still pulls %s with Secret %q\nhint: change the images first, then remove the reference. From Kubernetes 1.35 on, kubelet pulls an image again if the Secret of its first pull is gone", finding.First(needed, 3), r.Secret)
	}
}

// removedContent returns the content of the removed Secret, from the resources or else from the
// settings.
func (j *judge) removedContent(r *reference.Reference) pull.Content {
	content := j.contentOf(r, r.Secret)
	var servers []string
	switch s := j.settings; {
	case content.State != pull.Unknown, j.set.IsElsewhere(r.Resource, r.Secret):
	case s.Secret != nil:
		servers = s.Secret.Servers()
	case s.External != nil:
		servers = s.External.Servers()
	}
	if len(servers) > 0 {
		return pull.Authenticating(servers...)
	}
	return content
}
