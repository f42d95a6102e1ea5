// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"reflect"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"calico-pull-secrets/internal/edit"
)

// A blockList is a ResourceList in block style whose items are texts of their own.
type blockList struct {
	header
	newline string
	open    bool // the last line has no line break
	objects []*object
	dash    int   // the column of the dashes
	itemEnd int   // behind the last item
	old     *span // where the results that came in stand, nil if there are none
	end     int   // where the document ends
}

// A span is input[start:end].
type span struct{ start, end int }

func (s span) has(offset int) bool { return s.start <= offset && offset < s.end }

// readBlockList returns false if the items are not texts of their own. Where it
// returns true each item that matters was parsed from its text alone and gave
// what it is in the whole.
func readBlockList(text *edit.Text, input []byte, root *yaml.Node, interest Interest) (document, bool) {
	items := valueOf(root, "items")
	if items == nil || !isPlainBlock(items) || items.Kind != yaml.SequenceNode {
		return nil, false
	}
	l, fields, ok := newBlockList(text, input, root)
	if !ok || l.open && !canEndLine(input, l.newline) {
		return nil, false
	}
	l.dash, l.itemEnd = items.Column-1, fields["items"].end
	matters := interest(l.config)
	for i, item := range items.Content {
		s, ok := itemSpan(text, items, i, l.itemEnd)
		inItem := func(target *yaml.Node) bool { return s.has(text.Start(target)) }
		if !ok || !aliases(item, inItem) {
			return nil, false
		}
		if i > 0 && !matters(input[s.start:s.end]) {
			continue
		}
		o, err := newObject(input, s.start, s.end, items.Column)
		if err != nil || o == nil {
			return nil, false
		}
		whole, err := edit.Resolve(item)
		if err != nil || !edit.Equal(o.tree, whole) {
			return nil, false
		}
		l.objects = append(l.objects, o)
	}
	outside := func(target *yaml.Node) bool { return !fields["items"].has(text.Start(target)) }
	for i := 1; i < len(root.Content); i += 2 {
		if root.Content[i] != items && !aliases(root.Content[i], outside) {
			return nil, false
		}
	}
	return l, true
}

// newBlockList returns the list that the mapping root is, without its items, and
// where its fields stand: whole lines. It returns false if it is not in block
// style with each field on lines of its own.
func newBlockList(text *edit.Text, input []byte, root *yaml.Node) (*blockList, map[string]span, bool) {
	if !isPlainBlock(root) || root.Kind != yaml.MappingNode || root.Column != 1 || valueOf(root, "apiVersion") == nil {
		return nil, nil, false
	}
	h, err := readHeader(input, root)
	if err != nil {
		return nil, nil, false
	}
	l := &blockList{header: h, newline: text.Newline(), open: text.IsOpen(), end: documentEnd(text, root)}
	fields := map[string]span{}
	for i := 0; i < len(root.Content); i += 2 {
		key := root.Content[i]
		if _, twice := fields[key.Value]; twice || key.Column != 1 || key.Kind != yaml.ScalarNode {
			return nil, nil, false
		}
		next := l.end
		if i+2 < len(root.Content) {
			next = text.LineStart(root.Content[i+2].Line - 1)
		}
		fields[key.Value] = span{text.LineStart(key.Line - 1), next}
	}
	if results, ok := fields["results"]; ok {
		l.old = &results
	}
	return l, fields, true
}

// isPlainBlock reports whether n is a collection in block style that has
// entries and neither anchor nor tag.
func isPlainBlock(n *yaml.Node) bool {
	return len(n.Content) > 0 && n.Style&(yaml.FlowStyle|yaml.TaggedStyle) == 0 && n.Anchor == ""
}

// itemSpan returns where the item with number i stands, from behind its dash to
// the line of the next, or to end. It returns false unless it is a mapping in
// block style, and nothing but comments stands between it and its dash.
func itemSpan(text *edit.Text, items *yaml.Node, i, end int) (span, bool) {
	item := items.Content[i]
	line, ok := dashLine(text, items, i)
	if i+1 < len(items.Content) && ok {
		var next int
		next, ok = dashLine(text, items, i+1)
		end = text.LineStart(next)
	}
	start := text.LineStart(line) + items.Column
	return span{start, end}, ok && isPlainBlock(item) && item.Kind == yaml.MappingNode
}

// dashLine returns the line of the dash before the item with number i.
func dashLine(text *edit.Text, items *yaml.Node, i int) (line int, ok bool) {
	first := items.Content[i].Line - 1
	for line := first; line >= items.Line-1; line-- {
		blank, rest, found := bytes.Cut(text.Line(line), []byte("-"))
		if found && len(blank) == items.Column-1 && len(bytes.Trim(blank, " ")) == 0 {
			rest = bytes.TrimLeft(rest, " ")
			return line, line == first || len(rest) == 0 || rest[0] == '#'
		}
		comment := bytes.TrimSpace(text.Line(line))
		if line < first && len(comment) > 0 && comment[0] != '#' {
			break
		}
	}
	return 0, false
}

// documentEnd returns where the only document of text ends: at its end marker,
// that of an empty one behind it, or at the end of the text.
func documentEnd(text *edit.Text, root *yaml.Node) int {
	for i := root.Line; i < text.Lines(); i++ {
		if isMarker(text.Line(i), "...") || isMarker(text.Line(i), "---") {
			return text.LineStart(i)
		}
	}
	return text.LineStart(text.Lines())
}

// aliases calls ok with all nodes that aliases in n stand for, and reports
// whether it returned true for each.
func aliases(n *yaml.Node, ok func(target *yaml.Node) bool) bool {
	if n.Kind == yaml.AliasNode {
		return ok(n.Alias)
	}
	for _, child := range n.Content {
		if !aliases(child, ok) {
			return false
		}
	}
	return true
}

func (l *blockList) list() *fn.ResourceList {
	var items []*fn.KubeObject
	for _, o := range l.objects {
		items = append(items, o.kube)
	}
	return l.listOf(items)
}

func (l *blockList) write(added []*yaml.Node, results *fn.Results) ([][]byte, error) {
	changes, err := changesOf(l.objects, l.input, results)
	if err != nil {
		return nil, err
	}
	for _, n := range added {
		text, err := edit.Block(n, l.dash+2, l.newline)
		if err != nil {
			return nil, err
		}
		text = strings.Repeat(" ", l.dash) + "- " + text[l.dash+2:]
		changes = append(changes, edit.Change{Start: l.itemEnd, End: l.itemEnd, Text: text})
	}
	changes, err = l.changeResults(changes, *results)
	if err != nil {
		return nil, err
	}
	return l.splice(changes), nil
}

func (l *blockList) fail(results fn.Results) [][]byte {
	changes, err := l.changeResults(nil, results)
	if err != nil {
		return [][]byte{l.input}
	}
	return l.splice(changes)
}

// changeResults appends what has to change for the list to carry results.
func (l *blockList) changeResults(changes []edit.Change, results fn.Results) ([]edit.Change, error) {
	if reflect.DeepEqual(results, l.results) {
		return changes, nil
	}
	n, err := resultsNode(results)
	if err != nil {
		return nil, err
	}
	at, text := span{l.end, l.end}, ""
	if l.old != nil {
		at = *l.old
	}
	if n != nil {
		if text, err = edit.Block(n, 0, l.newline); err != nil {
			return nil, err
		}
		text = "results:" + l.newline + text
	}
	return append(changes, edit.Change{Start: at.start, End: at.end, Text: text}), nil
}

// splice makes the changes. A line break comes before lines behind a last line
// that has none, and not at their end.
func (l *blockList) splice(changes []edit.Change) [][]byte {
	for i := range changes {
		c := &changes[i]
		if !l.open || c.End < len(l.input) || c.Text == "" {
			continue
		}
		if c.Start == len(l.input) {
			c.Text = l.newline + c.Text
		}
		c.Text = strings.TrimSuffix(c.Text, l.newline)
	}
	return edit.Pieces(l.input, changes)
}
