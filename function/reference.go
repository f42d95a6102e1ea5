// SPDX-License-Identifier: Apache-2.0

package function

import (
	"fmt"
	"slices"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/pull"
)

// A reference is what a resource's list of pull secrets is and is to become.
type reference struct {
	*resource
	spec    *kinds.Spec
	parent  *fn.SubObject      // what holds the list, nil if it is to be created
	entries fn.SliceSubObjects // those that are there
	names   []string           // in them, empty for an entry without
	stale   int                // the entry that has a former name of the Secret, -1 if none
	missing []string           // the names to add behind them, in this order
	secret  string             // the name of the Secret
	aliases []string           // what it is or was called
	account *resource          // the ServiceAccount of the pods, nil if it is not there
}

// newReference returns how r, which has a fieldSpec, is to reference the Secret,
// given what is set. The error is a *fn.Result: what is there cannot be added to.
//
// A pod's list replaces that of its ServiceAccount, which the API server copies
// only into pods that have none. So when the template has none, those of a
// ServiceAccount among the resources come first.
func newReference(r *resource, set resources, secretName string) (*reference, finding.List) {
	ref := &reference{resource: r, spec: fieldSpecOf(r), stale: -1}
	if !ref.findParent() {
		return nil, finding.List{r.says(finding.Reference, fn.Error, joined(ref.spec.Fields), "no mapping there, so no place for imagePullSecrets")}
	}
	return ref.read(set, secretName)
}

// read reads what is there, for a reference that has its parent.
func (ref *reference) read(set resources, secretName string) (*reference, finding.List) {
	r := ref.resource
	ref.secret = secretName
	if wrong := ref.readEntries(); wrong != "" {
		return nil, finding.List{r.says(finding.Reference, fn.Error, ref.spec.Path(), "%s", wrong)}
	}
	var carry []string
	if ref.spec.Has(kinds.PodSpec) {
		account, _, _ := ref.parent.NestedString("serviceAccountName")
		if account == "" {
			account, _, _ = ref.parent.NestedString("serviceAccount") // its deprecated alias
		}
		if !r.isRunning() {
			ref.account = set.serviceAccount(r.GetNamespace(), account)
		}
		carry = ref.account.pullSecrets()
		if len(ref.names) == 0 && ref.account.hasNoList() {
			return nil, finding.List{ref.account.says(finding.ServiceAccount, fn.Error, kinds.ImagePullSecrets, "%s", notAListOfReferences)}
		}
	}
	secret := set.secret(secretNamespace(r), secretName)
	if secret != nil {
		ref.secret = secret.GetName()
	}
	if len(ref.names) == 0 {
		ref.missing = carry
	}
	ref.aliases = []string{ref.secret, secretName}
	if secret != nil {
		for _, id := range identities(secret) {
			ref.aliases = append(ref.aliases, id.name)
		}
	}
	switch i := slices.IndexFunc(ref.names, ref.isOurs); {
	case i >= 0 && ref.spec.Has(kinds.NotRenamed) && !slices.Contains(ref.names, ref.secret):
		ref.stale = i
	case i < 0 && !slices.ContainsFunc(ref.missing, ref.isOurs):
		ref.missing = append(slices.Clone(ref.missing), ref.secret)
	}
	return ref, nil
}

// isRunning reports whether r is a pod that is in a cluster already: those of its
// ServiceAccount count for it when it is created, and never for a static pod.
func (r *resource) isRunning() bool {
	uid, _, _ := r.NestedString("metadata", "uid")
	return r.gvk.Kind == "Pod" && (uid != "" || r.GetAnnotation(mirrorAnnotation) != "" || r.GetAnnotation(staticAnnotation) != "")
}

// The annotations of static pods, and of what shows them in the API.
const (
	mirrorAnnotation = "kubernetes.io/config.mirror"
	staticAnnotation = "kubernetes.io/config.source"
)

// isOurs reports whether a name in the list means our Secret: kustomize may have
// renamed it, and is to rename the reference after us.
func (r *reference) isOurs(name string) bool { return slices.Contains(r.aliases, name) }

// findParent finds what holds the list. It reports whether there is such a thing,
// or may be created: a pod template without a spec is none.
func (r *reference) findParent() bool {
	if len(r.spec.Fields) == 0 {
		r.parent = &r.SubObject
		return true
	}
	parent, found, err := r.NestedSubObject(r.spec.Fields...)
	if err == nil && found {
		r.parent = &parent
		return true
	}
	if r.spec.Has(kinds.PodSpec) {
		return false
	}
	return !found || isNull(&r.SubObject, r.spec.Fields[0])
}

// readEntries reads the list that is there, and says what is wrong with it. Null
// is an empty list.
func (r *reference) readEntries() (wrong string) {
	if r.parent == nil {
		return ""
	}
	entries, found, err := r.parent.NestedSlice(kinds.ImagePullSecrets)
	if !found {
		return ""
	}
	if err != nil { // null, or no list of objects
		list, err := pullSecretsOf(r.parent)
		if err != nil {
			return notAListOfReferences
		}
		r.names, wrong = namesOf(list)
		return wrong
	}
	r.entries = entries
	for i, entry := range entries {
		name, found, err := entry.NestedString("name")
		if err != nil && found && !isNull(entry, "name") {
			return fmt.Sprintf("[%d].name is not a string", i)
		}
		r.names = append(r.names, name)
	}
	return ""
}

func (r *reference) subject() *resource { return r.resource }

func (r *reference) isDone() bool { return r.stale < 0 && len(r.missing) == 0 }

// lacks returns what mode check says of a list that add would change.
func (r *reference) lacks() finding.List {
	if len(r.missing) == 0 && r.stale < 0 {
		return nil
	}
	path := r.spec.Path()
	if !slices.Contains(r.missing, r.secret) && r.stale < 0 {
		return finding.List{r.says(finding.MissingReference, fn.Error, path, "does not reference %s, which its ServiceAccount does", finding.Enumerate(finding.Unique(r.missing, finding.ShowName)))}
	}
	return finding.List{r.says(finding.MissingReference, fn.Error, path, "does not reference Secret %q", r.secret)}
}

// apply adds what is missing. The entries that are there stay as they are.
func (r *reference) apply(*fn.ResourceList) error {
	if r.stale >= 0 {
		return r.entries[r.stale].SetNestedString(r.secret, "name")
	}
	if len(r.missing) == 0 {
		return nil
	}
	if r.parent == nil {
		field := r.spec.Fields[0]
		if isNull(&r.SubObject, field) {
			if err := r.SetNestedField(map[string]any{}, field); err != nil {
				return err
			}
		}
		r.parent = r.UpsertMap(field)
	}
	entries := r.entries
	for _, name := range r.missing {
		entry := fn.NewEmptyKubeObject()
		if err := entry.SetName(name); err != nil {
			return err
		}
		metadata, _, err := entry.NestedSubObject("metadata")
		if err != nil {
			return err
		}
		entries = append(entries, &metadata)
	}
	return r.parent.SetSlice(entries, kinds.ImagePullSecrets)
}

// after returns the names in the list once apply has been called.
func (r *reference) after() []string {
	names := append(slices.Clone(r.names), r.missing...)
	if r.stale >= 0 {
		names[r.stale] = r.secret
	}
	return names
}

// states returns the state that apply leaves.
func (r *reference) states(j *judge) finding.List {
	message := fmt.Sprintf("references Secret %q", r.secret)
	if images := r.repositories(); len(images) > 0 && j.contentOf(r, r.secret).State == pull.Known {
		message += fmt.Sprintf(" (authenticates %d of %d images)", len(j.authenticated(r)), len(images))
	}
	if isInstallation(r.resource) {
		message += ", which the operator copies from namespace " + finding.ShowName(secretNamespace(r.resource)) + " to whatever it installs"
	}
	states := finding.List{r.says(finding.Reference, fn.Info, r.spec.Path(), "%s", message)}
	listed := map[string]bool{}
	for _, name := range r.after() {
		listed[name] = !r.isOurs(name)
	}
	carried := slices.DeleteFunc(slices.Clone(r.account.pullSecrets()), func(name string) bool { return !listed[name] })
	if len(carried) > 0 {
		states = append(states, r.says(finding.ServiceAccount, fn.Info, r.spec.Path(),
			"has the pull secrets of its ServiceAccount, too, which the list of a pod replaces: %s", finding.Enumerate(finding.Unique(carried, finding.ShowName))))
	}
	return states
}
