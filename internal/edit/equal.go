// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"fmt"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// keyOf identifies a node among the keys of one mapping. In keys that are
// mappings the order counts.
func keyOf(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode {
		tag := n.ShortTag()
		if tag == nullTag { // however it is written
			return tag
		}
		return tag + "\x00" + n.Value
	}
	var b strings.Builder
	writeKey(&b, n)
	return b.String()
}

func writeKey(b *strings.Builder, n *yaml.Node) {
	if n.Kind == yaml.ScalarNode {
		key := keyOf(n)
		fmt.Fprintf(b, "%d:%s", len(key), key)
		return
	}
	fmt.Fprintf(b, "%d,%d:", n.Kind, len(n.Content))
	for _, child := range n.Content {
		writeKey(b, child)
	}
}

func count(n *yaml.Node) int {
	sum := 1
	for _, child := range n.Content {
		sum += count(child)
	}
	return sum
}

// Equal reports whether two expanded trees mean the same: the same scalars with
// the same types, sequences in the same order, mappings with the same entries in
// any order. Comments, quoting, flow or block style do not count. Trees in which
// a key is there twice are equal to none, but to those that have it in the same place;
// so are, in part, those in which a key is a mapping: if the entries around it are in
// another order, those within it must not be.
func Equal(a, b *yaml.Node) bool {
	switch {
	case a == b:
		return true
	case a.Kind != b.Kind || len(a.Content) != len(b.Content):
		return false
	}
	switch a.Kind {
	case yaml.ScalarNode:
		return equalScalars(a, b)
	case yaml.SequenceNode:
		for i := range a.Content {
			if !Equal(a.Content[i], b.Content[i]) {
				return false
			}
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(a.Content); i += 2 {
			if !Equal(a.Content[i], b.Content[i]) {
				return equalInAnyOrder(a, b)
			}
		}
		for i := 1; i < len(a.Content); i += 2 {
			if !Equal(a.Content[i], b.Content[i]) {
				return false
			}
		}
	}
	return true
}

func equalScalars(a, b *yaml.Node) bool {
	tag := a.ShortTag()
	return a.Kind == b.Kind && tag == b.ShortTag() && (a.Value == b.Value || tag == nullTag)
}

// equalInAnyOrder compares mappings of the same size.
func equalInAnyOrder(a, b *yaml.Node) bool {
	in, of := valuesByKey(a), valuesByKey(b)
	if len(in)*2 != len(a.Content) || len(of)*2 != len(b.Content) {
		return false
	}
	for key, value := range in {
		other, ok := of[key]
		if !ok || !Equal(value, other) {
			return false
		}
	}
	return true
}

func valuesByKey(mapping *yaml.Node) map[string]*yaml.Node {
	values := make(map[string]*yaml.Node, len(mapping.Content)/2)
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		values[keyOf(mapping.Content[i])] = mapping.Content[i+1]
	}
	return values
}
