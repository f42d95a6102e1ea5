// SPDX-License-Identifier: Apache-2.0

// Package secrets says which Secrets a cluster will have of a set of resources, and what is
// in them. It promises:
//
//   - A Secret that the API server refuses, or kubelet ignores, is known as such.
//   - What controllers make of a SealedSecret, an ExternalSecret or a policy has the type that
//     these say, and a content only where these say it.
//   - A name in a list of pull Secrets means the Secret that kustomize will leave under it.
//   - What cannot be told is unknown, never absent.
//
// It writes no Secret, and it has no findings: who asks says what is wrong.
package secrets

import (
	"slices"

	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/names"
	"example.com/calico-pull-secrets/internal/pull"
)

// A Set is a set of resources with the Secrets that a cluster will have of it.
type Set struct {
	*inventory.Set
	// made are the Secrets that controllers make of something among the resources. One
	// without a namespace may come to be in any.
	made map[inventory.Key][]Made
	// homes are the namespaces that Secrets are in, or will be, by their names.
	namespaces map[string]string
	// meanings are the answers of meant: the Secret, and the renamed one.
	meanings map[meaning][2]*inventory.Resource
	renames  map[inventory.Key]*names.Secrets // what kustomize knows of those of one name, once they have been asked for
	// hashed are Secrets by the names that they had before kustomize added a hash, and
	// haveHash the same Secrets.
	hashed   map[inventory.Key]*inventory.Resource
	haveHash map[*inventory.Resource]bool
	contents map[*inventory.Resource]pull.Content // of Secrets, once they have been read
}

// New returns the set with its Secrets.
func New(set *inventory.Set) *Set {
	s := &Set{Set: set, made: map[inventory.Key][]Made{}, namespaces: map[string]string{}, hashed: map[inventory.Key]*inventory.Resource{}, haveHash: map[*inventory.Resource]bool{},
		meanings: map[meaning][2]*inventory.Resource{}, renames: map[inventory.Key]*names.Secrets{}, contents: map[*inventory.Resource]pull.Content{}}
	for _, r := range slices.Concat(set.All, set.Helpers) {
		if !r.IsUnlisted() {
			s.addNames(r)
		}
	}
	return s
}

// addNames adds the names of the Secrets that r is or becomes.
func (set *Set) addNames(r *inventory.Resource) {
	var all []string
	for _, made := range madeSecretsOf(r) {
		for _, name := range made.names {
			key := r.Key("Secret", r.GetNamespace(), name)
			if made.Everywhere {
				key.Namespace = ""
			} else {
				all = append(all, name)
			}
			set.made[key] = append(set.made[key], made)
		}
	}
	if r.GVK.Kind == "Secret" {
		all = append(all, r.Names()...)
	}
	if r.GVK.Kind == "Secret" {
		if name, ok := names.WithoutHash(r.GetName(), func() []byte { return manifest(r) }); ok {
			set.haveHash[r] = true
			set.hashed[r.Key("Secret", r.GetNamespace(), name)] = r
		}
	}
	for _, name := range all {
		if r.GetNamespace() != "" && r.Cluster == 0 {
			set.namespaces[name] = r.GetNamespace()
		}
	}
}

// IsHashed reports whether kustomize has added a hash to the name of a Secret.
func (set *Set) IsHashed(secret *inventory.Resource) bool { return set.haveHash[secret] }

// NamespaceOf returns a namespace that a Secret of the name is in, or will be; empty if none is
// known.
func (set *Set) NamespaceOf(name string) string { return set.namespaces[name] }
