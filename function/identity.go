// SPDX-License-Identifier: Apache-2.0

package function

import (
	"strings"

	"example.com/calico-pull-secrets/internal/names"
)

// Annotations of orchestrators.
const (
	previousNamespaces    = "internal.config.kubernetes.io/previousNamespaces"
	localConfigAnnotation = "config.kubernetes.io/local-config" // what kustomize drops and kpt does not apply
)

// isLocal reports whether kustomize drops r, and kpt does not apply it, while kubectl does:
// its pods are judged, and it helps nobody.
func isLocal(r *resource) bool {
	value, found := r.GetAnnotations()[localConfigAnnotation]
	return found && value != "false"
}

// An identity is a name and namespace that an object has or had.
type identity struct{ name, namespace string }

// identities returns what o is called now, and before it what kustomize's
// prefixes, suffixes and namespaces made of it.
func identities(o *resource) []identity {
	if o.called == nil {
		o.called = readIdentities(o)
	}
	return o.called
}

func readIdentities(o *resource) []identity {
	ids := []identity{{o.GetName(), o.GetNamespace()}}
	namespaces := strings.Split(o.GetAnnotation(previousNamespaces), ",")
	for i, name := range o.object().Former() {
		if i < len(namespaces) {
			ids = append(ids, identity{name, namespaces[i]})
		}
	}
	return ids
}

// object returns what kustomize knows of the name of r.
func (r *resource) object() names.Object {
	return names.Read(r.gvk.Kind, r.GetNamespace(), r.GetName(), r.GetAnnotation)
}

// wasCalled reports whether name is or was the name of o.
func wasCalled(o *resource, name string) bool {
	for _, id := range identities(o) {
		if id.name == name {
			return true
		}
	}
	return false
}
