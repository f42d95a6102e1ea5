// SPDX-License-Identifier: Apache-2.0

package function

import (
	"errors"
	"slices"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/emitted"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/imagetext"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/pull"
	"example.com/calico-pull-secrets/internal/secrets"
	"example.com/calico-pull-secrets/internal/unseen"
)

// removalPlan returns the plan of mode remove. It removes the references, and the Secret if the
// settings describe it and nothing else names it. It reads no credential.
func (s task) removalPlan(set *secrets.Set, config *fn.KubeObject) *plan {
	p, selected := s.selected(set, config)
	going := map[*yaml.Node]bool{}
	for _, r := range p.references {
		r.missing, r.formerAt = nil, -1
		p.removals = append(p.removals, &removedReference{r})
		for _, entry := range r.entries() {
			going[entry] = true
		}
	}
	for _, o := range emitted.Removals(s.Settings, set, selected, going, s.texts) {
		p.removals = append(p.removals, o)
	}
	return p
}

// A removedReference is a reference that mode remove takes away.
type removedReference struct{ *reference }

// IsDone reports whether the list does not have the Secret.
func (r *removedReference) IsDone() bool { return !slices.ContainsFunc(r.names, r.isOurs) }

func (r *removedReference) Missing() finding.List {
	if r.IsDone() {
		return nil
	}
	return finding.List{r.Finding(finding.Reference, fn.Error, r.spec.Path(), "still references Secret %q", r.secret)}
}

// Apply removes the entries, and a list that has no entry left. An Installation that has nothing
// else loses its spec, too.
func (r *removedReference) Apply(*fn.ResourceList) error {
	if r.IsDone() {
		return nil
	}
	holder := r.Holder(r.spec.Fields, false)
	if holder == nil {
		return errors.New("the list is not where it was")
	}
	inventory.RemoveEntries(holder, r.entries())
	if r.Resource.IsInstallation() && len(holder.Content) == 0 {
		inventory.SetKey(r.Node, r.spec.Fields[0], nil)
	}
	return nil
}

// entries returns the entries of the list that name the Secret.
func (r *reference) entries() (all []*yaml.Node) {
	holder := r.Holder(r.spec.Fields, false)
	if holder == nil || !slices.ContainsFunc(r.names, r.isOurs) {
		return nil
	}
	for i, entry := range inventory.Value(holder, kinds.ImagePullSecrets).Content {
		if r.isOurs(r.names[i]) {
			all = append(all, entry)
		}
	}
	return all
}

// rest returns the names in the list without the Secret.
func (r *reference) rest() []string {
	return slices.DeleteFunc(slices.Clone(r.names), r.isOurs)
}

func (r *removedReference) State() finding.List {
	state := finding.List{r.Finding(finding.Reference, fn.Info, r.spec.Path(), "does not reference Secret %q", r.secret)}
	account := r.account.PullSecrets()
	rest := r.rest()
	if len(rest) > 0 && !slices.ContainsFunc(rest, func(name string) bool { return !slices.Contains(account, name) }) {
		state = append(state, r.Finding(finding.ServiceAccount, fn.Info, r.spec.Path(),
			"keeps names that its ServiceAccount has, too: %s\nhint: if mode add copied them, remove the list: without one the pods get them from the ServiceAccount", finding.Enumerate(finding.Unique(rest, finding.ShowName))))
	}
	return state
}

// removals returns findings on removed references, graded by the policy of the settings.
func (j *judge) removals() finding.List {
	if j.settings.Preflight == PolicyIgnore {
		return nil
	}
	for _, r := range j.references {
		j.sameObject(r.Resource)
		if (&removedReference{r}).IsDone() {
			continue
		}
		if r.Resource.IsOwnedByOperator() {
			j.add(r.Resource, r.spec.Path(), finding.OperatorOwned, fn.Warning, "the Tigera operator made this object and overwrites the change\nhint: hand over its Installation, and set targets=operator")
		}
		j.stillNeeded(r)
	}
	return j.findings.Graded(j.settings.Preflight)
}

// stillNeeded reports images whose pulls only this Secret authenticates. From Kubernetes 1.35 on,
// kubelet pulls them again once the Secret is gone.
func (j *judge) stillNeeded(r *reference) {
	j.findings = append(j.findings, unseen.Unclear(r.Resource, imagetext.About([]string{"*"}), j.settings.Preflight)...)
	images := j.pulledWith(r)
	switch {
	case len(images) == 0 && r.Resource.IsInstallation():
		j.add(r.Resource, "spec.registry", finding.RegistryUnknown, fn.Info, "cannot tell which registry the operator uses\nhint: %s", r.Resource.RegistryHint())
	case r.spec.Has(kinds.Operated):
		j.add(r.Resource, r.spec.Path(), finding.RegistryUnknown, fn.Info, "cannot tell which registry its operator uses")
	}
	ours := j.removedContent(r)
	if ours.State == pull.Unknown && len(images) > 0 {
		j.add(r.Resource, r.spec.Path(), finding.RegistryUnknown, fn.Info,
			"pulls from %s, and the content of Secret %q is not known here\nhint: say with servers which registries it is for", finding.Enumerate(inventory.HostsOf(images)), r.secret)
		return
	}
	with, without := j.secretsNamed(r, r.names), r.rest()
	for i := range with {
		if with[i].Name == r.secret {
			with[i].Content = ours
		}
	}
	if len(without) == 0 { // then the pods get the list of their ServiceAccount
		without = r.account.PullSecrets()
	}
	before, after := pull.NewKeyring(with), pull.NewKeyring(j.secretsNamed(r, without))
	needed := slices.DeleteFunc(slices.Clone(images), func(repository string) bool {
		return !slices.Contains(before.Judge(repository).By(), r.secret) || after.Judge(repository).Outcome == pull.Authenticated
	})
	if len(needed) > 0 {
		j.add(r.Resource, r.spec.Path(), finding.StillNeeded, fn.Warning, "still pulls %s with Secret %q\nhint: remove the reference once the images are from elsewhere; from Kubernetes 1.35 on, kubelet pulls them again without it", firstImages(needed), r.secret)
	}
}

// secretsNamed returns the Secrets to which r refers by the names.
func (j *judge) secretsNamed(r *reference, names []string) (all []pull.Secret) {
	for _, name := range names {
		if r.isOurs(name) {
			name = r.secret
		}
		all = append(all, pull.Secret{Name: name, Content: j.contentOf(r, name)})
	}
	return all
}

// removedContent returns the content of the removed Secret, from the resources or else from the
// settings.
func (j *judge) removedContent(r *reference) pull.Content {
	content := j.contentOf(r, r.secret)
	var servers []string
	switch s := j.settings; {
	case content.State != pull.Unknown, j.set.IsElsewhere(r.Resource, r.secret):
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
