// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"bytes"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// An entry removed from a block collection takes its lines with it, and the comments in
// and beside them. Comments above and below stay: nobody can tell what they are about. An
// entry removed from a flow collection takes one comma with it, and its own line if it
// has one.

// kept compares the elements of a sequence with those of a shorter one. gone says which
// elements of old are missing in want. ok says whether want has all others, in their
// order. A changed element is recognised by its place in the text.
func (e *editor) kept(old, want []*yaml.Node) (gone []bool, ok bool) {
	isEqual := func(a, b *yaml.Node) bool {
		if a.Kind == yaml.AliasNode || !IsExpanded(a) {
			copied, err := newResolver(e.nodes).copy(a)
			return err == nil && Equal(copied, b)
		}
		return Equal(a, b)
	}
	isSame := func(a, b *yaml.Node) bool {
		return a.Line == b.Line && a.Column == b.Column && a.Kind == b.Kind || isEqual(a, b)
	}
	for _, match := range []func(a, b *yaml.Node) bool{isEqual, isSame} {
		gone, next := make([]bool, len(old)), 0
		for i, child := range old {
			if next < len(want) && match(child, want[next]) {
				next++
			} else {
				gone[i] = true
			}
		}
		if next == len(want) {
			return gone, true
		}
	}
	return nil, false
}

// shorten writes a sequence that has lost some of its elements, but not all.
func (e *editor) shorten(old, want *yaml.Node, inside position) bool {
	gone, ok := e.kept(old.Content, want.Content)
	if !ok {
		return false
	}
	next := 0
	for i, child := range old.Content {
		if gone[i] {
			continue
		}
		if !e.value(child, want.Content[next], inside) {
			return false
		}
		next++
	}
	return e.remove(old, gone, inside)
}

// remove removes the entries of a collection that are gone. At least one entry must stay.
func (e *editor) remove(n *yaml.Node, gone []bool, inside position) bool {
	if !slices.Contains(gone, true) {
		return true
	}
	before, ok := len(e.changes), false
	if inside.in == flow {
		ok = e.removeInline(n, gone)
	} else {
		ok = e.removeLines(n, gone, inside)
	}
	var removed []*yaml.Node
	for i := range gone {
		if gone[i] {
			removed = append(removed, n.Content[i*size(n):(i+1)*size(n)]...)
		}
	}
	e.noteComments(before, removed)
	return ok
}

// noteComments notes whether the changes from index from on remove comments, not only the
// nodes.
func (e *editor) noteComments(from int, removed []*yaml.Node) {
	marks := 0
	for _, c := range e.changes[from:] {
		marks += bytes.Count(e.src[c.Start:c.End], []byte("#"))
	}
	if marks == 0 {
		return
	}
	for _, n := range removed {
		marks -= marksIn(n)
	}
	e.uncommented = e.uncommented || marks > 0
}

// marksIn returns the number of number signs in the content of n. These begin no comment.
func marksIn(n *yaml.Node) int {
	marks := strings.Count(n.Value, "#") + strings.Count(n.Anchor, "#") + strings.Count(n.Tag, "#")
	for _, child := range n.Content {
		marks += marksIn(child)
	}
	return marks
}

// size returns how many nodes an entry of a collection has: 2 in a mapping, 1 in a
// sequence.
func size(n *yaml.Node) int {
	if n.Kind == yaml.MappingNode {
		return 2
	}
	return 1
}

// removeLines is remove for a block collection.
func (e *editor) removeLines(n *yaml.Node, gone []bool, inside position) bool {
	first, behind := -1, -1 // the lines to delete: one run of neighbours
	flush := func() {
		if first >= 0 {
			e.deleteLines(first, behind)
		}
		first = -1
	}
	for i := range gone {
		if !gone[i] {
			continue
		}
		from, to, ok := e.linesOf(n, i, inside)
		if !ok && i == 0 && !gone[1] && e.removeFirst(n, inside) {
			continue
		}
		if !ok {
			return false
		}
		if from != behind {
			flush()
		}
		if first < 0 {
			first = from
		}
		behind = to
	}
	flush()
	return true
}

// linesOf returns the first line of an entry of a block collection, and the line after
// its last. It returns false if other entries share these lines.
func (e *editor) linesOf(n *yaml.Node, entry int, inside position) (first, behind int, ok bool) {
	start, ok := e.startOf(n, entry, inside)
	if !ok {
		return 0, 0, false
	}
	first = e.LineOf(start)
	end := e.endOf(n, entry, inside)
	last := e.LineOf(end)
	rest := bytes.TrimLeft(e.src[end:e.lineEnd(last)], " \t")
	if len(bytes.TrimLeft(e.src[e.LineStart(first):start], " ")) > 0 || len(rest) > 0 && rest[0] != '#' || last < first {
		return 0, 0, false
	}
	return first, last + 1, true
}

// startOf returns where an entry of a block collection starts: at a key, its question
// mark, or the dash of an element.
func (e *editor) startOf(n *yaml.Node, entry int, inside position) (start int, ok bool) {
	start = e.Start(n.Content[entry*size(n)])
	indicator := byte('-')
	if n.Kind == yaml.MappingNode {
		indicator = '?'
	}
	for line := e.LineOf(start); line >= n.Line-1; line-- {
		at := e.LineStart(line) + inside.indent
		if at < start && at < e.lineEnd(line) && e.src[at] == indicator {
			return at, true
		}
		if n.Kind == yaml.MappingNode {
			return start, true
		}
	}
	return 0, false
}

// endOf returns where an entry of a block collection ends.
func (e *editor) endOf(n *yaml.Node, entry int, inside position) int {
	last := n.Content[(entry+1)*size(n)-1]
	if n.Kind == yaml.MappingNode && isNothing(last) {
		return e.colon(n.Content[entry*2])
	}
	return e.end(last, inside.indent)
}

// colon returns the offset after the colon of a key, or after the key if it has no colon.
func (e *editor) colon(key *yaml.Node) int {
	i, _ := e.content(key)
	isPlain := key.Kind == yaml.ScalarNode && key.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) == 0
	if !isPlain {
		i = e.end(key, -1)
	}
	for line := e.lineEnd(e.LineOf(i)); i < line; i++ {
		switch {
		case e.src[i] == ':' && (i+1 == line || isBlank(e.src[i+1])):
			return i + 1
		case !isPlain && !isBlank(e.src[i]):
			return i
		}
	}
	return i
}

// removeFirst removes the first entry of a mapping that begins after a dash. It deletes
// the text up to the second entry. That entry has a line of its own and moves to the
// dash. It returns false if that is not possible.
func (e *editor) removeFirst(n *yaml.Node, inside position) bool {
	if n.Kind != yaml.MappingNode {
		return false
	}
	start, second := e.Start(n.Content[0]), e.Start(n.Content[2])
	line := e.LineOf(second)
	if e.LineOf(start) == line || len(bytes.TrimLeft(e.src[e.LineStart(line):second], " ")) > 0 {
		return false
	}
	e.delete(start, second)
	return e.Start(n.Content[0])-e.LineStart(e.LineOf(start)) == inside.indent
}

// deleteLines deletes whole lines. A text without a final line break stays without one.
func (e *editor) deleteLines(first, behind int) {
	start, end := e.LineStart(first), e.LineStart(behind)
	if behind >= e.Lines() && e.IsOpen() && first > 0 {
		start = e.lineEnd(first - 1)
	}
	e.delete(start, end)
}

// delete deletes a part of the text.
func (e *editor) delete(start, end int) {
	e.changes = append(e.changes, Change{start, end, ""})
}

// empty writes [] or {} after the key of a block collection that has lost all its
// entries.
func (e *editor) empty(key, old, want *yaml.Node) bool {
	colon := e.colon(key)
	line := e.LineOf(colon - 1)
	start, found := e.startOf(old, 0, e.inside(old))
	if !found || old.Anchor != "" || old.Style&yaml.TaggedStyle != 0 || e.src[colon-1] != ':' || e.LineOf(start) == line {
		return false
	}
	last := len(old.Content)/size(old) - 1
	_, behind, ok := e.linesOf(old, last, e.inside(old))
	text, written := e.inline(want)
	if !ok || !written {
		return false
	}
	before := len(e.changes)
	e.changes = append(e.changes, Change{colon, colon, " " + text})
	e.deleteLines(line+1, behind)
	e.noteComments(before, []*yaml.Node{old})
	return true
}
