// SPDX-License-Identifier: Apache-2.0

package function

import (
	"slices"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/resid"

	"example.com/calico-pull-secrets/internal/cores"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/wire"
)

// A resource is one of the items, or an object in one that is a List.
type resource struct {
	*fn.KubeObject
	reading  *inventory.Reading
	gvk      resid.Gvk
	cluster  int               // the number of the object that it is inside of and that goes to another cluster, 0 for that of the set
	item     *fn.KubeObject    // that it is, or is in
	within   string            // the path in the item, empty for the item itself
	number   int               // its place among all objects, Lists included, from 1; 0 for what did not come in
	file     *fn.File          // that it came from, nil if the orchestrator does not tell
	source   string            // the input that it came from, empty for stdin and lists
	isHome   bool              // that is where new objects go
	merged   *resource         // of an Installation: the one that the operator merges it with, nil if there is none
	operator *resource         // of an Installation: the operator's Deployment, nil if it is not there
	called   []identity        // once it has been read
	pods     []inventory.Image // once they have been read
	pulls    []string          // the repositories of these, once they have been asked for
}

func newResource(o *fn.KubeObject, file *fn.File) *resource {
	gv, kind := o.GetAPIVersion(), o.GetKind()
	group, version := resid.ParseGroupVersion(gv)
	return &resource{KubeObject: o, gvk: resid.Gvk{Group: group, Version: version, Kind: kind}, item: o, file: file}
}

// path returns the file that r came from, empty if that is not known.
func (r *resource) path() string {
	if r.file != nil {
		return r.file.Path
	}
	return r.source
}

// place returns where a field of r is; path may be empty.
func (r *resource) place(path string) finding.Place {
	p := finding.Place{APIVersion: r.gvk.ApiVersion(), Kind: r.gvk.Kind, Namespace: r.GetNamespace(), Name: r.GetName(), Field: path, Object: r.number}
	if r.file != nil {
		p.File, p.Index = r.file.Path, r.file.Index
	}
	return p
}

// says returns a finding about r; path may be empty.
func (r *resource) says(check string, severity finding.Severity, path, format string, a ...any) finding.Finding {
	return finding.New(check, severity, format, a...).At(r.place(path))
}

// fieldSpecOf returns where r has its list, nil if it cannot have one.
func fieldSpecOf(r *resource) *kinds.Spec { return kinds.Of(r.gvk.Group, r.gvk.Kind) }

// String returns how the resource is called in messages.
func (r *resource) String() string {
	return finding.ShowObject(r.gvk.Kind, r.GetNamespace(), r.GetName())
}

// resources are all that the function sees, those in Lists included.
type resources struct {
	from  caller
	items fn.KubeObjects
	// question is what was asked of each object.
	question inventory.Question
	all      []*resource
	// objects are these and the Lists, by their numbers.
	objects []*resource
	named   map[resourceKey][]*resource // the Secrets, ServiceAccounts and ExternalSecrets
	// original are the first resources of a group, kind, namespace and name.
	original map[uniqueKey]*resource
	problems finding.List // objects that cannot be looked into
}

// A resourceKey has the namespace that a resource has and a name that it has or had, on
// the cluster that it goes to.
type resourceKey struct {
	cluster               int
	kind, namespace, name string
}

// key returns the key of what r means by a name: it is on the same cluster.
func (r *resource) key(kind, namespace, name string) resourceKey {
	return resourceKey{r.cluster, kind, namespace, name}
}

// A uniqueKey is what there can be one object of in a cluster.
type uniqueKey struct {
	cluster                      int
	group, kind, namespace, name string
}

func uniqueKeyOf(r *resource) uniqueKey {
	return uniqueKey{r.cluster, r.gvk.Group, r.gvk.Kind, r.GetNamespace(), r.GetName()}
}

// newResources returns the items of rl, each read, and all that is inside them. The question
// is what was asked of them.
func newResources(rl *fn.ResourceList, question inventory.Question, read func(*fn.KubeObject) []inventory.Object) *resources {
	marked := marksOf(rl.Items)
	set := &resources{from: callerOf(rl.FunctionConfig, marked), items: rl.Items, question: question, named: map[resourceKey][]*resource{}, original: map[uniqueKey]*resource{}}
	objects := make([][]inventory.Object, len(rl.Items))
	cores.Light(len(rl.Items), func(i int) { objects[i] = read(rl.Items[i]) })
	for i, item := range rl.Items {
		set.add(item, objects[i], set.from.fileOf(marked[i]))
	}
	set.mergeInstallations()
	set.readAhead()
	if i := slices.IndexFunc(set.all, func(r *resource) bool { return r.cluster == 0 && isOperator(r) }); i >= 0 {
		for _, r := range set.all {
			r.operator = set.all[i]
		}
	}
	return set
}

// readAhead reads, on all cores, what most runs ask of each resource. What an
// Installation pulls depends on another one. Where that fails, it does when it is asked.
func (set *resources) readAhead() {
	cores.Light(len(set.all), func(i int) {
		defer func() { _ = recover() }()
		if r := set.all[i]; !isInstallation(r) {
			identities(r)
			r.repositories()
		}
	})
}

// add adds what was read of an item.
func (set *resources) add(item *fn.KubeObject, read []inventory.Object, file *fn.File) {
	numbers := map[*inventory.Reading]*resource{}
	for i, o := range read {
		r := newResource(item, file)
		if i > 0 {
			r = newResource(wire.KubeObject(o.Node), file)
		}
		r.reading, r.item, r.within = o.Reading, item, o.Where()
		group, version := resid.ParseGroupVersion(o.APIVersion)
		r.gvk = resid.Gvk{Group: group, Version: version, Kind: o.Kind}
		set.objects = append(set.objects, r)
		r.number = len(set.objects)
		numbers[o.Reading] = r
		if outer := numbers[o.Within]; outer != nil {
			if r.cluster = outer.cluster; !o.IsMember {
				r.cluster = outer.number
			}
		}
		if o.Broken {
			set.problems = append(set.problems, r.says(finding.Config, fn.Error, "items", "has an element that is no object, which the API server refuses: remove it"))
		}
		if !o.IsList {
			set.addResource(r)
		}
	}
}

// addResource adds r, which is no List.
func (set *resources) addResource(r *resource) {
	set.all = append(set.all, r)
	if set.original[uniqueKeyOf(r)] == nil {
		set.original[uniqueKeyOf(r)] = r
	}
	kind := r.gvk.Kind
	if r.gvk.ApiVersion() == "v1" && (kind == "Secret" || kind == "ServiceAccount" && !isLocal(r)) || kind == kinds.ExternalSecret && r.gvk.Group == kinds.ExternalSecretGroup {
		for _, name := range r.allNames() {
			key := r.key(kind, r.GetNamespace(), name)
			set.named[key] = append(set.named[key], r)
		}
	}
}

// silent returns how many image references are in silent places, by the name of the place.
func (set *resources) silent() map[string]int {
	all := map[string]int{}
	for _, r := range set.objects {
		for place, n := range r.reading.Silent {
			all[place] += n
		}
	}
	return all
}

// first returns the first resource of a kind on the cluster of r that has or had the name,
// nil if there is none.
func (set *resources) first(r *resource, kind, namespace, name string) *resource {
	if found := set.named[r.key(kind, namespace, name)]; len(found) > 0 {
		return found[0]
	}
	return nil
}

// alike returns the resources of a kind that have or had a name, in their order.
func (set *resources) alike(key resourceKey) []*resource { return set.named[key] }

// firstLike returns the first resource of the group, kind, namespace and name of r, which
// may be r.
func (set *resources) firstLike(r *resource) *resource { return set.original[uniqueKeyOf(r)] }

// there returns the first resource of a kind on the cluster of the set that has or had the
// name, nil if there is none.
func (set *resources) there(kind, namespace, name string) *resource {
	return set.first(&resource{}, kind, namespace, name)
}

// serviceAccount returns the ServiceAccount that the pods of r get, nil if it is not there.
// That of a pod which names none is default.
func (set *resources) serviceAccount(r *resource, name string) *resource {
	if name == "" {
		name = "default"
	}
	return set.first(r, "ServiceAccount", r.GetNamespace(), name)
}

// workloads are the resources that can reference a pull Secret, but ServiceAccounts.
func (set *resources) workloads() []*resource {
	return slices.DeleteFunc(slices.Clone(set.all), func(r *resource) bool {
		return fieldSpecOf(r) == nil || r.gvk.Kind == "ServiceAccount" || r.cluster != 0
	})
}

// pullSecrets returns the names in the list of a ServiceAccount, each once. None
// if it is nil, or its list is not one.
func (r *resource) pullSecrets() []string {
	if r == nil {
		return nil
	}
	names := []string{}
	seen := map[string]bool{"": true}
	for _, name := range r.reading.List.Names { // entries that are none leave the others what they are
		if !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names
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

// allNames returns what r is called now, and what it was called before kustomize, each once.
func (r *resource) allNames() (names []string) {
	for _, id := range identities(r) {
		if !slices.Contains(names, id.name) {
			names = append(names, id.name)
		}
	}
	return names
}

// textAt returns the text of a field, empty if there is none.
func (r *resource) textAt(path ...string) string {
	text, _, _ := r.NestedString(path...)
	return text
}

func (r *resource) hasText(path ...string) bool { return r.textAt(path...) != "" }

// hasField reports whether there is a field at path, whatever it is.
func (r *resource) hasField(path ...string) bool {
	_, found, _ := r.NestedString(path...)
	return found
}
