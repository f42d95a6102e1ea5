// SPDX-License-Identifier: Apache-2.0

// Package edit changes what a YAML or JSON document says by changing as little as
// possible of how it is written.
//
// [Changes] takes the text of one object, parsed, and the tree that it should mean, and
// says what to change where. It promises:
//
//   - The text with the changes made parses to that tree. It is parsed before they are
//     handed out; where it does not, the outcome is an error and never a wrong text.
//   - A text that means the tree already has no changes.
//   - Keys and elements that are new are written as lines of their own, in the
//     indentation and with the line ends of their neighbours, behind the last
//     entry. A new sequence starts as far right of its key as the nearest that is
//     there: in the same mapping, or the innermost one around it that has any. A
//     scalar that changes, and a collection or null that gets its first entry, is
//     replaced in its place. No other byte changes: comments, blank lines,
//     quoting, folding, tags and a missing final line break stay.
//   - What goes takes its lines along, with the comments in and beside them, which is
//     said; in flow style its comma, and its line if it has one of its own. So to
//     remove what was added as lines gives the text from before.
//   - What kubectl takes for JSON is read as JSON, and stays it.
//   - Where the text leaves no such place, the object is encoded anew, and
//     the extent says so. Comments survive that as far as the YAML library carries
//     them; quoting, folding and blank lines do not, nor do tags that are not YAML's.
//   - Time and memory are in proportion to the text and the changes.
//
// What it is not made for: a sequence in another order has the object encoded anew, and
// so has one that loses elements and gets others. So has a change to something that has an
// anchor and is used again elsewhere, because there no one place in the text
// says what is meant. Keys that are not scalars, or there twice, are an obstacle only
// in the mapping that has them, and only if its entries change: see [Validate].
//
// The package knows YAML and nothing of Kubernetes, but for what its parser makes of
// tags and takes for JSON.
package edit

import (
	"bytes"
	"errors"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Extent says how much of a text Changes change.
type Extent int

const (
	Nothing     Extent = iota // the text meant what it should
	InPlace                   // lines were added or removed, or scalars replaced
	Uncommented               // the same, and comments went with what was removed
	Reencoded                 // the object was encoded anew
)

// Changes returns what has to change in src, of which Parse made root, for it to mean want
// and to differ as little as possible, in the order of the places, and how much that is. src
// holds exactly one document, whose root may be indented; want is an expanded tree (see
// Expand), of which the parts that are new need no position, and may have parts of root. None
// of them is changed.
//
// It is an error if src does not expand, or if no text could be made that parses to want.
func Changes(src []byte, root, want *yaml.Node) ([]Change, Extent, error) {
	if differ, err := Differ(root, want); !differ {
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

// Differ reports whether want means something else than root, of which Parse is the
// source: whether there are Changes.
func Differ(root, want *yaml.Node) (bool, error) {
	have, err := expanded(root)
	return err == nil && !Equal(have, want), err
}

// expanded is Expand for a tree that is only to be looked at: it may return n itself.
func expanded(n *yaml.Node) (*yaml.Node, error) {
	if isExpanded(n) {
		return n, nil
	}
	return Expand(n)
}

// means reports whether the text with the changes made parses to want, is JSON if
// the source is, and ends in a line break if the source does: only then can something
// else follow it as it follows the source. It brings the changes in order.
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

// A Change replaces src[Start:End] by Text. Offsets always mean the original bytes.
type Change struct {
	Start, End int
	Text       string
}

// Pieces returns src with the changes made, given in any order, as texts to be
// written one after the other: those of src itself share its memory. Of several
// changes at one place the earlier one comes first. A change that overlaps one
// before it is left out.
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

// withoutOuterComments returns the collection n without the comments before its
// first and behind its last entry, which stay in the text around it.
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

// withoutFootComments returns n without the comments behind it, wherever below
// its last entry the YAML library put them.
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
