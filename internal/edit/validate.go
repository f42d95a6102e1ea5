// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"encoding/base64"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Validate returns the error of Convertible, or a *SyntaxError if a key in n, or anywhere
// below it, occurs twice. Kubernetes accepts no such mapping. n may have aliases and merge
// keys. Validate checks the target of an alias only at its anchor.
func Validate(n *yaml.Node) error { return validate(n, true) }

// Convertible returns a *SyntaxError if kubectl cannot make JSON of n: a key in n, or
// anywhere below it, is null or not a scalar, a value does not fit its tag, or a number is
// infinite. kubectl takes the second of two equal keys.
func Convertible(n *yaml.Node) error { return validate(n, false) }

func validate(n *yaml.Node, once bool) error {
	switch n.Kind {
	case yaml.MappingNode:
		if err := validateKeys(n.Content, once); err != nil {
			return err
		}
	case yaml.ScalarNode:
		if !fits(n) {
			return &SyntaxError{Line: n.Line, Problem: "a value that does not fit its tag"}
		}
	}
	for i, child := range n.Content {
		isKey := n.Kind == yaml.MappingNode && i%2 == 0
		if !isKey && child.Kind == yaml.ScalarNode && child.Tag == floatTag && !isFinite(child.Value) {
			return &SyntaxError{Line: child.Line, Problem: "a number that JSON does not have"}
		}
		if err := validate(child, once); err != nil {
			return err
		}
	}
	return nil
}

// validateKeys checks the keys of the entries of one mapping.
func validateKeys(pairs []*yaml.Node, once bool) error {
	for i := 0; i+1 < len(pairs); i += 2 {
		switch key := unaliased(pairs[i]); {
		case key.Kind != yaml.ScalarNode:
			return &SyntaxError{Line: pairs[i].Line, Problem: "a mapping key that is not a scalar"}
		case key.Tag == nullTag:
			return &SyntaxError{Line: pairs[i].Line, Problem: "a mapping key that is null"}
		}
	}
	if !once {
		return nil
	}
	if line, found := duplicateKey(pairs); found {
		return &SyntaxError{Line: line, Problem: "the same mapping key twice"}
	}
	return nil
}

// isFinite reports whether a float is a number of JSON: it is not .nan or .inf.
func isFinite(value string) bool {
	return value == "" || !strings.ContainsRune("nNfF", rune(value[len(value)-1]))
}

// fits reports whether kubectl's parser can read the scalar n by the tag that is written
// before it.
func fits(n *yaml.Node) bool {
	if n.Style&yaml.TaggedStyle == 0 || n.Tag == strTag {
		return true
	}
	plain := (&yaml.Node{Kind: yaml.ScalarNode, Value: n.Value}).ShortTag()
	switch tag := n.ShortTag(); tag {
	case "!!binary":
		_, err := base64.StdEncoding.DecodeString(n.Value)
		return err == nil
	case "!!bool": // also those of YAML 1.1
		return plain == tag || slices.Contains([]string{"y", "yes", "on", "n", "no", "off"}, strings.ToLower(n.Value))
	case floatTag:
		return plain == tag || plain == "!!int"
	case "!!int", nullTag, "!!timestamp":
		return plain == tag
	}
	return true
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
