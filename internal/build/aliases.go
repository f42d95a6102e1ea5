// SPDX-License-Identifier: Apache-2.0

package build

import (
	"bytes"
	"iter"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/edit"
)

// checkAliases returns an error if aliases in a text, or in a text inside it, expand beyond the
// limit. kustomize replaces each alias by a copy. checkAliases ignores a text that it cannot parse:
// kustomize refuses that.
func checkAliases(text []byte, depth int) error {
	const deepest = 3 // a patch in a transformer in a kustomization
	if depth > deepest || !mayHaveAliases(text) {
		return nil
	}
	for n := range documents(text) {
		if _, err := edit.Expand(n); err != nil {
			return err
		}
		if err := checkInside(n, depth); err != nil {
			return err
		}
	}
	return nil
}

// documents yields the documents of a text, up to one that cannot be parsed.
func documents(text []byte) iter.Seq[*yaml.Node] {
	return func(yield func(*yaml.Node) bool) {
		decoder := yaml.NewDecoder(bytes.NewReader(text))
		for {
			var document yaml.Node
			if decoder.Decode(&document) != nil || len(document.Content) > 0 && !yield(document.Content[0]) {
				return
			}
		}
	}
}

// checkInside runs checkAliases on the texts in a node.
func checkInside(n *yaml.Node, depth int) error {
	if n.Kind == yaml.ScalarNode && strings.Contains(n.Value, "*") && strings.Contains(n.Value, "&") {
		return checkAliases([]byte(n.Value), depth+1)
	}
	for _, below := range n.Content {
		if err := checkInside(below, depth); err != nil {
			return err
		}
	}
	return nil
}

// mayHaveAliases reports whether a text may have an anchor, or a text inside it an escaped one.
func mayHaveAliases(text []byte) bool {
	return bytes.IndexByte(text, '&') >= 0 || bytes.Contains(text, []byte(`\u`)) || bytes.Contains(text, []byte(`\x`)) || bytes.Contains(text, []byte(`\U`))
}
