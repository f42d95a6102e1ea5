// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Validate returns a *SyntaxError if in n, or anywhere below it, a key of a mapping
// is not a scalar or is there twice: Kubernetes takes no such mapping. n may have
// aliases and merge keys; what an alias stands for is looked at where its anchor is.
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

// validateKeys looks at the keys of the entries of a mapping.
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

// duplicateKey returns the line of the first key that is there a second time, and
// whether there is one. A mapping may have several merge keys.
func duplicateKey(pairs []*yaml.Node) (line int, found bool) {
	const few = 16 // keys that are compared faster than looked up
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

// unaliased returns what n stands for if it is an alias, and n itself if not.
func unaliased(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}
