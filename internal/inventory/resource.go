// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"slices"
	"strings"
	"sync"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/resid"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/mapping"
)

// A Resource is one of the items, or an object inside an item.
type Resource struct {
	*fn.KubeObject
	Reading *Reading
	Node    *yaml.Node // its node, or the part of it that was kept
	GVK     resid.Gvk
	Cluster int            // the number of the object that contains it and sends it to another cluster; 0 for the cluster of the set
	Item    *fn.KubeObject // the item that it is, or is in
	Number  int            // its place among all objects and Lists, from 1; 0 for an object that was not in the input
	File    *fn.File       // its file, nil if the orchestrator does not name one
	Origin
	merged   *Resource  // of an Installation: the one that the operator merges it with, nil if there is none
	Operator *Resource  // of an Installation: the operator's Deployment, nil if it is missing
	called   []Identity // set by the first call of Identities
	pods     []Image    // set by the first call of Containers
	pulls    []string   // set by the first call of Repositories
}

// An Origin is the input that an object came from. The zero value means stdin or a list.
type Origin struct {
	Source   string // the name of the input
	IsForNew bool   // new objects go there
	Helps    bool   // it only helps the others
	Listing
}

// A Listing says how the kustomizations among some files treat one of them.
type Listing struct {
	// UnlistedBy is the kustomization above the file that does not list it. Entry is how
	// it would list the file. Both are empty if it is listed, or if there is no
	// kustomization. If only Entry is empty, UnlistedBy lists the file, and is a
	// component that no kustomization uses.
	UnlistedBy, Entry string
	RenamedBy         string // a kustomization that adds a prefix or suffix to the names in the file
	KeepsName         bool   // another kustomization builds the file without a prefix or suffix
	// BuiltBy has the kustomizations that build the file. It is nil if nobody looked: then no
	// kustomization renames anything.
	BuiltBy *Builders
}

// Builders are the paths of the kustomizations that build a file, directly or through others.
type Builders struct{ paths func() map[string]bool }

// NewBuilders returns the Builders with the paths that a function returns. It calls the function at most
// once.
func NewBuilders(paths func() map[string]bool) *Builders { return &Builders{sync.OnceValue(paths)} }

// Builders returns the paths of the kustomizations that build the file, none if nobody looked.
func (l Listing) Builders() map[string]bool {
	if l.BuiltBy == nil {
		return nil
	}
	return l.BuiltBy.paths()
}

// IsBuiltWith reports whether one kustomization builds both files.
func (l Listing) IsBuiltWith(other Listing) bool {
	some, more := l.Builders(), other.Builders()
	if len(some) > len(more) {
		some, more = more, some
	}
	for path := range some {
		if more[path] {
			return true
		}
	}
	return false
}

// IsUnlisted reports whether a kustomization is above the file and none lists it.
func (l Listing) IsUnlisted() bool { return l.UnlistedBy != "" }

func NewResource(o *fn.KubeObject, file *fn.File) *Resource {
	return &Resource{KubeObject: o, GVK: gvkOf(o.GetAPIVersion(), o.GetKind()), Item: o, File: file}
}

func gvkOf(apiVersion, kind string) resid.Gvk {
	group, version := resid.ParseGroupVersion(apiVersion)
	return resid.Gvk{Group: group, Version: version, Kind: kind}
}

// GetName, GetNamespace and GetAnnotation return what the accessors of the SDK return. Those build
// a value for each field on the way, and each check asks thousands of resources.
func (r *Resource) GetName() string { return r.TextAt("metadata", "name") }

func (r *Resource) GetNamespace() string { return r.TextAt("metadata", "namespace") }

func (r *Resource) GetAnnotation(key string) string { return r.TextAt("metadata", "annotations", key) }

// TextAt returns the text at a path of keys. It returns an empty string if there is something else.
func (r *Resource) TextAt(fields ...string) string {
	if r.Node == nil {
		s, _, _ := r.NestedString(slices.Clone(fields)...)
		return s
	}
	if n := mapping.At(r.Node, fields...); n != nil && n.Tag == yaml.NodeTagString {
		return n.Value
	}
	return ""
}

// Path returns the file of r, or else the name of its input. It is empty if both are
// unknown.
func (r *Resource) Path() string {
	if r.File != nil {
		return r.File.Path
	}
	return r.Source
}

// Place returns the place of a field of r; path may be empty.
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

// Spec returns where r has its list of pull Secrets, nil if it cannot have one.
func (r *Resource) Spec() *kinds.Spec { return kinds.Of(r.GVK.Group, r.GVK.Kind) }

// Misnamed returns the spec of the kind of r if r has the wrong API group. Then
// Kubernetes has the kind in another group, and the API server does not know the object.
// It returns nil otherwise, and for a group that is not Kubernetes' own.
func (r *Resource) Misnamed() *kinds.Spec {
	if r.Spec() == nil && !strings.Contains(r.GVK.Group, ".") {
		return kinds.Named(r.GVK.Kind)
	}
	return nil
}

// RunsOnce reports whether the pods of r are created only once. The API server refuses a
// later change, or the change has no effect on existing pods.
func (r *Resource) RunsOnce() bool {
	spec := r.Spec()
	return spec != nil && spec.Has(kinds.Immutable) || kinds.RunsOnce(r.GVK.Group, r.GVK.Kind)
}

// String returns the name of the resource for messages.
func (r *Resource) String() string {
	return finding.ShowObject(r.GVK.Kind, r.GetNamespace(), r.GetName())
}

// A Key is a cluster, a kind, a namespace and a name. A resource with the key has that
// name, or had it before kustomize.
type Key struct {
	Cluster               int
	Kind, Namespace, Name string
}

// Key returns the key of a resource that r names. It is on the same cluster as r.
func (r *Resource) Key(kind, namespace, name string) Key {
	return Key{r.Cluster, kind, namespace, name}
}

// A uniqueKey identifies an object: a cluster can have only one with it.
type uniqueKey struct {
	cluster                      int
	group, kind, namespace, name string
}

func uniqueKeyOf(r *Resource) uniqueKey {
	return uniqueKey{r.Cluster, r.GVK.Group, r.GVK.Kind, r.GetNamespace(), r.GetName()}
}

// PullSecrets returns the names in the list of a ServiceAccount, each once. It returns
// nil if r is nil, and an empty slice if its list is no list.
func (r *Resource) PullSecrets() []string {
	if r == nil {
		return nil
	}
	return append([]string{}, finding.Distinct(r.Reading.List.Names)...) // a wrong entry does not change the others
}

// IsRunning reports whether r is a pod that is already in a cluster. The API server
// copied the list of its ServiceAccount when it was created. A static pod never gets that
// list.
func (r *Resource) IsRunning() bool {
	return r.GVK.Kind == "Pod" && (r.TextAt("metadata", "uid") != "" || r.GetAnnotation(mirrorAnnotation) != "" || r.GetAnnotation(staticAnnotation) != "")
}

// These annotations mark static pods, and the pods that show them in the API.
const (
	mirrorAnnotation = "kubernetes.io/config.mirror"
	staticAnnotation = "kubernetes.io/config.source"
)

// Names returns the name of r now, and its names before kustomize, each once.
func (r *Resource) Names() (names []string) {
	for _, id := range r.Identities() {
		if !slices.Contains(names, id.Name) {
			names = append(names, id.Name)
		}
	}
	return names
}

// HasField reports whether r has a field at path, of any type.
func (r *Resource) HasField(path ...string) bool {
	_, found, _ := r.NestedString(path...)
	return found
}
