// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/mapping"
)

// An editor compares a parsed tree with the wanted one and queues the changes of the
// text. Its methods return false if they cannot write the difference in place. Then the
// queued changes are of no use.
type editor struct {
	*Text
	encoder
	strict  bool               // kubectl reads the text as JSON, so it must stay JSON
	nodes   int                // of the parsed tree
	path    []*yaml.Node       // the collections around the values under comparison
	steps   map[*yaml.Node]int // the results of stepOf
	changes []Change
	// uncommented is true if comments are removed together with their entries.
	uncommented bool
}

// A position says which kind of collection a value is in.
type position struct {
	in     context
	indent int // the column of the block collection; -1 if it is not in one
}

type context int

const (
	atRoot context = iota // the root
	blockMapping
	blockSequence
	flow
)

func newEditor(src []byte, root *yaml.Node) *editor {
	t := NewText(src)
	strict := isJSON(src)
	return &editor{
		Text: t, encoder: encoder{json: strict || looksLikeJSON(root)},
		strict: strict, nodes: count(root), steps: map[*yaml.Node]int{},
	}
}

func (e *editor) value(old, want *yaml.Node, at position) bool {
	switch {
	case old == want:
		return true
	case old.Kind == yaml.AliasNode:
		meant, err := newResolver(e.nodes).copy(old)
		if err != nil {
			return false
		}
		return Equal(meant, want) || e.replace(old, want, at)
	case old.Kind == want.Kind && len(old.Content) > 0 && len(want.Content) == 0:
		return e.replace(old, want, at)
	case old.Kind == yaml.MappingNode && want.Kind == yaml.MappingNode && len(old.Content) > 0:
		return e.mapping(old, want)
	case old.Kind == yaml.SequenceNode && want.Kind == yaml.SequenceNode && len(old.Content) > 0:
		return e.sequence(old, want)
	case old.Kind == want.Kind && len(old.Content) == 0 && len(want.Content) == 0 && keyOf(old) == keyOf(want):
		return true
	}
	return e.replace(old, want, at)
}

func (e *editor) mapping(old, want *yaml.Node) bool {
	inside := e.inside(old)
	e.path = append(e.path, old)
	defer e.leave()
	if !startsLike(want, old) {
		return e.mappingInAnyOrder(old, want, inside)
	}
	for i := 1; i < len(old.Content); i += 2 {
		if !e.entry(old.Content[i-1], old.Content[i], want.Content[i], inside) {
			return false
		}
	}
	return e.appendTo(old, want.Content[len(old.Content):], inside)
}

// entry writes the value of a key.
func (e *editor) entry(key, old, want *yaml.Node, inside position) bool {
	if isBlock := inside.in != flow && old.Style&yaml.FlowStyle == 0; isBlock && old.Kind == want.Kind && len(old.Content) > 0 && len(want.Content) == 0 {
		return e.empty(key, old, want)
	}
	return e.value(old, want, inside)
}

// startsLike reports whether the mapping n starts with the keys of old. It returns false
// if old has an alias or a merge key as a key.
func startsLike(n, old *yaml.Node) bool {
	if len(n.Content) < len(old.Content) {
		return false
	}
	for i := 0; i < len(old.Content); i += 2 {
		if old.Content[i].Tag == mergeTag || !Equal(n.Content[i], old.Content[i]) {
			return false
		}
	}
	return true
}

func (e *editor) mappingInAnyOrder(old, want *yaml.Node, inside position) bool {
	wanted, written := valuesByKey(want), map[string]bool{}
	gone := make([]bool, len(old.Content)/2)
	below, err := newResolver(e.nodes).merged(old, map[string]entry{})
	if err != nil {
		return false
	}
	beneath := valuesByKey(mapping.New(below...))
	for i := 0; i+1 < len(old.Content); i += 2 {
		if old.Content[i].Tag == mergeTag {
			continue
		}
		key := e.keyOf(old.Content[i])
		w, ok := wanted[key]
		if m := beneath[key]; ok && m != nil && Equal(m, w) { // the merge key gives the wanted value: an own entry that differs must go
			own, err := expanded(old.Content[i+1])
			ok = err == nil && Equal(own, w)
		}
		if gone[i/2] = !ok; !ok {
			continue
		}
		if written[key] || !e.entry(old.Content[i], old.Content[i+1], w, inside) {
			return false // the key occurs twice, or the value cannot be written
		}
		written[key] = true
	}
	merged, err := newResolver(e.nodes).merged(old, belowAll(old, written))
	if err != nil {
		return false
	}
	for i := 0; i+1 < len(merged); i += 2 {
		w, ok := wanted[keyOf(merged[i])]
		if !ok {
			return false
		}
		written[keyOf(merged[i])] = Equal(merged[i+1], w) // if not, an own entry must override it
	}
	var added []*yaml.Node
	for key, value := range mapping.Entries(want) {
		if !written[keyOf(key)] {
			added = append(added, key, value)
		}
	}
	if !slices.Contains(gone, false) && len(gone) > 0 {
		return false
	}
	return e.remove(old, gone, inside) && e.appendTo(old, added, inside)
}

// belowAll returns entries for keys that win over the merge keys of a mapping.
func belowAll(n *yaml.Node, keys map[string]bool) map[string]entry {
	entries := make(map[string]entry, len(keys))
	for key := range keys {
		entries[key] = entry{at: len(n.Content)}
	}
	return entries
}

// keyOf returns the identity of n, a key of the parsed tree.
func (e *editor) keyOf(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode {
		if expanded, err := newResolver(e.nodes).copy(n); err == nil {
			n = expanded
		}
	}
	return keyOf(n)
}

func (e *editor) leave() { e.path = e.path[:len(e.path)-1] }

func (e *editor) sequence(old, want *yaml.Node) bool {
	inside := e.inside(old)
	e.path = append(e.path, old)
	defer e.leave()
	if len(want.Content) < len(old.Content) {
		return e.shorten(old, want, inside)
	}
	for i, child := range old.Content {
		if !e.value(child, want.Content[i], inside) {
			return false
		}
	}
	return e.appendTo(old, want.Content[len(old.Content):], inside)
}

// inside returns the position of the entries of the collection n.
func (e *editor) inside(n *yaml.Node) position {
	switch {
	case n.Style&yaml.FlowStyle != 0:
		return position{flow, -1}
	case n.Kind == yaml.MappingNode:
		return position{blockMapping, e.column(n)}
	}
	return position{blockSequence, e.column(n)}
}

// appendTo writes entries after the last entry of old, which must not be empty.
func (e *editor) appendTo(old *yaml.Node, entries []*yaml.Node, inside position) bool {
	if len(entries) == 0 {
		return true
	}
	added := &yaml.Node{Kind: old.Kind, Content: entries}
	if inside.in != flow {
		text, ok := e.block(added, inside.indent, e.step())
		if ok {
			e.addLines(e.end(old, -1), inside.indent, text)
		}
		return ok
	}
	text, ok := e.inline(added)
	if ok {
		e.addInline(old, text[1:len(text)-1])
	}
	return ok
}

// reencode replaces the whole root by the encoding of want.
func (e *editor) reencode(root, want *yaml.Node) {
	start := e.Start(root)
	end := e.end(root, -1)
	indent := start - e.LineStart(e.LineOf(start))
	want = withoutOuterComments(want)
	text, ok := "", false
	if e.json {
		text, ok = e.inline(want)
	} else if text, ok = e.block(want, indent, max(e.stepOf(root), 0)); ok {
		end = e.lineEnd(e.LineOf(end)) // including the comment there, which want has, too
		text = strings.TrimSuffix(strings.TrimLeft(text, " "), "\n")
		text = strings.ReplaceAll(text, "\n", e.Newline())
	}
	if ok {
		e.changes = []Change{{start, end, text}}
	}
}

// step returns how many columns right of its key a new sequence starts. It follows the
// innermost collection on the path that has a block sequence. It returns 0 if none has
// one.
func (e *editor) step() int {
	for _, n := range slices.Backward(e.path) {
		if step := e.stepOf(n); step >= 0 {
			return step
		}
	}
	return 0
}

// stepOf returns how many columns right of its key the last block sequence in n starts.
// It prefers a sequence that is a value of n itself. It returns -1 if n has no block
// sequence.
func (e *editor) stepOf(n *yaml.Node) int {
	if n.Style&yaml.FlowStyle != 0 || len(n.Content) == 0 {
		return -1
	}
	if step, known := e.steps[n]; known {
		return step
	}
	step := -1
	for i := len(n.Content) - 1; i >= 0 && step < 0; i -= 2 {
		if child := n.Content[i]; n.Kind == yaml.MappingNode && child.Kind == yaml.SequenceNode && child.Style&yaml.FlowStyle == 0 && len(child.Content) > 0 {
			step = max(e.column(child)-e.column(n), 0)
		}
	}
	for i := len(n.Content) - 1; i >= 0 && step < 0; i-- {
		step = e.stepOf(n.Content[i])
	}
	e.steps[n] = step
	return step
}
