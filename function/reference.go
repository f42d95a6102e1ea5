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

// A reference is what a resource's list of pull secrets is and is to become.
type reference struct {
	*inventory.Resource
	spec     *kinds.Spec
	pod      *inventory.Pod      // that has the list, nil if it is in none
	names    []string            // in the list, empty for an entry without
	formerAt int                 // the entry that has a former name of the Secret, -1 if none
	missing  []string            // the names to add behind them, in this order
	secret   string              // the name of the Secret
	aliases  []string            // what it is or was called
	account  *inventory.Resource // the ServiceAccount of the pods, nil if it is not there
	// coverage says of how many images the Secret is, once the judge has told; empty if it cannot.
	coverage string
}

// newReference returns how r, which has a Spec, is to reference the Secret, given what is
// set. The findings say why what is there cannot be added to.
//
// A pod's list replaces that of its ServiceAccount, which the API server copies
// only into pods that have none. So when the template has none, those of a
// ServiceAccount among the resources come first.
func newReference(r *inventory.Resource, set *secrets.Set, secretName string) (*reference, finding.List) {
	ref := &reference{Resource: r, spec: r.Spec(), pod: r.Reading.Pod()}
	if ref.spec.Has(kinds.PodSpec) && ref.pod == nil || ref.pod == nil && !r.Reading.HasPlace {
		return nil, finding.List{r.Finding(finding.Reference, fn.Error, joined(ref.spec.Fields), "no mapping there, so no place for imagePullSecrets")}
	}
	return ref.read(set, secretName)
}

// podReference returns how a pod spec of r references the Secret, wherever it is.
func podReference(r *inventory.Resource, pod *inventory.Pod, set *secrets.Set, secretName string) (*reference, finding.List) {
	spec := &kinds.Spec{Kind: r.GVK.Kind, Fields: pod.Fields, Traits: kinds.PodSpec}
	if !names.AreCorrected(r.GVK.Kind) {
		spec.Traits |= kinds.NotRenamed
	}
	ref := &reference{Resource: r, spec: spec, pod: pod}
	return ref.read(set, secretName)
}

// referencesOf returns how a target references the Secret: by its one list, or of a kind that
// is not known by that of each pod template; if it has none, and a target names the object, by
// that of each pod spec.
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

// Containers returns what is pulled with the list.
func (r *reference) Containers() []inventory.Image {
	if r.pod != nil {
		return r.pod.Images
	}
	return r.Resource.Containers()
}

// Repositories returns what is pulled with the list, each once.
func (r *reference) Repositories() []string {
	if r.pod != nil {
		return inventory.RepositoriesOf(r.pod.Images)
	}
	return r.Resource.Repositories()
}

// read reads what is there.
func (ref *reference) read(set *secrets.Set, secretName string) (*reference, finding.List) {
	r := ref.Resource
	ref.secret, ref.formerAt = secretName, -1
	list := r.Reading.List
	if ref.pod != nil {
		list = ref.pod.List
	}
	if list.Problem != "" {
		return nil, finding.List{r.Finding(finding.Reference, fn.Error, ref.spec.Path(), "%s", list.Problem)}
	}
	ref.names = list.Names
	var carry []string
	if ref.pod != nil {
		if !r.IsRunning() {
			ref.account = set.ServiceAccount(r, ref.pod.Account)
		}
		carry = ref.account.PullSecrets()
		if a := ref.account; len(ref.names) == 0 && a != nil && a.Reading.List.IsNone() {
			return nil, finding.List{a.Finding(finding.ServiceAccount, fn.Error, kinds.ImagePullSecrets, "%s", a.Reading.List.Problem)}
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
	if secret == nil || !set.IsHashed(secret) { // of which nobody corrects a reference any more
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

func joined(fields []string) string { return strings.Join(fields, ".") }

// isOurs reports whether a name in the list means our Secret: kustomize may have
// renamed it, and is to rename the reference after us.
func (r *reference) isOurs(name string) bool { return slices.Contains(r.aliases, name) }

func (r *reference) Subject() *inventory.Resource { return r.Resource }

func (r *reference) IsDone() bool { return r.formerAt < 0 && len(r.missing) == 0 }

// Missing returns what mode check says of a list that add would change.
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

// Apply adds what is missing. The entries that are there stay as they are.
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

// after returns the names in the list once apply has been called.
func (r *reference) after() []string {
	names := append(slices.Clone(r.names), r.missing...)
	if r.formerAt >= 0 {
		names[r.formerAt] = r.secret
	}
	return names
}

// State returns the state that Apply leaves.
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
			"has the pull secrets of its ServiceAccount, too, which the list of a pod replaces: %s", finding.Enumerate(finding.Unique(carried, finding.ShowName))))
	}
	return state
}
