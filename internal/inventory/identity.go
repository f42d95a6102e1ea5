// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"slices"
	"strings"

	"example.com/calico-pull-secrets/internal/names"
)

// These annotations belong to orchestrators.
const (
	previousNamespaces    = "internal.config.kubernetes.io/previousNamespaces"
	localConfigAnnotation = "config.kubernetes.io/local-config" // kustomize drops objects with it, and kpt does not apply them
)

// IsLocal reports whether r is for local use only: kustomize drops it, and kpt does not
// apply it. kubectl does apply it. So the program judges its pods, but no other pod may
// rely on it.
func (r *Resource) IsLocal() bool {
	value, found := r.GetAnnotations()[localConfigAnnotation]
	return found && value != "false"
}

// An Identity is a name and namespace that an object has or had.
type Identity struct{ Name, Namespace string }

// Identities returns the name and namespace of r now, and after them those before
// kustomize's prefixes, suffixes and namespaces.
func (r *Resource) Identities() []Identity {
	if r.called == nil {
		r.called = r.readIdentities()
	}
	return r.called
}

func (r *Resource) readIdentities() []Identity {
	ids := []Identity{{r.GetName(), r.GetNamespace()}}
	namespaces := strings.Split(r.GetAnnotation(previousNamespaces), ",")
	for i, name := range r.NameObject().Former() {
		if i < len(namespaces) {
			ids = append(ids, Identity{name, namespaces[i]})
		}
	}
	return ids
}

// NameObject returns what kustomize's annotations say about the name of r.
func (r *Resource) NameObject() names.Object {
	return names.Read(r.GVK.Kind, r.GetNamespace(), r.GetName(), r.GetAnnotation)
}

// wasCalled reports whether name is or was the name of r.
func (r *Resource) wasCalled(name string) bool {
	return slices.ContainsFunc(r.Identities(), func(id Identity) bool { return id.Name == name })
}

// IsCorrected reports whether kustomize corrects the list of pull Secrets of r when it
// renames a Secret.
func (r *Resource) IsCorrected() bool { return names.AreCorrected(r.GVK.Kind) }
