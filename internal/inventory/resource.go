// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"slices"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/resid"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/kinds"
)

// A Resource is one of the items, or an object in one that is a List.
type Resource struct {
	*fn.KubeObject
	Reading *Reading
	Node    *yaml.Node // of which the object is made, or what was kept of it
	GVK     resid.Gvk
	Cluster int            // the number of the object that it is inside of and that goes to another cluster, 0 for that of the set
	Item    *fn.KubeObject // that it is, or is in
	Within  string         // the path in the item, empty for the item itself
	Number  int            // its place among all objects, Lists included, from 1; 0 for what did not come in
	File    *fn.File       // that it came from, nil if the orchestrator does not tell
	Origin
	merged   *Resource  // of an Installation: the one that the operator merges it with, nil if there is none
	Operator *Resource  // of an Installation: the operator's Deployment, nil if it is not there
	called   []Identity // once it has been read
	pods     []Image    // once they have been read
	pulls    []string   // the repositories of these, once they have been asked for
}

// An Origin is the input that an object came from. The zero value is stdin, or a list.
type Origin struct {
	Source   string // the name of the input
	IsForNew bool   // that is where new objects go
	Helps    bool   // it is there for the others alone
	Listing
}

// A Listing is what the kustomizations among some files say of one of them.
type Listing struct {
	// UnlistedBy is the kustomization that the file lies below and that does not list it, and
	// Entry is how it would be listed there. Both are empty if it is listed, or there is no
	// kustomization. If Entry alone is empty, UnlistedBy lists it and is a component that no
	// kustomization uses.
	UnlistedBy, Entry string
	RenamedBy         string // a kustomization that adds a prefix or suffix to names in the file
	KeepsName         bool   // another kustomization builds the file without
}

// IsUnlisted reports whether no kustomization lists the file, though there is one for it.
func (l Listing) IsUnlisted() bool { return l.UnlistedBy != "" }

func NewResource(o *fn.KubeObject, file *fn.File) *Resource {
	gv, kind := o.GetAPIVersion(), o.GetKind()
	group, version := resid.ParseGroupVersion(gv)
	return &Resource{KubeObject: o, GVK: resid.Gvk{Group: group, Version: version, Kind: kind}, Item: o, File: file}
}

// Path returns the file that r came from, empty if that is not known.
func (r *Resource) Path() string {
	if r.File != nil {
		return r.File.Path
	}
	return r.Source
}

// Place returns where a field of r is; path may be empty.
func (r *Resource) Place(path string) finding.Place {
	p := finding.Place{APIVersion: r.GVK.ApiVersion(), Kind: r.GVK.Kind, Namespace: r.GetNamespace(), Name: r.GetName(), Field: path, Object: r.Number}
	if r.File != nil {
		p.File, p.Index = r.File.Path, r.File.Index
	}
	return p
}

// Finding returns a finding about r; path may be empty.
func (r *Resource) Finding(check string, severity finding.Severity, path, format string, a ...any) finding.Finding {
	return finding.New(check, severity, format, a...).At(r.Place(path))
}

// Spec returns where r has its list, nil if it cannot have one.
func (r *Resource) Spec() *kinds.Spec { return kinds.Of(r.GVK.Group, r.GVK.Kind) }

// Misnamed returns what Kubernetes has of the kind of r if that is in no group which r says,
// and r says one of Kubernetes' own: the API server knows no such object. Else nil.
func (r *Resource) Misnamed() *kinds.Spec {
	if r.Spec() == nil && !strings.Contains(r.GVK.Group, ".") {
		return kinds.Named(r.GVK.Kind)
	}
	return nil
}

// RunsOnce reports whether the pods of r are made once: a change reaches none that is there,
// or is refused.
func (r *Resource) RunsOnce() bool {
	spec := r.Spec()
	return spec != nil && spec.Has(kinds.Immutable) || kinds.RunsOnce(r.GVK.Group, r.GVK.Kind)
}

// String returns how the resource is called in messages.
func (r *Resource) String() string {
	return finding.ShowObject(r.GVK.Kind, r.GetNamespace(), r.GetName())
}

// A Key has the namespace that a resource has and a name that it has or had, on
// the cluster that it goes to.
type Key struct {
	Cluster               int
	Kind, Namespace, Name string
}

// Key returns the key of what r means by a name: it is on the same cluster.
func (r *Resource) Key(kind, namespace, name string) Key {
	return Key{r.Cluster, kind, namespace, name}
}

// A uniqueKey is what there can be one object of in a cluster.
type uniqueKey struct {
	cluster                      int
	group, kind, namespace, name string
}

func uniqueKeyOf(r *Resource) uniqueKey {
	return uniqueKey{r.Cluster, r.GVK.Group, r.GVK.Kind, r.GetNamespace(), r.GetName()}
}

// PullSecrets returns the names in the list of a ServiceAccount, each once. None
// if it is nil, or its list is not one.
func (r *Resource) PullSecrets() []string {
	if r == nil {
		return nil
	}
	names := []string{}
	seen := map[string]bool{"": true}
	for _, name := range r.Reading.List.Names { // entries that are none leave the others what they are
		if !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names
}

// IsRunning reports whether r is a pod that is in a cluster already: those of its
// ServiceAccount count for it when it is created, and never for a static pod.
func (r *Resource) IsRunning() bool {
	uid, _, _ := r.NestedString("metadata", "uid")
	return r.GVK.Kind == "Pod" && (uid != "" || r.GetAnnotation(mirrorAnnotation) != "" || r.GetAnnotation(staticAnnotation) != "")
}

// The annotations of static pods, and of what shows them in the API.
const (
	mirrorAnnotation = "kubernetes.io/config.mirror"
	staticAnnotation = "kubernetes.io/config.source"
)

// Names returns what r is called now, and what it was called before kustomize, each once.
func (r *Resource) Names() (names []string) {
	for _, id := range r.Identities() {
		if !slices.Contains(names, id.Name) {
			names = append(names, id.Name)
		}
	}
	return names
}

// TextAt returns the text of a field, empty if there is none.
func (r *Resource) TextAt(path ...string) string {
	text, _, _ := r.NestedString(path...)
	return text
}

func (r *Resource) HasText(path ...string) bool { return r.TextAt(path...) != "" }

// HasField reports whether there is a field at path, whatever it is.
func (r *Resource) HasField(path ...string) bool {
	_, found, _ := r.NestedString(path...)
	return found
}
