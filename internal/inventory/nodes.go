// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// joined returns a path as in results: "a.b[0].c".
func joined(fields []string) string {
	return strings.ReplaceAll(strings.Join(fields, "."), ".[", "[")
}

// merged returns a path with its elements as parts of the fields before them.
func merged(fields []string) (all []string) {
	for _, f := range fields {
		if strings.HasPrefix(f, "[") && len(all) > 0 {
			all[len(all)-1] += f
		} else {
			all = append(all, f)
		}
	}
	return all
}

// elementOf returns an index as a field.
func elementOf(i int) string {
	if i < len(elements) {
		return elements[i]
	}
	return "[" + strconv.Itoa(i) + "]"
}

// elements are the fields of the first elements.
var elements = func() (all [64]string) {
	for i := range all {
		all[i] = "[" + strconv.Itoa(i) + "]"
	}
	return all
}()

// value returns what a mapping has under a key, nil if there is nothing, or no mapping.
func value(n *yaml.Node, key string) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// text returns the scalar that a mapping has under a key, empty if there is none.
func text(n *yaml.Node, key string) string {
	if v := value(n, key); v != nil && v.Kind == yaml.ScalarNode && !isNull(v) {
		return v.Value
	}
	return ""
}

// lineAt returns the line of the last key of a path.
func lineAt(n *yaml.Node, fields []string) int {
	line := n.Line
	for _, field := range fields {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == field {
				line, n = n.Content[i].Line, n.Content[i+1]
				break
			}
		}
	}
	return line
}

// lookup returns what is at a path of keys, nil if there is nothing.
func lookup(n *yaml.Node, fields []string) *yaml.Node {
	for _, field := range fields {
		if n = value(n, field); n == nil {
			return nil
		}
	}
	return n
}
