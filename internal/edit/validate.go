// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Validate returns a *SyntaxError if a key in n, or anywhere below it, is not a scalar or
// occurs twice. Kubernetes accepts no such mapping. n may have aliases and merge keys.
// Validate checks the target of an alias only at its anchor.
func Validate(n *yaml.Node) error {
	if n.Kind == yaml.MappingNode {
		if err := validateKeys(n.Content); err != nil {
			return err
		}
	}
	for _, child := range n.Content {
		if err := Validate(child); err != nil {
			return err
		}
	}
	return nil
}

// validateKeys checks the keys of the entries of one mapping.
func validateKeys(pairs []*yaml.Node) error {
	for i := 0; i+1 < len(pairs); i += 2 {
		if unaliased(pairs[i]).Kind != yaml.ScalarNode {
			return &SyntaxError{Line: pairs[i].Line, Problem: "a mapping key that is not a scalar"}
		}
	}
	if line, found := duplicateKey(pairs); found {
		return &SyntaxError{Line: line, Problem: "the same mapping key twice"}
	}
	return nil
}

// duplicateKey returns the line of the first key that occurs a second time, and whether
// there is one. Several merge keys in one mapping are allowed.
func duplicateKey(pairs []*yaml.Node) (line int, found bool) {
	const few = 16 // up to this many keys, comparing is faster than a map
	if len(pairs) > 2*few {
		seen := make(map[string]bool, len(pairs)/2)
		for i := 0; i+1 < len(pairs); i += 2 {
			key := keyOf(unaliased(pairs[i]))
			if seen[key] && pairs[i].Tag != mergeTag {
				return pairs[i].Line, true
			}
			seen[key] = true
		}
		return 0, false
	}
	for i := 2; i+1 < len(pairs); i += 2 {
		key := unaliased(pairs[i])
		for j := 0; j < i; j += 2 {
			if equalScalars(key, unaliased(pairs[j])) && key.Tag != mergeTag {
				return pairs[i].Line, true
			}
		}
	}
	return 0, false
}

// unaliased returns the target of n if n is an alias, and n itself otherwise.
func unaliased(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}
