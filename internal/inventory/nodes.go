// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/mapping"
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

// lineAt returns the line of the last existing key of a path.
func lineAt(n *yaml.Node, fields []string) int {
	line := n.Line
	for _, field := range fields {
		for key, value := range mapping.Entries(n) {
			if key.Value == field {
				line, n = key.Line, value
				break
			}
		}
	}
	return line
}
