// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/edit"
)

const defaultAPIVersion = "config.kubernetes.io/v1"

// A list is one of the ways to read a ResourceList.
type list interface {
	// head returns what the list has beside its items.
	head() *header
	// read returns the items of interest, and the first one, by which callers are told, each
	// made smaller by Distil if that is not nil.
	read(scanner, Distil) ([]*object, error)
	// write returns what has to change for the objects to be what they are now, for the
	// added ones to stand behind the items, and for the list to carry the results.
	write(objects []*object, added []*fn.KubeObject, results *fn.Results) ([]Change, error)
	// asItCame returns what has to change for the list to carry the results.
	asItCame(results fn.Results) ([]Change, error)
}

// A header is what a ResourceList has beside its items.
type header struct {
	text    []byte
	config  *fn.KubeObject
	results fn.Results // that came in
	// unreadable is true if the results that came in are none: they are not ours to replace.
	unreadable bool
	// What follows is known where each field of the list stands on lines of its own.
	lines   bool
	newline string
	open    bool            // the last line has no line break
	fields  map[string]span // where each field stands
	end     int             // where the document ends
}

// A span is text[start:end].
type span struct{ start, end int }

func (h *header) head() *header { return h }

// readHeader returns the header of the ResourceList that the mapping root is. If
// there is an error the header has what could be read.
func readHeader(lines *edit.Text, text []byte, root *yaml.Node) (header, error) {
	h := header{text: text, config: fn.NewEmptyKubeObject(), newline: lines.Newline(), open: lines.IsOpen()}
	h.findFields(lines, root)
	var problems []string
	if config := valueOf(root, "functionConfig"); config != nil && config.ShortTag() != "!!null" {
		tree, err := edit.Resolve(config)
		switch {
		case err != nil:
			problems = append(problems, "functionConfig: "+err.Error())
		case tree.Kind != yaml.MappingNode:
			problems = append(problems, "functionConfig is not an object")
		default:
			h.config = KubeObject(tree)
		}
	}
	if results := valueOf(root, "results"); results != nil {
		if err := results.Decode(&h.results); err != nil || slices.Contains(h.results, nil) {
			h.results, h.unreadable = nil, true
			problems = append(problems, "results is not a list of results")
		}
	}
	if len(problems) > 0 {
		return h, errors.New("ResourceList: " + strings.Join(problems, "; "))
	}
	return h, nil
}

// findFields finds the lines of the fields of root, if each has lines of its own.
func (h *header) findFields(lines *edit.Text, root *yaml.Node) {
	if !isPlainBlock(root) || root.Kind != yaml.MappingNode || root.Column != 1 || valueOf(root, "apiVersion") == nil {
		return
	}
	h.end = documentEnd(lines, root)
	h.fields = map[string]span{}
	for i := 0; i < len(root.Content); i += 2 {
		key := root.Content[i]
		if _, twice := h.fields[key.Value]; twice || key.Column != 1 || key.Kind != yaml.ScalarNode {
			return
		}
		next := h.end
		if i+2 < len(root.Content) {
			next = lines.LineStart(root.Content[i+2].Line - 1)
		}
		h.fields[key.Value] = span{lines.LineStart(key.Line - 1), next}
	}
	h.lines = !h.open || canEndLine(h.text, h.newline)
}

// hasResults reports whether results came in already.
func (h *header) hasResults(results fn.Results) bool {
	return len(results) == 0 && len(h.results) == 0 || reflect.DeepEqual(results, h.results)
}

// changeResults returns what has to change for a list whose fields have lines of
// their own to carry results.
func (h *header) changeResults(results fn.Results) ([]Change, error) {
	if h.hasResults(results) {
		return nil, nil
	}
	n, err := resultsNode(results)
	if err != nil {
		return nil, err
	}
	at, found := h.fields["results"]
	if !found {
		at = span{h.end, h.end}
	}
	text := ""
	if n != nil {
		if text, err = edit.Block(n, 0, h.newline); err != nil {
			return nil, err
		}
		text = "results:" + h.newline + text
	}
	return []Change{{edit.Change{Start: at.start, End: at.end, Text: h.closed(at, text)}, nil}}, nil
}

// closed returns text, whole lines that go to at, as they have to stand behind a
// last line that has no line break: a line break comes before them, none behind.
func (h *header) closed(at span, text string) string {
	if !h.open || at.end < len(h.text) || text == "" {
		return text
	}
	if at.start == len(h.text) {
		text = h.newline + text
	}
	return strings.TrimSuffix(text, h.newline)
}

// resultsNode returns results as a YAML sequence, nil if there are none.
func resultsNode(results fn.Results) (*yaml.Node, error) {
	if len(results) == 0 {
		return nil, nil
	}
	var n yaml.Node
	if err := n.Encode(results); err != nil {
		return nil, errors.New("results cannot be written as YAML")
	}
	return &n, nil
}

// isPlainBlock reports whether n is a collection in block style that has
// entries and neither anchor nor tag.
func isPlainBlock(n *yaml.Node) bool {
	return len(n.Content) > 0 && n.Style&(yaml.FlowStyle|yaml.TaggedStyle) == 0 && n.Anchor == ""
}

// documentEnd returns where the only document of text ends: at its end marker,
// that of an empty one behind it, or at the end of the text.
func documentEnd(lines *edit.Text, root *yaml.Node) int {
	for i := root.Line; i < lines.Lines(); i++ {
		if edit.IsMarker(lines.Line(i), "...") || edit.IsMarker(lines.Line(i), "---") {
			return lines.LineStart(i)
		}
	}
	return lines.LineStart(lines.Lines())
}

// isUnresolved reports whether there is an alias or a merge key in n.
func isUnresolved(n *yaml.Node) bool {
	return n.Kind == yaml.AliasNode || n.Tag == "!!merge" || slices.ContainsFunc(n.Content, isUnresolved)
}

// stringOf returns the string that the mapping n has under key, empty if there
// is none.
func stringOf(n *yaml.Node, key string) string {
	if v := valueOf(n, key); v != nil && v.Kind == yaml.ScalarNode && v.ShortTag() == "!!str" {
		return v.Value
	}
	return ""
}

// valueOf returns what the mapping n has under key, nil if there is nothing, or
// no mapping.
func valueOf(n *yaml.Node, key string) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key && n.Content[i].Kind == yaml.ScalarNode {
			return n.Content[i+1]
		}
	}
	return nil
}

// readList returns the ResourceList that body is, nil if it is none. A list that
// cannot be worked on is returned with the error that says why, if it can still be
// handed back as it came.
func readList(body []byte) (list, error) {
	if l := indexList(body); l != nil {
		return l, nil
	}
	return parseList(body)
}

// parseList is readList with the parser alone.
func parseList(body []byte) (list, error) {
	lines := edit.NewText(body)
	if countDocuments(lines, split(lines, body)) != 1 || !bytes.Contains(body, []byte("ResourceList")) {
		return nil, nil
	}
	if !utf8.Valid(body) {
		return nil, errors.New("input is not valid UTF-8")
	}
	root, err := edit.Parse(body)
	if err != nil {
		return nil, err
	}
	if stringOf(root, "kind") != "ResourceList" {
		return nil, nil
	}
	return readWhole(lines, body, root)
}
