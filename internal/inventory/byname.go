// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/imagetext"
	"example.com/calico-pull-secrets/internal/mapping"
)

// byName notes the image that a scalar has under a name which somebody gave, if that says image.
func (w *walker) byName(name string, n *yaml.Node, at *spot) {
	if n == nil || n.Kind != yaml.ScalarNode || at.pulled[n] || !imagetext.SaysImage(name) {
		return
	}
	value := n.Value
	if at.kind.kind == "Secret" && len(at.keys) == 2 && at.keys[0] == "data" {
		if plain := imagetext.Decoded(value, 1); plain != "" {
			value = plain
		}
	}
	if images := w.question.Listed(value); len(images) > 0 {
		at.notePulled(n)
		w.dark(at, Text, images[0], images[1:]...)
	}
}

// pair notes the images of a mapping with a name and a value, such as a variable or a parameter.
func (w *walker) pair(n *yaml.Node, at *spot) {
	name := mapping.Text(n, "name")
	if !imagetext.SaysImage(name) {
		return
	}
	for key, value := range mapping.Entries(n) {
		if key.Value == "value" || key.Value == "default" {
			below := at.below(key.Value, key.Line)
			w.byName(name, value, &below)
		}
	}
}

// mayBeImage reports whether the value of a key of an image may be one. See imagetext.Key.
func mayBeImage(n *yaml.Node, exact bool) bool {
	return n.Value != "" && n.ShortTag() == "!!str" && imagetext.MayBeImage(n.Value, exact)
}
