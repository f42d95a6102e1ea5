// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// joined returns a path in the form of results: "a.b[0].c".
func joined(fields []string) string {
	return strings.ReplaceAll(strings.Join(fields, "."), ".[", "[")
}

// merged returns a path in which each element belongs to the field before it.
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

// elementOf returns an index in the form of a field.
func elementOf(i int) string {
	if i < len(elements) {
		return elements[i]
	}
	return "[" + strconv.Itoa(i) + "]"
}

// elements are the fields of the first elements. They save memory.
var elements = func() (all [64]string) {
	for i := range all {
		all[i] = "[" + strconv.Itoa(i) + "]"
	}
	return all
}()

// value returns the value of a key of n. It returns nil if there is none, or if n is no
// mapping.
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

// text returns the text of a scalar under a key, or an empty string.
func text(n *yaml.Node, key string) string {
	if v := value(n, key); v != nil && v.Kind == yaml.ScalarNode && !isNull(v) {
		return v.Value
	}
	return ""
}

// lineAt returns the line of the last existing key of a path.
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

// lookup returns the value at a path of keys, nil if there is none.
func lookup(n *yaml.Node, fields []string) *yaml.Node {
	for _, field := range fields {
		if n = value(n, field); n == nil {
			return nil
		}
	}
	return n
}
