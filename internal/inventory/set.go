// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"slices"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/caller"
	"example.com/calico-pull-secrets/internal/cores"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/imagetext"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/wire"
)

// A Set is the whole input, including the objects in Lists.
type Set struct {
	From  caller.Caller
	Items fn.KubeObjects
	// Question is the question that the walk asked about each object.
	Question imagetext.Question
	All      []*Resource
	// Objects are the resources and the Lists, in the order of their numbers.
	Objects []*Resource
	// Helpers are resources that count only if another resource names them: Secrets,
	// sources of Secrets, and ServiceAccounts. They are in none of the fields above.
	Helpers []*Resource
	named   map[Key][]*Resource // the Secrets, ServiceAccounts and ExternalSecrets
	// called has the resources of named that have the name now.
	called map[Key][]*Resource
	// unlisted has the resources that no kustomization lists. No pod may rely on them.
	unlisted map[Key][]*Resource
	// original has the first resource of each cluster, group, kind, namespace and name.
	original map[uniqueKey]*Resource
	Problems finding.List // objects that cannot be read
}

// empty returns a set without resources.
func empty() *Set {
	return &Set{named: map[Key][]*Resource{}, called: map[Key][]*Resource{}, unlisted: map[Key][]*Resource{}, original: map[uniqueKey]*Resource{}}
}

// NewSet returns the set of the items of rl. read returns the readings of an item; they
// must answer the question. origin returns where an item came from; it may be nil.
func NewSet(rl *fn.ResourceList, question imagetext.Question, read func(*fn.KubeObject) []Object, origin func(*fn.KubeObject) Origin) *Set {
	marked := caller.MarksOf(rl.Items)
	set := empty()
	set.From, set.Items, set.Question = caller.Of(rl.FunctionConfig, marked), rl.Items, question
	objects := make([][]Object, len(rl.Items))
	cores.EachQuick(len(rl.Items), func(i int) { objects[i] = read(rl.Items[i]) })
	for i, item := range rl.Items {
		from := Origin{}
		if origin != nil {
			from = origin(item)
		}
		if file := set.From.FileOf(marked[i]); from.Helps {
			set.addHelper(item, objects[i], file, from)
		} else {
			set.add(item, objects[i], file, from)
		}
	}
	set.mergeInstallations()
	set.readAhead()
	if i := slices.IndexFunc(set.All, func(r *Resource) bool { return r.Cluster == 0 && !r.IsUnlisted() && r.IsOperator() }); i >= 0 {
		for _, r := range set.All {
			r.Operator = set.All[i]
		}
	}
	return set
}

// readAhead computes on all cores what most runs ask of each resource. It leaves out
// Installations: their images depend on another resource. It ignores a panic, because the
// same panic comes again when somebody asks.
func (set *Set) readAhead() {
	cores.EachQuick(len(set.All), func(i int) {
		defer func() { _ = recover() }()
		if r := set.All[i]; !r.IsInstallation() {
			r.Identities()
			r.Repositories()
		}
	})
}

// addHelper adds the objects of an item that only helps others.
func (set *Set) addHelper(item *fn.KubeObject, read []Object, file *fn.File, from Origin) {
	apart := empty()
	apart.add(item, read, file, from)
	for _, r := range apart.All {
		if r.Number = 0; r.Cluster == 0 {
			set.Helpers = append(set.Helpers, r)
			set.addName(r)
		}
	}
}

// add adds the objects of an item.
func (set *Set) add(item *fn.KubeObject, read []Object, file *fn.File, from Origin) {
	numbers := map[*Reading]*Resource{}
	for i, o := range read {
		r := &Resource{
			KubeObject: item, Item: item, File: file, Reading: o.Reading, Node: o.Node, Origin: from,
			GVK: gvkOf(o.APIVersion, o.Kind), Number: len(set.Objects) + 1,
		}
		if i > 0 {
			r.KubeObject = wire.KubeObject(o.Node)
		}
		set.Objects = append(set.Objects, r)
		numbers[o.Reading] = r
		if outer := numbers[o.Within]; outer != nil {
			if r.Cluster = outer.Cluster; !o.IsMember {
				r.Cluster = outer.Number
			}
		}
		if o.Broken {
			set.Problems = append(set.Problems, r.Finding(finding.Config, fn.Error, "items", "has an element that is not an object, which the API server refuses\nhint: remove it"))
		}
		if !o.IsList {
			set.addResource(r)
		}
	}
}

// addResource adds r, which is no List.
func (set *Set) addResource(r *Resource) {
	set.All = append(set.All, r)
	if key := uniqueKeyOf(r); !r.IsUnlisted() && set.original[key] == nil {
		set.original[key] = r
	}
	set.addName(r)
}

// addName adds r to the resources that others find by name, if r has such a kind.
func (set *Set) addName(r *Resource) {
	named := set.named
	if r.IsUnlisted() {
		named = set.unlisted
	}
	kind := r.GVK.Kind
	if r.GVK.ApiVersion() == "v1" && (kind == "Secret" || kind == "ServiceAccount" && !r.IsLocal()) || kind == kinds.ExternalSecret && r.GVK.Group == kinds.ExternalSecretGroup {
		for _, name := range r.Names() {
			key := r.Key(kind, r.GetNamespace(), name)
			named[key] = append(named[key], r)
			if name == r.GetName() && !r.IsUnlisted() {
				set.called[key] = append(set.called[key], r)
			}
		}
	}
}

// Silent returns how many image references are in each silent place, by its name.
func (set *Set) Silent() map[string]int {
	all := map[string]int{}
	for _, r := range set.Objects {
		for place, n := range r.Reading.Silent {
			all[place] += n
		}
	}
	return all
}

// first returns the first resource of a kind, on the cluster of r, that has or had the
// name. It returns nil if there is none.
func (set *Set) first(r *Resource, kind, namespace, name string) *Resource {
	if found := set.named[r.Key(kind, namespace, name)]; len(found) > 0 {
		return found[0]
	}
	return nil
}

// Alike returns the resources that have or had the name of key, in their order.
func (set *Set) Alike(key Key) []*Resource { return set.named[key] }

// Called returns the resources that have the name of key now, in their order.
func (set *Set) Called(key Key) []*Resource { return set.called[key] }

// FirstLike returns the first resource with the cluster, group, kind, namespace and name
// of r. That may be r. For a resource that no kustomization lists it returns r: there may
// be many with the same name.
func (set *Set) FirstLike(r *Resource) *Resource {
	if r.IsUnlisted() {
		return r
	}
	return set.original[uniqueKeyOf(r)]
}

// There returns the first resource of a kind, on the cluster of the set, that has or had
// the name. It also finds a resource that no kustomization lists. It returns nil if there
// is none.
func (set *Set) There(kind, namespace, name string) *Resource {
	if found := set.first(&Resource{}, kind, namespace, name); found != nil {
		return found
	}
	if found := set.unlisted[Key{0, kind, namespace, name}]; len(found) > 0 {
		return found[0]
	}
	return nil
}

// ServiceAccount returns the ServiceAccount of the pods of r, nil if it is not in the
// set. The empty name means default.
func (set *Set) ServiceAccount(r *Resource, name string) *Resource {
	if name == "" {
		name = "default"
	}
	return set.first(r, "ServiceAccount", r.GetNamespace(), name)
}

// Workloads returns the resources that can reference a pull Secret, without
// ServiceAccounts.
func (set *Set) Workloads() []*Resource {
	return slices.DeleteFunc(slices.Clone(set.All), func(r *Resource) bool {
		return r.Spec() == nil && (len(r.Reading.Templates()) == 0 || r.Misnamed() != nil) || r.GVK.Kind == "ServiceAccount"
	})
}
