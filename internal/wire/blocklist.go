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
func readBlockList(h header, text *edit.Text, root, items *yaml.Node, matters func([]byte) bool) (document, bool) {
	raw := valueOf(root, "items")
	if !isPlainBlock(root) || root.Column != 1 || !isPlainBlock(raw) || raw.Kind != yaml.SequenceNode || valueOf(root, "apiVersion") == nil {
		return nil, false
	}
	l := &blockList{header: h, newline: text.Newline(), open: text.IsOpen(), dash: raw.Column - 1, end: documentEnd(text, root)}
	if l.open && !canEndLine(h.input, l.newline) {
		return nil, false
	}
	sections, ok := sectionsOf(text, root, raw, l.end)
	if !ok {
		return nil, false
	}
	if section, ok := sections.fields["results"]; ok {
		l.old = &section
	}
	for i, s := range sections.items {
		inItem := func(target *yaml.Node) bool { return s.has(text.Start(target)) }
		if !aliases(raw.Content[i], inItem) {
			return nil, false
		}
		if !matters(h.input[s.start:s.end]) {
			continue
		}
		o, err := newObject(h.input, s.start, s.end, raw.Content[i].Column-1)
		if err != nil || o == nil || !edit.Equal(o.tree, items.Content[i]) {
			return nil, false
		}
		l.objects = append(l.objects, o)
	}
	l.itemEnd = sections.items[len(sections.items)-1].end
	outside := func(target *yaml.Node) bool { return !sections.fields["items"].has(text.Start(target)) }
	for i := 1; i < len(root.Content); i += 2 {
		if root.Content[i] != raw && !aliases(root.Content[i], outside) {
			return nil, false
		}
	}
	return l, true
}

// isPlainBlock reports whether n is a collection in block style that has
// entries and neither anchor nor tag.
func isPlainBlock(n *yaml.Node) bool {
	return len(n.Content) > 0 && n.Style&(yaml.FlowStyle|yaml.TaggedStyle) == 0 && n.Anchor == "" && n.Kind != yaml.AliasNode
}

// sections are where the fields and items of a list stand.
type sections struct {
	fields map[string]span // whole lines
	items  []span          // from behind the dash to the line of the next
}

// sectionsOf returns false if a field or an item does not start a line.
func sectionsOf(text *edit.Text, root, items *yaml.Node, end int) (sections, bool) {
	s := sections{fields: map[string]span{}}
	for i := 0; i < len(root.Content); i += 2 {
		key := root.Content[i]
		if key.Column != 1 || key.Kind != yaml.ScalarNode {
			return s, false
		}
		next := end
		if i+2 < len(root.Content) {
			next = text.LineStart(root.Content[i+2].Line - 1)
		}
		s.fields[key.Value] = span{text.LineStart(key.Line - 1), next}
	}
	for i, item := range items.Content {
		start := text.Start(item)
		lead := text.Line(item.Line - 1)[:start-text.LineStart(item.Line-1)]
		if !isPlainBlock(item) || strings.Trim(string(lead), " ") != "-" || bytes.IndexByte(lead, '-') != items.Column-1 {
			return s, false
		}
		next := s.fields["items"].end
		if i+1 < len(items.Content) {
			next = text.LineStart(items.Content[i+1].Line - 1)
		}
		s.items = append(s.items, span{start, next})
	}
	return s, true
}

// documentEnd returns where the only document of text ends: at its end marker,
// or at the end of the text.
func documentEnd(text *edit.Text, root *yaml.Node) int {
	for i := root.Line; i < text.Lines(); i++ {
		if isMarker(text.Line(i), "...") {
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

func (l *blockList) write(added []*yaml.Node, results *fn.Results) ([]byte, error) {
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

func (l *blockList) fail(results fn.Results) []byte {
	changes, err := l.changeResults(nil, results)
	if err != nil {
		return l.input
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
func (l *blockList) splice(changes []edit.Change) []byte {
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
	return edit.Splice(l.input, changes)
}
