// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"fmt"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/mapping"
)

// keyOf returns the identity of a node among the keys of one mapping. In a key that is a
// mapping the order counts.
func keyOf(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode {
		tag := n.ShortTag()
		if tag == nullTag { // in every spelling
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

// Equal reports whether two expanded trees mean the same. Scalars must have the same
// value and type, and sequences the same order. Mappings must have the same entries in
// any order. Comments, quotes, and flow or block style do not count.
//
// There are two limits. A tree in which a key occurs twice equals only a tree with that
// key in the same place. If two mappings have their entries in different orders, keys
// that are mappings must have the same order inside.
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

// equalInAnyOrder is Equal for mappings of the same size, in any order.
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

func valuesByKey(n *yaml.Node) map[string]*yaml.Node {
	values := make(map[string]*yaml.Node, len(n.Content)/2)
	for key, value := range mapping.Entries(n) {
		values[keyOf(key)] = value
	}
	return values
}
