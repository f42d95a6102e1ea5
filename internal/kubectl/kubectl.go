// SPDX-License-Identifier: Apache-2.0

// Package kubectl knows what kubectl refuses in a file of manifests before it asks the API server:
// lines that it takes for a marker, and metadata of a wrong type. See also edit.Convertible.
package kubectl

import (
	"bytes"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/mapping"
)

// BadMarker returns the first line of a document, counted from 1, with a marker or a directive that
// kubectl refuses; no problem if there is none. kubectl takes every line that begins with --- for a
// marker. It takes a directive only behind the marker of an end, or of an empty first document.
func BadMarker(document []byte, isFirst bool) (line int, problem string) {
	isHead := true
	if bytes.IndexByte(document, '%') < 0 && !bytes.Contains(document, []byte("\n---")) { // most have only a first line that may be wrong
		document, _, _ = bytes.Cut(document, []byte("\n"))
	}
	for text := range bytes.Lines(document) {
		line++
		content := bytes.TrimSpace(text)
		behind, isMarker := bytes.CutPrefix(text, []byte("---"))
		behind = bytes.TrimSpace(behind)
		switch {
		case isMarker && len(behind) > 0 && behind[0] != '#':
			return line, "text behind the marker ---"
		case isHead && bytes.HasPrefix(text, []byte("%")) && isFirst != bytes.HasPrefix(document, []byte("---")):
			return line, "a directive without an end marker before it"
		}
		isHead = isHead && (isMarker || len(content) == 0 || content[0] == '#')
	}
	return 0, ""
}

// BadMetadata returns the field of the metadata of an object, or of an object of a List, whose type
// kubectl refuses: a name, or a value of a label or annotation, that is not text. It returns "" if there is
// none. The tree is expanded.
func BadMetadata(object *yaml.Node) string {
	metadata := mapping.Last(object, "metadata")
	if mapping.IsNull(metadata) {
		return badItem(object)
	}
	if metadata.Kind != yaml.MappingNode {
		return "metadata"
	}
	for _, field := range []string{"name", "generateName", "namespace"} {
		if !isText(mapping.Last(metadata, field)) {
			return "metadata." + field
		}
	}
	for _, field := range []string{"labels", "annotations"} {
		texts := mapping.Last(metadata, field)
		if !mapping.IsNull(texts) && texts.Kind != yaml.MappingNode {
			return "metadata." + field
		}
		for _, text := range mapping.Entries(texts) {
			if !isText(text) {
				return "metadata." + field
			}
		}
	}
	return badItem(object)
}

func badItem(list *yaml.Node) string {
	if kind := mapping.Last(list, "kind"); mapping.IsNull(kind) || !strings.HasSuffix(kind.Value, "List") {
		return ""
	}
	for _, item := range mapping.Elements(mapping.Last(list, "items")) {
		if field := BadMetadata(item); field != "" {
			return field
		}
	}
	return ""
}

// isText reports whether kubectl reads a value as text, or as null. It reads YAML 1.1, which has more
// words for true and false.
func isText(n *yaml.Node) bool {
	if mapping.IsNull(n) {
		return true
	}
	isBool := n.Style == 0 && slices.Contains([]string{"y", "yes", "on", "n", "no", "off"}, strings.ToLower(n.Value))
	tag := n.ShortTag()
	return n.Kind == yaml.ScalarNode && !isBool && (tag == "!!str" || tag == "!!binary" || tag == "!!timestamp")
}
