// SPDX-License-Identifier: Apache-2.0

// Package kubectl knows what kubectl refuses in a file of manifests before it asks the API server:
// lines that it takes for a marker, text behind JSON, a List in a List, and metadata of a wrong type.
// See also edit.Convertible.
package kubectl

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"sigs.k8s.io/kustomize/kyaml/yaml"
	kubectlyaml "sigs.k8s.io/yaml"

	"example.com/calico-pull-secrets/internal/edit"
	"example.com/calico-pull-secrets/internal/mapping"
)

// JSON returns the length of the JSON value with which a text begins for kubectl. It returns 0 if
// kubectl reads the text as YAML.
func JSON(text []byte) int {
	const looked = 4096 // so far kubectl looks for the brace
	start := bytes.TrimLeftFunc(text[:min(looked, len(text))], unicode.IsSpace)
	decoder, value := json.NewDecoder(bytes.NewReader(text)), json.RawMessage{}
	if !bytes.HasPrefix(start, []byte("{")) || decoder.Decode(&value) != nil {
		return 0
	}
	return int(decoder.InputOffset())
}

// BehindJSON returns the first line of a document, counted from 1, with more than white space and
// comments behind JSON; 0 if there is none. kubectl reads what follows the first line break there as a
// document of YAML.
func BehindJSON(document []byte) (line int) {
	end := JSON(document)
	rest := bytes.TrimLeft(document[end:], " \t\r")
	if rest = bytes.TrimPrefix(rest, []byte("\n")); len(bytes.Trim(rest, " \r\n")) == 0 {
		return 0
	}
	if _, err := edit.ParseYAML(rest); errors.Is(err, edit.ErrEmpty) {
		return 0
	}
	return 1 + bytes.Count(document[:len(document)-len(bytes.TrimLeft(rest, " \r\n"))], []byte("\n"))
}

// WithoutMarker returns a document as kubectl parses it, if the one before is not empty.
func WithoutMarker(document []byte) []byte {
	if _, rest, found := bytes.Cut(document, []byte("\n")); found && bytes.HasPrefix(document, []byte("---")) {
		return rest
	}
	return bytes.TrimPrefix(document, []byte("---"))
}

// BadMarker returns the first line of a document, counted from 1, with a marker, a directive or a byte
// order mark that kubectl refuses; no problem if there is none. before is the document before it, nil
// for the first. kubectl takes every line that begins with --- for a marker. It takes a directive only
// behind the marker of an end, or of an empty first document.
func BadMarker(document, before []byte) (line int, problem string) {
	if line := badMark(document, before); line > 0 {
		return line, "a byte order mark inside of it"
	}
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
		case isMarker && len(behind) > 0 && (behind[0] != '#' || text[len("---")] == '#'): // a comment needs a blank before it for YAML
			return line, "text behind the marker ---"
		case isHead && bytes.HasPrefix(text, []byte("%")) && (before == nil) != bytes.HasPrefix(document, []byte("---")):
			return line, "a directive without an end marker before it"
		}
		isHead = isHead && (isMarker || len(content) == 0 || content[0] == '#')
	}
	return 0, ""
}

// onlyOfKubectl are problems that kubectl's parser has with documents which other parsers take: a tab
// before a comment, or in an empty line, behind a comment; and too many aliases.
var onlyOfKubectl = []string{"found character that cannot start any token", "document contains excessive aliasing"}

// Unreadable returns such a problem of a document, and its line, counted from 1. The problem is empty if
// there is none. It quotes nothing of the document.
func Unreadable(document []byte) (line int, problem string) {
	hasAliases := bytes.IndexByte(document, '&') >= 0 && bytes.IndexByte(document, '*') >= 0
	if bytes.IndexByte(document, '\t') < 0 && !hasAliases { // as in most
		return 0, ""
	}
	content := WithoutMarker(document)
	_, err := kubectlyaml.YAMLToJSON(content)
	if err == nil {
		return 0, ""
	}
	i := slices.IndexFunc(onlyOfKubectl, func(problem string) bool { return strings.HasSuffix(err.Error(), ": "+problem) })
	if i < 0 {
		return 0, ""
	}
	if _, place, found := strings.Cut(err.Error(), ": line "); found {
		_, _ = fmt.Sscanf(place, "%d:", &line) // of the first line the parser says none
	}
	return max(line, 1) + bytes.Count(document[:len(document)-len(content)], []byte("\n")), onlyOfKubectl[i]
}

// badMark returns the first line of a document, counted from 1, that begins with a byte order mark; 0
// if there is none. kubectl reads what follows in a wrong way. It takes a mark behind the marker of a
// document, but not behind a second marker in a row, which it does not remove.
func badMark(document, before []byte) int {
	const mark = "\uFEFF"
	for at := 0; ; at += len(mark) {
		n := bytes.Index(document[at:], []byte(mark))
		if n < 0 {
			return 0
		}
		at += n
		head := document[:at]
		if beginsLine(head) && !(isMarker(head) && len(before) > 0 && !isMarker(before)) {
			return 1 + bytes.Count(head, []byte("\n"))
		}
	}
}

// isMarker reports whether a text is the line of a marker, and no more.
func isMarker(text []byte) bool {
	return bytes.HasPrefix(text, []byte("---")) && bytes.IndexByte(text, '\n') == len(text)-1
}

// beginsLine reports whether a line of YAML begins behind a text. One begins behind a mark, too.
func beginsLine(text []byte) bool {
	return len(text) == 0 || slices.ContainsFunc([]string{"\n", "\r", "\u0085", "\u2028", "\u2029", "\uFEFF"}, func(end string) bool { return bytes.HasSuffix(text, []byte(end)) })
}

// A Refusal says why kubectl refuses an object that it can read. The zero value means that it takes the
// object.
type Refusal struct{ Field, Problem, Hint string }

// Refused returns why kubectl refuses an object. It looks at no metadata of Secrets and ServiceAccounts:
// internal/apiserver checks these. Only with needsVersion it looks for an apiVersion of the object
// itself. The tree is expanded.
func Refused(object *yaml.Node, needsVersion bool) Refusal {
	kind := mapping.String(object, "kind")
	field := badField(object)
	switch refusal := badList(object); {
	case refusal.Problem != "":
		return refusal
	case needsVersion && kind != kustomization && mapping.String(object, "apiVersion") == "":
		return Refusal{"", "has no apiVersion", "write it"}
	case field == "", kind == "Secret", kind == "ServiceAccount":
		return Refusal{}
	case field == "apiVersion", field == "kind":
		return Refusal{"items", "has an object without " + field, "write it"}
	}
	return Refusal{field, "is not text, or has a value that is not text", "use quotes"}
}

// kustomization is the kind of a file for kustomize, which needs no apiVersion there.
const kustomization = "Kustomization"

// IsForOthers reports whether an object without an apiVersion is for another program than kubectl: it has
// no metadata, or it is a kustomization.
func IsForOthers(object *yaml.Node) bool {
	return mapping.Value(object, "metadata") == nil || mapping.String(object, "kind") == kustomization
}

// badList returns why kubectl does not apply what is in a List. kubectl takes every
// object with items for a List, whatever its kind is, and none in a List.
func badList(object *yaml.Node) Refusal {
	items := mapping.Last(object, "items")
	switch {
	case items == nil:
		return Refusal{}
	case !isListKind(object):
		return Refusal{"", "has items and is no List", "remove items, or write kind: List"}
	case slices.ContainsFunc(mapping.Elements(items), func(item *yaml.Node) bool { return mapping.Last(item, "items") != nil }):
		return Refusal{"", "has a List in a List", "write the objects of the inner List into the outer one"}
	}
	return Refusal{}
}

func isListKind(object *yaml.Node) bool {
	kind := mapping.Last(object, "kind")
	return !mapping.IsNull(kind) && strings.HasSuffix(kind.Value, "List")
}

// badField returns the field of an object, or of an object of a List, that kubectl refuses: a name, or a
// value of a label or annotation, that is not text, and in a List a missing apiVersion or kind. It
// returns "" if there is none.
func badField(object *yaml.Node) string {
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
	if !isListKind(list) {
		return ""
	}
	for _, item := range mapping.Elements(mapping.Last(list, "items")) {
		for _, field := range []string{"apiVersion", "kind"} {
			if item.Kind == yaml.MappingNode && mapping.String(item, field) == "" {
				return field
			}
		}
		if field := badField(item); field != "" {
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
