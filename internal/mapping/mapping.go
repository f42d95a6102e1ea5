// SPDX-License-Identifier: Apache-2.0

// Package mapping reads and changes the entries of YAML mappings, and makes nodes.
//
// A key matches if it is a scalar with the text, whatever its tag. No function follows an alias or a
// merge key: edit.Expand resolves both, and most trees here are expanded. Of equal keys, Last takes
// the last one, as kubectl does. All other functions take the first one: wire refuses an object of
// interest in which a key occurs twice. A nil node is a missing value, and has no entries.
package mapping

import (
	"iter"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Value returns the value of a key of n. It returns nil if there is none, or if n is no mapping.
func Value(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key && n.Content[i].Kind == yaml.ScalarNode {
			return n.Content[i+1]
		}
	}
	return nil
}

// Last returns the value of the last of equal keys of n. It returns nil if there is none, or if n is
// no mapping.
func Last(n *yaml.Node, key string) (last *yaml.Node) {
	for k, v := range Entries(n) {
		if k.Value == key && k.Kind == yaml.ScalarNode {
			last = v
		}
	}
	return last
}

// At returns the value at a path of keys, nil if there is none.
func At(n *yaml.Node, path ...string) *yaml.Node {
	for _, key := range path {
		if n = Value(n, key); n == nil {
			return nil
		}
	}
	return n
}

// Text returns the text of the scalar under a key of n, whatever its type: also that of a number. It
// returns an empty string for null, and if there is no scalar.
func Text(n *yaml.Node, key string) string {
	if v := Value(n, key); !IsNull(v) && v.Kind == yaml.ScalarNode {
		return v.Value
	}
	return ""
}

// String returns the string under a key of n. It returns an empty string for a value of another type.
func String(n *yaml.Node, key string) string {
	if v := Value(n, key); IsString(v) {
		return v.Value
	}
	return ""
}

// Entries yields the keys and values of n, in their order. It yields nothing if n is no mapping.
func Entries(n *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(key, value *yaml.Node) bool) {
		for i := 0; n != nil && n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i], n.Content[i+1]) {
				return
			}
		}
	}
}

// Elements returns the elements of a sequence, nil for anything else.
func Elements(n *yaml.Node) []*yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}

// IsNull reports whether a value is null in any spelling, or missing.
func IsNull(n *yaml.Node) bool {
	return n == nil || n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null"
}

// IsString reports whether a value is a string. It may be nil.
func IsString(n *yaml.Node) bool {
	return n != nil && n.Kind == yaml.ScalarNode && n.ShortTag() == "!!str"
}

// Set sets the value of a key of the mapping n. It adds a missing key at the end. A nil value removes
// the key.
func Set(n *yaml.Node, key string, v *yaml.Node) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		switch {
		case n.Content[i].Value != key || n.Content[i].Kind != yaml.ScalarNode:
			continue
		case v == nil:
			n.Content = append(n.Content[:i:i], n.Content[i+2:]...)
		default:
			n.Content[i+1] = v
		}
		return
	}
	if v != nil {
		n.Content = append(n.Content, Scalar(key), v)
	}
}

// New returns a mapping with entries: keys and values, alternating.
func New(entries ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: entries}
}

// List returns a sequence with elements.
func List(elements ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: elements}
}

// Scalar returns a string.
func Scalar(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
}
