// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/imagetext"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/mapping"
)

// Images outside of pods, under a key that means an image.

// image records the image under a key that means an image, outside of pods. It may be a
// text, or in parts as in the values of Helm charts.
func (w *walker) image(key string, parent, n *yaml.Node, at *spot) {
	exact, isImage := imagetext.Key(key)
	switch {
	case key == "repository" && n.Kind == yaml.ScalarNode && n.Value != "" && hasTag(parent):
		at.notePulled(n)
		w.dark(at, NoPod, joinedImage(parent))
	case !isImage, len(at.keys) > 1 && at.keys[len(at.keys)-2] == "rbd": // a disk image of Ceph
	case n.Kind == yaml.MappingNode && exact && mapping.Text(n, "repository") != "":
		at.notePulled(mapping.Value(n, "repository"))
		w.dark(at, NoPod, joinedImage(n))
	case n.Kind == yaml.ScalarNode && mayBeImage(n, exact) && !(exact && at.kind.isImageSet() && mapping.Text(parent, "digest") != ""):
		at.notePulled(n)
		w.dark(at, NoPod, n.Value)
	case n.Kind == yaml.SequenceNode && key != "containers":
		exactOfEach, _ := imagetext.Key(strings.TrimSuffix(key, "s"))
		for i, element := range n.Content {
			if element.Kind == yaml.ScalarNode && mayBeImage(element, exactOfEach) {
				each := *at
				each.fields, each.line = append(at.fields, elementOf(i)), element.Line
				at.notePulled(element)
				w.dark(&each, NoPod, element.Value)
			}
		}
	case n.Kind == yaml.MappingNode && !isObject(n):
		w.imagesOf(n, at, strings.HasSuffix(key, "s"))
	}
}

// imagesOf records the images of a mapping that is under the key of an image: by names, with a tag
// beside the name, or as the reference of a volume. In a map of images each may be a mapping itself.
func (w *walker) imagesOf(n *yaml.Node, at *spot, isMap bool) {
	for k, v := range mapping.Entries(n) {
		key, each := k.Value, *at
		each.fields, each.line = append(at.fields, key), k.Line
		if _, isImage := imagetext.Key(key); isImage || at.pulled[v] {
			continue
		}
		if v.Kind == yaml.MappingNode && isMap && !isObject(v) {
			w.imagesOf(v, &each, false)
		}
		if !mayBeImage(v, key == "reference" || key == "ref" || key == "name" && hasTag(n)) {
			continue
		}
		at.notePulled(v)
		w.dark(&each, NoPod, within(n, v.Value))
	}
}

// isImageSet reports whether an object is an ImageSet of the Tigera operator. It says
// which digests the operator adds to the names of Calico's images, in entries with a
// digest. Other API groups have a kind ImageSet with pods.
func (k kind) isImageSet() bool { return k.group == kinds.OperatorGroup && k.kind == "ImageSet" }

// hasTag reports whether a mapping has a tag or a digest, so that its repository is an
// image.
func hasTag(n *yaml.Node) bool {
	return mapping.Value(n, "tag") != nil || mapping.Value(n, "digest") != nil
}

// joinedImage returns the image that a mapping has in parts.
func joinedImage(n *yaml.Node) string { return within(n, mapping.Text(n, "repository")) }

// within returns a repository with the registry that is beside it, if there is one.
func within(n *yaml.Node, repository string) string {
	if registry := mapping.Text(n, "registry"); registry != "" {
		return strings.TrimSuffix(registry, "/") + "/" + repository
	}
	return repository
}
