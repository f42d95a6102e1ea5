// SPDX-License-Identifier: Apache-2.0

// Package reference has the change of one list of pull Secrets: what is in the list, what mode
// add puts behind it, and what mode remove takes out. The existing entries stay, in their
// order. It asks no registry and judges no pull.
package reference

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/mapping"
	"example.com/calico-pull-secrets/internal/names"
	"example.com/calico-pull-secrets/internal/secrets"
)

// A Reference is the list of pull Secrets of a resource, and the change that the list needs.
type Reference struct {
	*inventory.Resource
	Spec    *kinds.Spec
	Pod     *inventory.Pod      // the pod with the list, nil if it is in none
	Listed  []string            // the names in the list, empty for an entry without a name
	Secret  string              // the name of the Secret
	Account *inventory.Resource // the ServiceAccount of the pods, nil if it is not among the resources
	// Coverage counts the images that the Secret authenticates. The judge sets it; empty if
	// unknown.
	Coverage string

	aliases  []string // the present and former names of the Secret
	missing  []string // the names to add behind the listed ones, in this order
	formerAt int      // the entry with a former name of the Secret, -1 if none
}

// New returns the reference of r, which has a Spec, to the Secret. The findings say
// why it cannot add to the list.
//
// A pod's list replaces that of its ServiceAccount: the API server copies the latter only
// into pods without a list. So a template without a list first gets the names of a
// ServiceAccount among the resources.
func New(r *inventory.Resource, set *secrets.Set, secretName string) (*Reference, finding.List) {
	ref := &Reference{Resource: r, Spec: r.Spec(), Pod: r.Reading.Pod()}
	if r.GVK.Kind == "ServiceAccount" {
		if problems := refusedAccount(r, set); len(problems) > 0 {
			return nil, problems
		}
	}
	if ref.Spec.Has(kinds.PodSpec) && ref.Pod == nil || ref.Pod == nil && !r.Reading.HasPlace {
		return nil, finding.List{r.Finding(finding.Reference, fn.Error, strings.Join(ref.Spec.Fields, "."), "is not a mapping, so it has no place for imagePullSecrets")}
	}
	return ref.read(set, secretName)
}

// OfPod returns the reference of a pod spec of r, at any place in r.
func OfPod(r *inventory.Resource, pod *inventory.Pod, set *secrets.Set, secretName string) (*Reference, finding.List) {
	spec := &kinds.Spec{Kind: r.GVK.Kind, Fields: pod.Fields, Traits: kinds.PodSpec}
	if !names.AreCorrected(r.GVK.Kind) {
		spec.Traits |= kinds.NotRenamed
	}
	ref := &Reference{Resource: r, Spec: spec, Pod: pod}
	return ref.read(set, secretName)
}

// Of returns the references of a target. A kind with a Spec has one list. Any other kind
// has one in each pod template, or without templates in each pod spec.
func Of(r *inventory.Resource, set *secrets.Set, secretName string) (all []*Reference, problems finding.List) {
	add := func(ref *Reference, found finding.List) {
		if problems = append(problems, found...); ref != nil {
			all = append(all, ref)
		}
	}
	if r.Spec() != nil {
		add(New(r, set, secretName))
		return all, problems
	}
	for i := range r.Reading.Pods {
		if pod := &r.Reading.Pods[i]; pod.IsWhole || len(r.Reading.Templates()) == 0 {
			add(OfPod(r, pod, set, secretName))
		}
	}
	return all, problems
}

// Containers returns the images that kubelet pulls with the list.
func (r *Reference) Containers() []inventory.Image {
	if r.Pod != nil {
		return r.Pod.Images
	}
	return r.Resource.Containers()
}

// Repositories returns the repositories that kubelet pulls from with the list, each once.
func (r *Reference) Repositories() []string {
	if r.Pod == nil || r.Pod == r.Reading.Pod() { // which the resource has counted
		return r.Resource.Repositories()
	}
	return inventory.RepositoriesOf(r.Pod.Images)
}

// read reads the present list, and finds the change that it needs.
func (r *Reference) read(set *secrets.Set, secretName string) (*Reference, finding.List) {
	list := r.Reading.List
	if r.Pod != nil {
		list = r.Pod.List
	}
	if list.Problem != "" {
		return nil, finding.List{r.Finding(finding.Reference, fn.Error, r.Spec.Path(), "%s\nhint: write a list of objects with a name", list.Problem)}
	}
	r.Listed, r.formerAt = list.Names, -1
	if r.Pod != nil && !r.IsRunning() {
		r.Account = set.ServiceAccount(r.Resource, r.Pod.Account)
	}
	if len(r.Listed) == 0 && r.Account != nil {
		if problems := refusedAccount(r.Account, set); len(problems) > 0 {
			return nil, problems
		}
		r.missing = r.Account.PullSecrets()
	}
	r.nameSecret(set, secretName)
	switch i := slices.IndexFunc(r.Listed, r.IsOurs); {
	case i >= 0 && r.Spec.Has(kinds.NotRenamed) && !slices.Contains(r.Listed, r.Secret):
		r.formerAt = i
	case i < 0 && !slices.ContainsFunc(r.missing, r.IsOurs):
		r.missing = append(slices.Clone(r.missing), r.Secret)
	}
	return r, nil
}

// nameSecret sets the name of the Secret that the settings call secretName, and all its names.
func (r *Reference) nameSecret(set *secrets.Set, secretName string) {
	secret := set.Configured(r.Resource, secretName)
	if secret == nil {
		r.Secret, r.aliases = secretName, []string{secretName}
		return
	}
	r.Secret, r.aliases = secret.GetName(), secret.Names()
	if !set.IsHashed(secret) { // nobody corrects a reference to a hashed one any more
		r.aliases = append(r.aliases, secretName)
	}
}

// refusedAccount returns a finding on a ServiceAccount with pull Secrets that the API server refuses:
// no pod gets its list.
func refusedAccount(account *inventory.Resource, set *secrets.Set) finding.List {
	if account.Reading.List.IsNone() {
		return finding.List{account.Finding(finding.ServiceAccount, fn.Error, kinds.ImagePullSecrets, "%s\nhint: write a list of objects with a name", account.Reading.List.Problem)}
	}
	if refusal := set.RefusalOf(account); refusal != nil {
		return finding.List{account.Finding(finding.ServiceAccount, fn.Error, "", "no pod gets its imagePullSecrets, because the API server refuses this ServiceAccount: %s", refusal)}
	}
	return nil
}

// IsOurs reports whether a name in the list means our Secret. kustomize may have renamed the
// Secret, and then renames the reference after this function.
func (r *Reference) IsOurs(name string) bool { return slices.Contains(r.aliases, name) }

// IsListed reports whether the list has the Secret now.
func (r *Reference) IsListed() bool { return slices.ContainsFunc(r.Listed, r.IsOurs) }

func (r *Reference) Subject() *inventory.Resource { return r.Resource }

func (r *Reference) IsDone() bool { return r.formerAt < 0 && len(r.missing) == 0 }

// Missing returns what mode check reports on a list that mode add would change.
func (r *Reference) Missing() finding.List {
	if len(r.missing) == 0 && r.formerAt < 0 {
		return nil
	}
	path := r.Spec.Path()
	if !slices.Contains(r.missing, r.Secret) && r.formerAt < 0 {
		return finding.List{r.Finding(finding.MissingReference, fn.Error, path, "does not reference %s, but its ServiceAccount does", finding.Enumerate(finding.Unique(r.missing, finding.ShowName)))}
	}
	return finding.List{r.Finding(finding.MissingReference, fn.Error, path, "does not reference Secret %q", r.Secret)}
}

// Apply adds what is missing. The existing entries stay as they are.
func (r *Reference) Apply(*fn.ResourceList) error {
	if r.IsDone() {
		return nil
	}
	holder := r.Holder(r.Spec.Fields, true)
	if holder == nil {
		return errors.New("no place for the list")
	}
	if r.formerAt >= 0 {
		mapping.Set(mapping.Value(holder, kinds.ImagePullSecrets).Content[r.formerAt], "name", mapping.Scalar(r.Secret))
		return nil
	}
	inventory.AddNames(holder, r.missing)
	return nil
}

// After returns the names in the list once Apply has been called.
func (r *Reference) After() []string {
	names := append(slices.Clone(r.Listed), r.missing...)
	if r.formerAt >= 0 {
		names[r.formerAt] = r.Secret
	}
	return names
}

// State returns the findings that hold after Apply.
func (r *Reference) State() finding.List {
	message := fmt.Sprintf("references Secret %q", r.Secret) + r.Coverage
	if r.Resource.IsInstallation() {
		message += ", which the operator copies from namespace " + finding.ShowName(r.Resource.SecretNamespace()) + " to everything that it installs"
	}
	state := finding.List{r.Finding(finding.Reference, fn.Info, r.Spec.Path(), "%s", message)}
	listed := map[string]bool{}
	for _, name := range r.After() {
		listed[name] = !r.IsOurs(name)
	}
	carried := slices.DeleteFunc(slices.Clone(r.Account.PullSecrets()), func(name string) bool { return !listed[name] })
	if len(carried) > 0 {
		state = append(state, r.Finding(finding.ServiceAccount, fn.Info, r.Spec.Path(),
			"also lists the pull secrets of its ServiceAccount, because a pod with its own list does not get them: %s", finding.Enumerate(finding.Unique(carried, finding.ShowName))))
	}
	return state
}

// Unchanged returns r as it is: pods without a list get only that of their ServiceAccount.
func (r *Reference) Unchanged() *Reference {
	r.missing, r.formerAt = nil, -1
	if len(r.Listed) == 0 {
		r.missing = r.Account.PullSecrets()
	}
	return r
}

// Entries returns the entries of the list that name the Secret.
func (r *Reference) Entries() (all []*yaml.Node) {
	holder := r.Holder(r.Spec.Fields, false)
	if holder == nil || !r.IsListed() {
		return nil
	}
	for i, entry := range mapping.Value(holder, kinds.ImagePullSecrets).Content {
		if r.IsOurs(r.Listed[i]) {
			all = append(all, entry)
		}
	}
	return all
}

// Rest returns the names in the list without the Secret.
func (r *Reference) Rest() []string {
	return slices.DeleteFunc(slices.Clone(r.Listed), r.IsOurs)
}
