// SPDX-License-Identifier: Apache-2.0

package inventory

import (
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

// Identities returns the name and namespace of o now, and after them those before
// kustomize's prefixes, suffixes and namespaces.
func (o *Resource) Identities() []Identity {
	if o.called == nil {
		o.called = readIdentities(o)
	}
	return o.called
}

func readIdentities(o *Resource) []Identity {
	ids := []Identity{{o.GetName(), o.GetNamespace()}}
	namespaces := strings.Split(o.GetAnnotation(previousNamespaces), ",")
	for i, name := range o.NameObject().Former() {
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

// WasCalled reports whether name is or was the name of o.
func (o *Resource) WasCalled(name string) bool {
	for _, id := range o.Identities() {
		if id.Name == name {
			return true
		}
	}
	return false
}

// IsCorrected reports whether kustomize corrects the list of pull Secrets of r when it
// renames a Secret.
func (r *Resource) IsCorrected() bool { return names.AreCorrected(r.GVK.Kind) }
