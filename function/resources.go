// SPDX-License-Identifier: Apache-2.0

package function

import (
	"fmt"
	"slices"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/resid"

	"example.com/calico-pull-secrets/internal/cores"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/pull"
)

// A resource is one of the items, or an object in one that is a List.
type resource struct {
	*fn.KubeObject
	gvk      resid.Gvk
	item     *fn.KubeObject // that it is, or is in
	within   string         // the path in the item, empty for the item itself
	number   int            // its place among all objects, Lists included, from 1; 0 for what did not come in
	file     *fn.File       // that it came from, nil if the orchestrator does not tell
	source   string         // the input that it came from, empty for stdin and lists
	isHome   bool           // that is where new objects go
	operator *resource      // of an Installation: the operator's Deployment, nil if it is not there
	called   []identity     // once it has been read
	pods     []container    // once they have been read
	listed   []string       // the pull secrets of a ServiceAccount, once they have been read
	// unreadable are the lists of containers that are none.
	unreadable []string
	pulls      []string // the repositories of these, once they have been asked for
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

// output returns f as a finding on what comes out at a place, where r is already unless it
// is nil.
func output(f finding.Finding, r *resource, p finding.Place) finding.Finding {
	if f.IsOutput = true; r != nil {
		p.Object = r.number
	}
	return f.At(p)
}

// fieldSpecOf returns where r has its list, nil if it cannot have one.
func fieldSpecOf(r *resource) *kinds.Spec { return kinds.Of(r.gvk.Group, r.gvk.Kind) }

func joined(fields []string) string { return strings.Join(fields, ".") }

// String returns how the resource is called in messages.
func (r *resource) String() string {
	return finding.ShowObject(r.gvk.Kind, r.GetNamespace(), r.GetName())
}

// members returns the objects of a List, none if r is no List, and false if an
// element is no object. As for kubectl, those of a DaemonSetList that do not say what
// they are are DaemonSets.
func (r *resource) members() (members []*resource, ok bool) {
	kind, isList := strings.CutSuffix(r.gvk.Kind, "List")
	if !isList {
		return nil, true
	}
	items, found, err := r.NestedSlice("items")
	if err != nil && found && !isNull(&r.SubObject, "items") {
		return nil, false
	}
	for i, item := range items {
		m := newResource(&fn.KubeObject{SubObject: *item}, r.file)
		m.item, m.within = r.item, strings.TrimPrefix(r.within+fmt.Sprintf(".items[%d]", i), ".")
		if m.gvk.Kind == "" && m.gvk.ApiVersion() == "" {
			m.gvk = resid.Gvk{Group: r.gvk.Group, Version: r.gvk.Version, Kind: kind}
		}
		members = append(members, m)
	}
	return members, true
}

// resources are all that the function sees, those in Lists included.
type resources struct {
	from  caller
	items fn.KubeObjects
	all   []*resource
	// objects are these and the Lists, by their numbers.
	objects []*resource
	named   map[resourceKey][]*resource // the Secrets, ServiceAccounts and ExternalSecrets
	// original are the first resources of a group, kind, namespace and name.
	original map[uniqueKey]*resource
	// made are the Secrets that controllers make of something among the resources. One
	// without a namespace may come to be in any.
	made map[resourceKey][]madeSecret
	// homes are the namespaces that Secrets are in, or will be, by their names.
	homes    map[string]string
	contents map[*resource]pull.Content // of Secrets, once they have been read
	problems finding.List               // objects that cannot be looked into
}

// A resourceKey has the namespace that a resource has and a name that it has or had.
type resourceKey struct{ kind, namespace, name string }

// A uniqueKey is what there can be one object of in a cluster.
type uniqueKey struct{ group, kind, namespace, name string }

func uniqueKeyOf(r *resource) uniqueKey {
	return uniqueKey{r.gvk.Group, r.gvk.Kind, r.GetNamespace(), r.GetName()}
}

func newResources(rl *fn.ResourceList) resources {
	marked := marksOf(rl.Items)
	set := resources{from: callerOf(rl.FunctionConfig, marked), items: rl.Items, named: map[resourceKey][]*resource{}, original: map[uniqueKey]*resource{},
		made: map[resourceKey][]madeSecret{}, homes: map[string]string{}, contents: map[*resource]pull.Content{}}
	for i, item := range rl.Items {
		set.add(newResource(item, set.from.fileOf(marked[i])))
	}
	set.readAhead()
	if i := slices.IndexFunc(set.all, isOperator); i >= 0 {
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

// add adds r, or what is in it.
func (set *resources) add(r *resource) {
	set.objects = append(set.objects, r)
	r.number = len(set.objects)
	members, ok := r.members()
	if !ok {
		set.problems = append(set.problems, r.says(finding.Config, fn.Error, "items", "has an element that is no object, which the API server refuses: remove it"))
	}
	for _, m := range members {
		set.add(m)
	}
	if members != nil {
		return
	}
	set.all = append(set.all, r)
	if set.original[uniqueKeyOf(r)] == nil {
		set.original[uniqueKeyOf(r)] = r
	}
	kind := r.gvk.Kind
	set.addNames(r)
	if r.gvk.ApiVersion() == "v1" && (kind == "Secret" || kind == "ServiceAccount") || kind == externalSecretKind && r.gvk.Group == externalSecretGroup {
		for _, id := range identities(r) {
			key := resourceKey{kind, r.GetNamespace(), id.name}
			set.named[key] = append(set.named[key], r)
		}
	}
}

// addNames adds the names of the Secrets that r is or becomes.
func (set *resources) addNames(r *resource) {
	var names []string
	for _, made := range madeSecretsOf(r) {
		for _, name := range made.names {
			key := resourceKey{"Secret", r.GetNamespace(), name}
			if made.everywhere {
				key.namespace = ""
			} else {
				names = append(names, name)
			}
			set.made[key] = append(set.made[key], made)
		}
	}
	if r.gvk.Kind == "Secret" {
		for _, id := range identities(r) {
			names = append(names, id.name)
		}
	}
	for _, name := range names {
		if r.GetNamespace() != "" {
			set.homes[name] = r.GetNamespace()
		}
	}
}

// first returns the first resource of a kind that has or had the name, nil if there is
// none.
func (set resources) first(kind, namespace, name string) *resource {
	if found := set.named[resourceKey{kind, namespace, name}]; len(found) > 0 {
		return found[0]
	}
	return nil
}

// secret returns the Secret that has or had the name, nil if there is none.
func (set resources) secret(namespace, name string) *resource {
	return set.first("Secret", namespace, name)
}

// serviceAccount returns the ServiceAccount that pods of the namespace get, nil
// if it is not there. That of a pod which names none is default.
func (set resources) serviceAccount(namespace, name string) *resource {
	if name == "" {
		name = "default"
	}
	return set.first("ServiceAccount", namespace, name)
}

// makersOf returns the Secrets of a namespace and name that controllers make of
// something among the resources.
func (set resources) makersOf(namespace, name string) []madeSecret {
	made := set.made[resourceKey{"Secret", namespace, name}]
	if namespace != "" {
		made = append(made[:len(made):len(made)], set.made[resourceKey{"Secret", "", name}]...)
	}
	return made
}

// contentNamed returns what will be in the Secret of a namespace and name, as far as the
// resources say. Where two write it, that is not known.
func (set resources) contentNamed(namespace, name string) pull.Content {
	secret, makers := set.secret(namespace, name), set.makersOf(namespace, name)
	switch {
	case secret == nil && len(makers) == 1:
		return makers[0].content
	case secret == nil:
		return pull.Content{}
	}
	content := set.contentOf(secret)
	if len(makers) > 0 && content.State != pull.Ignored { // a type stays
		return pull.Content{}
	}
	return content
}

// workloads are the resources that can reference a pull Secret, but ServiceAccounts.
func (set resources) workloads() []*resource {
	return slices.DeleteFunc(slices.Clone(set.all), func(r *resource) bool { return fieldSpecOf(r) == nil || r.gvk.Kind == "ServiceAccount" })
}
