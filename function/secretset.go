// SPDX-License-Identifier: Apache-2.0

package function

import (
	"example.com/calico-pull-secrets/internal/names"
	"example.com/calico-pull-secrets/internal/pull"
)

// A secretSet is a set of resources with the Secrets that a cluster will have of it.
type secretSet struct {
	*resources
	// made are the Secrets that controllers make of something among the resources. One
	// without a namespace may come to be in any.
	made map[resourceKey][]madeSecret
	// homes are the namespaces that Secrets are in, or will be, by their names.
	homes map[string]string
	// meanings are the answers of meant: the Secret, and the renamed one.
	meanings map[meaning][2]*resource
	renames  map[resourceKey][]names.Object // what kustomize knows of those of one name, once they have been asked for
	// hashed are Secrets by the names that they had before kustomize added a hash, and
	// isHashed the same Secrets.
	hashed   map[resourceKey]*resource
	isHashed map[*resource]bool
	contents map[*resource]pull.Content // of Secrets, once they have been read
}

// newSecretSet returns the set with its Secrets.
func newSecretSet(set *resources) *secretSet {
	s := &secretSet{resources: set, made: map[resourceKey][]madeSecret{}, homes: map[string]string{}, hashed: map[resourceKey]*resource{}, isHashed: map[*resource]bool{},
		meanings: map[meaning][2]*resource{}, renames: map[resourceKey][]names.Object{}, contents: map[*resource]pull.Content{}}
	for _, r := range set.all {
		s.addNames(r)
	}
	return s
}

// addNames adds the names of the Secrets that r is or becomes.
func (set *secretSet) addNames(r *resource) {
	var all []string
	for _, made := range madeSecretsOf(r) {
		for _, name := range made.names {
			key := r.key("Secret", r.GetNamespace(), name)
			if made.everywhere {
				key.namespace = ""
			} else {
				all = append(all, name)
			}
			set.made[key] = append(set.made[key], made)
		}
	}
	if r.gvk.Kind == "Secret" {
		all = append(all, r.allNames()...)
	}
	if r.gvk.Kind == "Secret" {
		if name, ok := names.WithoutHash(r.GetName(), func() []byte { return manifest(r) }); ok {
			set.isHashed[r] = true
			set.hashed[r.key("Secret", r.GetNamespace(), name)] = r
		}
	}
	for _, name := range all {
		if r.GetNamespace() != "" && r.cluster == 0 {
			set.homes[name] = r.GetNamespace()
		}
	}
}
