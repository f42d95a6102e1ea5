// SPDX-License-Identifier: Apache-2.0

// Package edit changes the meaning of a YAML or JSON document and keeps as much of its
// text as possible.
//
// [Changes] takes the text of one object, its parsed tree, and the tree that the text
// should mean. It returns what to change at which place. It promises:
//
//   - The changed text parses to the wanted tree. The package parses the changed text
//     before it returns the changes. If the text means something else, the caller gets an
//     error and never a wrong text.
//   - A text that already means the tree has no changes.
//   - New keys and elements get lines of their own, after the last entry. They have the
//     indentation and the line ends of their neighbours. A new sequence is indented from
//     its key as the nearest existing one is. The nearest is in the same mapping, or in
//     the innermost mapping around it that has one. A changed scalar is replaced in its
//     place. So is a null or an empty collection that gets its first entry. No other
//     byte changes: comments, blank lines, quoting, folding, tags and a missing final
//     line break stay.
//   - A removed entry takes its lines with it, and the comments in and beside them. The
//     extent says that comments went. In flow style the entry takes its comma with it,
//     and its line if it has one of its own. So removing lines that were added gives the
//     text from before.
//   - A text that kubectl reads as JSON is read as JSON and stays JSON.
//   - If the text has no such place, the whole object is rewritten, and the extent says
//     so. Comments survive a rewrite as far as the YAML library keeps them. Quoting,
//     folding, blank lines and tags that are not YAML's own do not survive.
//   - Time and memory grow linearly with the text and the changes.
//
// Some changes rewrite the whole object: a sequence in another order, and a sequence that
// loses elements and gets others. So does a change to a node that has an anchor and is
// used again elsewhere: the text has no one place for it. Keys that are not scalars, or
// that occur twice, prevent only changes to entries of their own mapping: see [Validate].
//
// The package knows YAML and nothing of Kubernetes. There are two exceptions: what
// kubectl's parser makes of tags, and what it reads as JSON.
package edit

import (
	"bytes"
	"errors"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Extent says how much of a text the Changes change.
type Extent int

const (
	Nothing     Extent = iota // the text already means the tree
	InPlace                   // lines were added or removed, or scalars replaced
	Uncommented               // the same, and comments were removed with their lines
	Reencoded                 // the whole object was rewritten
)

// Changes returns the smallest changes after which src means want, and how much they
// change. The changes are in the order of their places. root is the tree that Parse made
// of src. src holds exactly one document, and its root may be indented. want is an
// expanded tree (see Expand). Its new parts need no position, and it may share parts with
// root. Changes modifies none of its arguments.
//
// It returns an error if src does not expand, or if it finds no text that parses to want.
func Changes(src []byte, root, want *yaml.Node) ([]Change, Extent, error) {
	if have, err := expanded(root); err != nil || Equal(have, want) {
		return nil, Nothing, err
	}
	e := newEditor(src, root)
	if e.value(root, want, position{in: atRoot}) && e.means(want) {
		if e.uncommented {
			return e.changes, Uncommented, nil
		}
		return e.changes, InPlace, nil
	}
	for _, w := range []*yaml.Node{want, withoutComments(want)} {
		e.changes = nil
		e.reencode(root, w)
		if e.means(want) {
			return e.changes, Reencoded, nil
		}
	}
	return nil, Nothing, errors.New("cannot be rewritten without changing what it means")
}

// expanded is Expand for callers that only read the tree: it may return n itself.
func expanded(n *yaml.Node) (*yaml.Node, error) {
	if IsExpanded(n) {
		return n, nil
	}
	return Expand(n)
}

// means reports whether the changed text parses to want. The text must stay JSON if the
// source is JSON. It must end in a line break exactly if the source does: other text may
// follow the source. means also sorts the changes.
func (e *editor) means(want *yaml.Node) bool {
	slices.SortStableFunc(e.changes, func(a, b Change) int { return a.Start - b.Start })
	text := Apply(e.src, e.changes)
	if endsLine(text) == e.IsOpen() || e.strict && !isJSON(text) {
		return false
	}
	root, err := Parse(text)
	if err != nil {
		return false
	}
	root, err = expanded(root)
	return err == nil && Equal(root, want)
}

// A Change replaces src[Start:End] by Text. Offsets always refer to the original bytes.
type Change struct {
	Start, End int
	Text       string
}

// Pieces returns src with the changes made, as texts to write one after the other. The
// changes may come in any order. The pieces of src share its memory. Of several changes
// at one place the earlier one comes first. Pieces leaves out a change that overlaps an
// earlier one.
func Pieces(src []byte, changes []Change) [][]byte {
	changes = slices.Clone(changes)
	slices.SortStableFunc(changes, func(a, b Change) int { return a.Start - b.Start })
	var pieces [][]byte
	done := 0
	for _, c := range changes {
		if c.Start < done {
			continue
		}
		pieces = append(pieces, src[done:c.Start], []byte(c.Text))
		done = c.End
	}
	return append(pieces, src[done:])
}

// Apply returns a copy of src with the changes made, as Pieces does.
func Apply(src []byte, changes []Change) []byte { return bytes.Join(Pieces(src, changes), nil) }

// withoutOuterComments returns the collection n without the comments before its first and
// after its last entry. These comments stay in the text around it.
func withoutOuterComments(n *yaml.Node) *yaml.Node {
	c := withoutFootComments(n)
	if len(c.Content) > 0 {
		c.HeadComment = ""
		first := *c.Content[0]
		first.HeadComment = ""
		c.Content[0] = &first
	}
	return c
}

// withoutFootComments returns n without the comments after it. The YAML library may have
// attached them to any node below the last entry.
func withoutFootComments(n *yaml.Node) *yaml.Node {
	c := *n
	c.FootComment = ""
	c.Content = slices.Clone(n.Content)
	last := len(c.Content) - 1
	if last < 0 {
		return &c
	}
	c.Content[last] = withoutFootComments(c.Content[last])
	if c.Kind == yaml.MappingNode {
		key := *c.Content[last-1]
		key.FootComment = ""
		c.Content[last-1] = &key
	}
	return &c
}

func withoutComments(n *yaml.Node) *yaml.Node {
	c := *n
	c.HeadComment, c.LineComment, c.FootComment = "", "", ""
	c.Content = slices.Clone(n.Content)
	for i := range c.Content {
		c.Content[i] = withoutComments(c.Content[i])
	}
	return &c
}
