// SPDX-License-Identifier: Apache-2.0

package function

import (
	"slices"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/resid"
)

// A resource is one of the items, or an object in one that is a List.
type resource struct {
	*fn.KubeObject
	gvk  resid.Gvk
	file *fn.File // that it came from, nil if the orchestrator does not tell
}

func newResource(o *fn.KubeObject, file *fn.File) *resource {
	gv, kind := o.GetAPIVersion(), o.GetKind()
	group, version := resid.ParseGroupVersion(gv)
	return &resource{o, resid.Gvk{Group: group, Version: version, Kind: kind}, file}
}

// String returns how the resource is called in messages.
func (r *resource) String() string { return display(r.gvk.Kind, r.GetNamespace(), r.GetName()) }

// members returns the objects of a List, none if r is no List. As for kubectl,
// those of a DaemonSetList that do not say what they are are DaemonSets.
func (r *resource) members() []*resource {
	kind, isList := strings.CutSuffix(r.gvk.Kind, "List")
	if !isList {
		return nil
	}
	items, _, err := r.NestedSlice("items")
	if err != nil {
		return nil
	}
	var members []*resource
	for _, item := range items {
		m := newResource(&fn.KubeObject{SubObject: *item}, r.file)
		if m.gvk.Kind == "" && m.gvk.ApiVersion() == "" {
			m.gvk = resid.Gvk{Group: r.gvk.Group, Version: r.gvk.Version, Kind: kind}
		}
		members = append(members, m)
	}
	return members
}

// resources are all that the function sees, those in Lists included.
type resources struct {
	from  caller
	all   []*resource
	named map[resourceKey]*resource // the Secrets, ServiceAccounts and ExternalSecrets
	// secrets are the Secrets, and what becomes one in the cluster.
	secrets []*resource
}

// A resourceKey has the namespace that a resource has and a name that it has or had.
type resourceKey struct{ kind, namespace, name string }

func newResources(rl *fn.ResourceList) resources {
	there := resources{from: callerOf(rl), named: map[resourceKey]*resource{}}
	for _, item := range rl.Items {
		there.add(newResource(item, there.from.fileOf(item)))
	}
	return there
}

// add adds r, or what is in it. Of several with the same key the first is found.
func (there *resources) add(r *resource) {
	members := r.members()
	for _, m := range members {
		there.add(m)
	}
	if members != nil {
		return
	}
	there.all = append(there.all, r)
	kind := r.gvk.Kind
	if slices.Contains(secretKinds, kind) {
		there.secrets = append(there.secrets, r)
	}
	if r.gvk.ApiVersion() == "v1" && (kind == "Secret" || kind == "ServiceAccount") || kind == externalSecretKind && r.gvk.Group == externalSecretGroup {
		for _, id := range identities(r) {
			key := resourceKey{kind, r.GetNamespace(), id.name}
			if there.named[key] == nil {
				there.named[key] = r
			}
		}
	}
}

// secret returns the Secret that has or had the name, nil if there is none.
func (there resources) secret(namespace, name string) *resource {
	return there.named[resourceKey{"Secret", namespace, name}]
}

// serviceAccount returns the ServiceAccount that pods of the namespace get, nil
// if it is not there. That of a pod which names none is default.
func (there resources) serviceAccount(namespace, name string) *resource {
	if name == "" {
		name = "default"
	}
	return there.named[resourceKey{"ServiceAccount", namespace, name}]
}
