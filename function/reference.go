// SPDX-License-Identifier: Apache-2.0

package function

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/names"
	"example.com/calico-pull-secrets/internal/secrets"
)

// A reference is the list of pull Secrets of a resource, and the change that the list needs.
type reference struct {
	*inventory.Resource
	spec     *kinds.Spec
	pod      *inventory.Pod      // the pod with the list, nil if it is in none
	names    []string            // in the list, empty for an entry without a name
	formerAt int                 // the entry with a former name of the Secret, -1 if none
	missing  []string            // the names to add behind them, in this order
	secret   string              // the name of the Secret
	aliases  []string            // its present and former names
	account  *inventory.Resource // the ServiceAccount of the pods, nil if it is not among the resources
	// coverage counts the images that the Secret authenticates. The judge sets it; empty if
	// unknown.
	coverage string
}

// newReference returns the reference of r, which has a Spec, to the Secret. The findings say
// why it cannot add to the list.
//
// A pod's list replaces that of its ServiceAccount: the API server copies the latter only
// into pods without a list. So a template without a list first gets the names of a
// ServiceAccount among the resources.
func newReference(r *inventory.Resource, set *secrets.Set, secretName string) (*reference, finding.List) {
	ref := &reference{Resource: r, spec: r.Spec(), pod: r.Reading.Pod()}
	if ref.spec.Has(kinds.PodSpec) && ref.pod == nil || ref.pod == nil && !r.Reading.HasPlace {
		return nil, finding.List{r.Finding(finding.Reference, fn.Error, strings.Join(ref.spec.Fields, "."), "no mapping there, so no place for imagePullSecrets")}
	}
	return ref.read(set, secretName)
}

// podReference returns the reference of a pod spec of r, at any place in r.
func podReference(r *inventory.Resource, pod *inventory.Pod, set *secrets.Set, secretName string) (*reference, finding.List) {
	spec := &kinds.Spec{Kind: r.GVK.Kind, Fields: pod.Fields, Traits: kinds.PodSpec}
	if !names.AreCorrected(r.GVK.Kind) {
		spec.Traits |= kinds.NotRenamed
	}
	ref := &reference{Resource: r, spec: spec, pod: pod}
	return ref.read(set, secretName)
}

// referencesOf returns the references of a target. A kind with a Spec has one list. Any other kind
// has one in each pod template, or without templates in each pod spec.
func referencesOf(r *inventory.Resource, set *secrets.Set, secretName string) (all []*reference, problems finding.List) {
	add := func(ref *reference, found finding.List) {
		if problems = append(problems, found...); ref != nil {
			all = append(all, ref)
		}
	}
	if r.Spec() != nil {
		add(newReference(r, set, secretName))
		return all, problems
	}
	for i := range r.Reading.Pods {
		if pod := &r.Reading.Pods[i]; pod.IsWhole || len(r.Reading.Templates()) == 0 {
			add(podReference(r, pod, set, secretName))
		}
	}
	return all, problems
}

// Containers returns the images that kubelet pulls with the list.
func (r *reference) Containers() []inventory.Image {
	if r.pod != nil {
		return r.pod.Images
	}
	return r.Resource.Containers()
}

// Repositories returns the repositories that kubelet pulls from with the list, each once.
func (r *reference) Repositories() []string {
	if r.pod == nil || r.pod == r.Reading.Pod() { // which the resource has counted
		return r.Resource.Repositories()
	}
	return inventory.RepositoriesOf(r.pod.Images)
}

// read reads the present list, and finds the change that it needs.
func (ref *reference) read(set *secrets.Set, secretName string) (*reference, finding.List) {
	r := ref.Resource
	ref.secret, ref.formerAt = secretName, -1
	list := r.Reading.List
	if ref.pod != nil {
		list = ref.pod.List
	}
	if list.Problem != "" {
		return nil, finding.List{r.Finding(finding.Reference, fn.Error, ref.spec.Path(), "%s\nhint: write a list of objects with a name", list.Problem)}
	}
	ref.names = list.Names
	var carry []string
	if ref.pod != nil {
		if !r.IsRunning() {
			ref.account = set.ServiceAccount(r, ref.pod.Account)
		}
		carry = ref.account.PullSecrets()
		if a := ref.account; len(ref.names) == 0 && a != nil && a.Reading.List.IsNone() {
			return nil, finding.List{a.Finding(finding.ServiceAccount, fn.Error, kinds.ImagePullSecrets, "%s\nhint: write a list of objects with a name", a.Reading.List.Problem)}
		}
	}
	secret := set.Configured(r, secretName)
	if secret != nil {
		ref.secret = secret.GetName()
	}
	if len(ref.names) == 0 {
		ref.missing = carry
	}
	ref.aliases = []string{ref.secret}
	if secret == nil || !set.IsHashed(secret) { // nobody corrects a reference to a hashed one any more
		ref.aliases = append(ref.aliases, secretName)
	}
	if secret != nil {
		for _, id := range secret.Identities() {
			ref.aliases = append(ref.aliases, id.Name)
		}
	}
	switch i := slices.IndexFunc(ref.names, ref.isOurs); {
	case i >= 0 && ref.spec.Has(kinds.NotRenamed) && !slices.Contains(ref.names, ref.secret):
		ref.formerAt = i
	case i < 0 && !slices.ContainsFunc(ref.missing, ref.isOurs):
		ref.missing = append(slices.Clone(ref.missing), ref.secret)
	}
	return ref, nil
}

// isOurs reports whether a name in the list means our Secret. kustomize may have renamed the
// Secret, and then renames the reference after this function.
func (r *reference) isOurs(name string) bool { return slices.Contains(r.aliases, name) }

func (r *reference) Subject() *inventory.Resource { return r.Resource }

func (r *reference) IsDone() bool { return r.formerAt < 0 && len(r.missing) == 0 }

// Missing returns what mode check reports on a list that mode add would change.
func (r *reference) Missing() finding.List {
	if len(r.missing) == 0 && r.formerAt < 0 {
		return nil
	}
	path := r.spec.Path()
	if !slices.Contains(r.missing, r.secret) && r.formerAt < 0 {
		return finding.List{r.Finding(finding.MissingReference, fn.Error, path, "does not reference %s, which its ServiceAccount does", finding.Enumerate(finding.Unique(r.missing, finding.ShowName)))}
	}
	return finding.List{r.Finding(finding.MissingReference, fn.Error, path, "does not reference Secret %q", r.secret)}
}

// Apply adds what is missing. The existing entries stay as they are.
func (r *reference) Apply(*fn.ResourceList) error {
	if r.IsDone() {
		return nil
	}
	holder := r.Holder(r.spec.Fields, true)
	if holder == nil {
		return errors.New("no place for the list")
	}
	if r.formerAt >= 0 {
		inventory.SetKey(inventory.Value(holder, kinds.ImagePullSecrets).Content[r.formerAt], "name", inventory.Scalar(r.secret))
		return nil
	}
	inventory.AddNames(holder, r.missing)
	return nil
}

// after returns the names in the list once Apply has been called.
func (r *reference) after() []string {
	names := append(slices.Clone(r.names), r.missing...)
	if r.formerAt >= 0 {
		names[r.formerAt] = r.secret
	}
	return names
}

// State returns the findings that hold after Apply.
func (r *reference) State() finding.List {
	message := fmt.Sprintf("references Secret %q", r.secret) + r.coverage
	if r.Resource.IsInstallation() {
		message += ", which the operator copies from namespace " + finding.ShowName(r.Resource.SecretNamespace()) + " to whatever it installs"
	}
	state := finding.List{r.Finding(finding.Reference, fn.Info, r.spec.Path(), "%s", message)}
	listed := map[string]bool{}
	for _, name := range r.after() {
		listed[name] = !r.isOurs(name)
	}
	carried := slices.DeleteFunc(slices.Clone(r.account.PullSecrets()), func(name string) bool { return !listed[name] })
	if len(carried) > 0 {
		state = append(state, r.Finding(finding.ServiceAccount, fn.Info, r.spec.Path(),
			"also lists the pull secrets of its ServiceAccount, because the list of a pod replaces that: %s", finding.Enumerate(finding.Unique(carried, finding.ShowName))))
	}
	return state
}
