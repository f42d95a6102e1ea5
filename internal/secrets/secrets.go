// SPDX-License-Identifier: Apache-2.0

// Package secrets says which Secrets a cluster gets from a set of resources, and their content.
// It promises:
//
//   - It finds Secrets that the API server refuses, or kubelet ignores, and ServiceAccounts with
//     pull Secrets that the API server refuses.
//   - A Secret that a controller makes from a SealedSecret, an ExternalSecret or a policy has
//     the type that these name. It has a content only if they show one.
//   - A name in a list of pull Secrets refers to the Secret that has the name after kustomize.
//   - If it cannot tell a content, that is unknown, never absent.
//
// It writes no Secret and makes no findings: its callers do.
package secrets

import (
	"slices"

	"example.com/calico-pull-secrets/internal/apiserver"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/names"
	"example.com/calico-pull-secrets/internal/pull"
)

// A Set is a set of resources, with the Secrets that a cluster gets from it.
type Set struct {
	*inventory.Set
	// made has the Secrets that controllers make from the resources. One without a namespace may be
	// in any.
	made   map[inventory.Key][]Made
	makers map[inventory.Key][]Made // the answers of MakersOf
	// namespaces has a namespace for each name of a Secret.
	namespaces map[string]string
	// meanings has the answers of meant: the Secret, and the renamed one.
	meanings map[meaning][2]*inventory.Resource
	renames  map[inventory.Key]*names.Secrets // the names of Secrets in kustomize, filled by meant
	// byBuilder has, for each kustomization, the first Secret of a name that it builds. See following.
	byBuilder map[inventory.Key]map[string]int
	// hashed has Secrets by the names before kustomize added a hash. haveHash has the same Secrets.
	hashed   map[inventory.Key]*inventory.Resource
	haveHash map[*inventory.Resource]bool
	contents map[*inventory.Resource]pull.Content       // of Secrets, filled by ContentOf
	refusals map[*inventory.Resource]*apiserver.Refusal // of ServiceAccounts, filled by RefusalOf
}

// New returns the set with its Secrets.
func New(set *inventory.Set) *Set {
	s := &Set{Set: set, made: map[inventory.Key][]Made{}, makers: map[inventory.Key][]Made{}, namespaces: map[string]string{}, hashed: map[inventory.Key]*inventory.Resource{}, haveHash: map[*inventory.Resource]bool{},
		meanings: map[meaning][2]*inventory.Resource{}, renames: map[inventory.Key]*names.Secrets{}, byBuilder: map[inventory.Key]map[string]int{}, contents: map[*inventory.Resource]pull.Content{}, refusals: map[*inventory.Resource]*apiserver.Refusal{}}
	for _, r := range slices.Concat(set.All, set.Helpers) {
		if !r.IsUnlisted() {
			s.addNames(r)
		}
	}
	return s
}

// addNames adds the names of the Secret r, or of those that controllers make from r.
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

// NamespaceOf returns a namespace with a Secret of the name, empty if none is known.
func (set *Set) NamespaceOf(name string) string { return set.namespaces[name] }
