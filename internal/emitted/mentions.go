// SPDX-License-Identifier: Apache-2.0

package emitted

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/mapping"
)

// In its own namespace a name means the Secret. In another one, only a name together with the
// namespace does: pods never use a Secret of another namespace, but controllers copy it.

// mentions reports whether a text in n has one of the names. It does not count what the object itself
// is called, nor what goes.
func mentions(n *yaml.Node, names []string, going map[*yaml.Node]bool) bool {
	return slices.ContainsFunc(textsOf(n, going), func(t text) bool { return hasName(t.value, names) })
}

// mentionsFrom reports how an object of another namespace refers to a Secret of namespace: "names"
// it, or "may name" it if name and namespace are in two places. It returns "" if it does not.
func mentionsFrom(n *yaml.Node, names []string, namespace string, going map[*yaml.Node]bool) string {
	if namespace == "" {
		return ""
	}
	var whole []string
	for _, name := range names {
		whole = append(whole, namespace+"/"+name)
	}
	all := textsOf(n, going)
	has := func(is func(t text) bool) bool { return slices.ContainsFunc(all, is) }
	switch {
	case has(func(t text) bool { return hasName(t.value, whole) }), isBeside(n, names, namespace, going):
		return "names"
	case has(func(t text) bool { return !t.isLocal && hasName(t.value, names) }) && has(func(t text) bool { return hasName(t.value, []string{namespace}) }):
		return "may name"
	}
	return ""
}

// isBeside reports whether a mapping in n has the namespace under a key for one, and one of the names
// in it.
func isBeside(n *yaml.Node, names []string, namespace string, going map[*yaml.Node]bool) bool {
	isNamespace := false
	for i, child := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			value := n.Content[i+1]
			if !isNamespace && strings.HasSuffix(strings.ToLower(child.Value), "namespace") && value.Kind == yaml.ScalarNode && value.Value == namespace {
				isNamespace = true
				if mentions(n, names, going) {
					return true
				}
			}
			continue
		}
		if !(n.Kind == yaml.MappingNode && n.Content[i-1].Value == "metadata") && isBeside(child, names, namespace, going) {
			return true
		}
	}
	return false
}

// A text is a value in an object. It is local in a list of pull Secrets, whose names are of the
// namespace of the pods.
type text struct {
	value   string
	isLocal bool
}

// lastApplied is the annotation that says what an object was.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// textsOf returns the values in n, without what goes. Of metadata it returns only annotations, and none
// of those that programs keep what an object was or is called in.
func textsOf(n *yaml.Node, going map[*yaml.Node]bool) (all []text) {
	var add func(n *yaml.Node, isLocal bool)
	add = func(n *yaml.Node, isLocal bool) {
		switch {
		case going[n]:
		case n.Kind == yaml.ScalarNode:
			all = append(all, text{n.Value, isLocal})
		case n.Kind != yaml.MappingNode:
			for _, child := range n.Content {
				add(child, isLocal)
			}
		default:
			for key, value := range mapping.Entries(n) {
				switch key.Value {
				case "metadata":
					for _, annotation := range annotationsOf(value) {
						add(annotation, isLocal)
					}
				case kinds.ImagePullSecrets:
					add(value, true)
				default:
					add(value, isLocal)
				}
			}
		}
	}
	add(n, false)
	return all
}

// annotationsOf returns the values of the annotations in metadata that people and controllers write.
func annotationsOf(metadata *yaml.Node) (all []*yaml.Node) {
	for key, value := range mapping.Entries(mapping.Value(metadata, "annotations")) {
		if key.Value != lastApplied && !strings.HasPrefix(key.Value, "internal.config.kubernetes.io/") {
			all = append(all, value)
		}
	}
	return all
}
