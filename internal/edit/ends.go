// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"bytes"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// The parser tells where a node starts, but not where it ends. These methods find the end
// in the text. They may be wrong for YAML that nobody writes. So the caller must parse
// the result.

// content returns where n starts after its anchor and tag, and where its anchor and tag
// end.
func (t *Text) content(n *yaml.Node) (start, properties int) {
	i := t.Start(n)
	properties = i
	for i < len(t.src) && (t.src[i] == '&' && n.Anchor != "" || t.src[i] == '!' && n.Style&yaml.TaggedStyle != 0) {
		for i < len(t.src) && !isBlank(t.src[i]) && lineBreak(t.src[i:]) == 0 {
			i++
		}
		properties = i
		i = t.skipSpace(i)
	}
	return i, properties
}

// skipSpace returns the first offset from i on that is not in white space, a line break
// or a comment.
func (t *Text) skipSpace(i int) int {
	for i < len(t.src) {
		switch n := lineBreak(t.src[i:]); {
		case n > 0:
			i += n
		case isBlank(t.src[i]):
			i++
		case t.src[i] == '#' && (i == 0 || isBlank(t.src[i-1]) || t.LineStart(t.LineOf(i)) == i):
			i = t.lineEnd(t.LineOf(i))
		default:
			return i
		}
	}
	return i
}

// end returns where n ends. indent is the column of the block collection around n, or -1
// if there is none. It decides where a scalar of several lines ends.
func (t *Text) end(n *yaml.Node, indent int) int {
	if n.Style&yaml.FlowStyle != 0 && n.Kind != yaml.ScalarNode {
		return t.flowEnd(n)
	}
	switch n.Kind {
	case yaml.MappingNode, yaml.SequenceNode:
		if len(n.Content) == 0 {
			return t.Start(n)
		}
		return t.end(t.lastOf(n), t.column(n))
	case yaml.AliasNode:
		return t.wordEnd(t.Start(n))
	}
	i, properties := t.content(n)
	switch {
	case n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		return t.quotedEnd(i)
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return t.blockScalarEnd(i, indent)
	case n.Value == "":
		return properties
	}
	return t.plainEnd(i, indent)
}

// lastOf returns the last node in the text of a block collection. If the last key has no
// colon (? key), the parser places its unwritten value at the next token. Then lastOf
// returns the key.
func (t *Text) lastOf(n *yaml.Node) *yaml.Node {
	last := len(n.Content) - 1
	if n.Kind == yaml.MappingNode && isNothing(n.Content[last]) {
		if i := t.Start(n.Content[last]); i == 0 || t.src[i-1] != ':' {
			return n.Content[last-1]
		}
	}
	return n.Content[last]
}

// column returns the column, counted from 0, of the entries of a block collection. An
// entry of a mapping starts at its key or question mark. An entry of a sequence starts at
// its dash.
func (t *Text) column(n *yaml.Node) int {
	if n.Anchor == "" && n.Style&yaml.TaggedStyle == 0 {
		return n.Column - 1
	}
	indicator := byte('-')
	if n.Kind == yaml.MappingNode {
		indicator = '?'
	}
	i := t.Start(n.Content[0])
	for line := t.LineOf(i); line >= n.Line-1; line-- {
		lead := t.src[t.LineStart(line):min(i, t.lineEnd(line))]
		if column := bytes.LastIndexByte(lead, indicator); column >= 0 && len(bytes.Trim(lead, " -?")) == 0 {
			return column
		}
		if lead = bytes.TrimLeft(lead, " \t"); len(lead) > 0 && lead[0] != '#' {
			break
		}
	}
	return n.Content[0].Column - 1 // the column of a key
}

// flowEnd returns where n ends. n is a flow collection, or a node in one.
func (t *Text) flowEnd(n *yaml.Node) int {
	i, properties := t.content(n)
	switch {
	case n.Kind == yaml.AliasNode:
		return t.wordEnd(i)
	case n.Kind == yaml.ScalarNode && n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		return t.quotedEnd(i)
	case n.Kind == yaml.ScalarNode && n.Value == "":
		return properties
	case n.Kind == yaml.ScalarNode:
		return t.flowPlainEnd(i)
	}
	bracketed := i < len(t.src) && (t.src[i] == '[' || t.src[i] == '{')
	if bracketed {
		i++
	}
	if len(n.Content) > 0 {
		i = t.lastEnd(n)
	}
	if !bracketed { // the mapping [a: b] has no brackets of its own
		return i
	}
	for i < len(t.src) {
		switch i = t.skipSpace(i); {
		case i == len(t.src):
		case t.src[i] == ']' || t.src[i] == '}':
			return i + 1
		default: // a comma, or the colon of a key without a value
			i++
		}
	}
	return i
}

// lastEnd returns where the last entry of a flow collection ends. The parser may place an
// unwritten value before its key.
func (t *Text) lastEnd(n *yaml.Node) int {
	last := len(n.Content) - 1
	end := t.flowEnd(n.Content[last])
	if n.Kind == yaml.MappingNode {
		end = max(end, t.flowEnd(n.Content[last-1]))
	}
	return end
}
