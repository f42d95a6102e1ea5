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
	"example.com/calico-pull-secrets/internal/mapping"
)

const defaultAPIVersion = "config.kubernetes.io/v1"

// A list is one of the ways to read a ResourceList: by the index or as a whole.
type list interface {
	// head returns the parts of the list other than its items.
	head() *header
	// read returns the objects of interest and the first object: processors recognise the
	// caller by it. It applies the Distil to each, if that is not nil.
	read(reading) ([]*object, error)
	// write returns the changes after which the text has the objects as they are now. It
	// puts the added objects after the items, and sets the results.
	write(objects []*object, added []*fn.KubeObject, results *fn.Results) ([]Change, error)
	// asItCame returns the changes that give the list the results and change nothing
	// else.
	asItCame(results fn.Results) ([]Change, error)
}

// A header has the parts of a ResourceList other than its items.
type header struct {
	text    []byte
	config  *fn.KubeObject
	results fn.Results   // the results of the input
	given   []*yaml.Node // the same as nodes
	// unreadable is true if the field results of the input is not a list of results: then
	// nobody may replace it.
	unreadable bool
	// The fields below are set only if each field of the list has lines of its own. lines
	// says so.
	lines   bool
	newline string
	open    bool            // the last line has no line break
	fields  map[string]span // the place of each field
	end     int             // where the document ends
}

// A span is text[start:end].
type span struct{ start, end int }

func (h *header) head() *header { return h }

// readHeader returns the header of the ResourceList with the given root, which is a
// mapping. If there is an error, the header has the parts that could be read.
func readHeader(lines *edit.Text, text []byte, root *yaml.Node) (header, error) {
	h := header{text: text, config: fn.NewEmptyKubeObject(), newline: lines.Newline(), open: lines.IsOpen()}
	h.findFields(lines, root)
	var problems []string
	if config := mapping.Value(root, "functionConfig"); !mapping.IsNull(config) {
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
	if results := mapping.Value(root, "results"); results != nil {
		if err := results.Decode(&h.results); err != nil || slices.Contains(h.results, nil) {
			h.results, h.unreadable = nil, true
			problems = append(problems, "results is not a list of results")
		}
		if tree, err := edit.Resolve(results); err == nil && len(tree.Content) == len(h.results) {
			h.given = tree.Content
		}
	}
	if len(problems) > 0 {
		return h, errors.New("ResourceList: " + strings.Join(problems, "; "))
	}
	return h, nil
}

// findFields finds the lines of the fields of root, and sets lines if each field has
// lines of its own.
func (h *header) findFields(lines *edit.Text, root *yaml.Node) {
	if !isPlainBlock(root) || root.Kind != yaml.MappingNode || root.Column != 1 || mapping.Value(root, "apiVersion") == nil {
		return
	}
	h.end = documentEnd(lines, root)
	h.fields = map[string]span{}
	for i := 0; i < len(root.Content); i += 2 {
		key := root.Content[i]
		if _, twice := h.fields[key.Value]; twice && key.Value == "results" || key.Column != 1 || key.Kind != yaml.ScalarNode {
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

// hasResults reports whether the input already has these results.
func (h *header) hasResults(results fn.Results) bool {
	return len(results) == 0 && len(h.results) == 0 || reflect.DeepEqual(results, h.results)
}

// changeResults returns the changes that give the results to a list whose fields have
// lines of their own.
func (h *header) changeResults(results fn.Results) ([]Change, error) {
	if h.hasResults(results) {
		return nil, nil
	}
	n, err := h.resultsNode(results)
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

// closed adapts text, whole lines for the place at, to a list whose last line has no line
// break. At the end of such a list, a line break comes before the text and none after it.
func (h *header) closed(at span, text string) string {
	if !h.open || at.end < len(h.text) || text == "" {
		return text
	}
	if at.start == len(h.text) {
		text = h.newline + text
	}
	return strings.TrimSuffix(text, h.newline)
}

// resultsNode returns results as a YAML sequence, nil if there are no results. Those that came
// in keep the fields that the SDK does not know.
func (h *header) resultsNode(results fn.Results) (*yaml.Node, error) {
	if len(results) == 0 {
		return nil, nil
	}
	var n yaml.Node
	if err := n.Encode(results); err != nil {
		return nil, errors.New("results cannot be written as YAML")
	}
	places := map[*fn.Result]int{} // of the results that came in
	for i, r := range h.results {
		places[r] = i
	}
	for i, r := range results {
		var before fn.Result
		if j, found := places[r]; found && j < len(h.given) && h.given[j].Decode(&before) == nil && reflect.DeepEqual(*r, before) {
			n.Content[i] = h.given[j]
		}
	}
	return &n, nil
}

// isPlainBlock reports whether n is a block collection with entries, without anchor and
// tag.
func isPlainBlock(n *yaml.Node) bool {
	return len(n.Content) > 0 && n.Style&(yaml.FlowStyle|yaml.TaggedStyle) == 0 && n.Anchor == ""
}

// documentEnd returns where the only document of a text ends. That is its end marker, the
// marker of an empty document after it, or the end of the text.
func documentEnd(lines *edit.Text, root *yaml.Node) int {
	for i := root.Line; i < lines.Lines(); i++ {
		if edit.IsMarker(lines.Line(i), "...") || edit.IsMarker(lines.Line(i), "---") {
			return lines.LineStart(i)
		}
	}
	return lines.LineStart(lines.Lines())
}

// readList returns the ResourceList in body. It returns nil if body is no ResourceList.
// If the list cannot be processed but AsItCame can return it, readList returns the list
// and the error.
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
	if mapping.String(root, "kind") != "ResourceList" {
		return nil, nil
	}
	return readWhole(lines, body, root)
}
