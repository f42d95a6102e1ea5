// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"strings"

	"example.com/calico-pull-secrets/internal/names"
)

// Annotations of orchestrators.
const (
	previousNamespaces    = "internal.config.kubernetes.io/previousNamespaces"
	localConfigAnnotation = "config.kubernetes.io/local-config" // what kustomize drops and kpt does not apply
)

// IsLocal reports whether kustomize drops r, and kpt does not apply it, while kubectl does:
// its pods are judged, and it helps nobody.
func (r *Resource) IsLocal() bool {
	value, found := r.GetAnnotations()[localConfigAnnotation]
	return found && value != "false"
}

// An Identity is a name and namespace that an object has or had.
type Identity struct{ Name, Namespace string }

// Identities returns what o is called now, and before it what kustomize's
// prefixes, suffixes and namespaces made of it.
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

// NameObject returns what kustomize knows of the name of r.
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

// IsCorrected reports whether kustomize corrects the list of r when it renames a Secret.
func (r *Resource) IsCorrected() bool { return names.AreCorrected(r.GVK.Kind) }
