// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"bytes"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// The parser tells where a node starts and not where it ends. What follows finds
// that from the text. It may be wrong for YAML that nobody writes: whoever uses it
// proves the outcome by parsing it.

// content returns where n starts behind its anchor and tag, and where those end.
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

// skipSpace returns the next offset from i on that is neither white space, nor
// a line break, nor within a comment.
func (t *Text) skipSpace(i int) int {
	for i < len(t.src) {
		switch n := lineBreak(t.src[i:]); {
		case n > 0:
			i += n
		case isBlank(t.src[i]):
			i++
		case t.src[i] == '#' && (i == 0 || isBlank(t.src[i-1]) || t.LineStart(t.LineOf(i)) == i):
			i = t.lines[t.LineOf(i)].end
		default:
			return i
		}
	}
	return i
}

// end returns where n ends. indent is the column of the block collection that
// n is in, -1 for none; it tells where a scalar of several lines stops.
func (t *Text) end(n *yaml.Node, indent int) int {
	if n.Style&yaml.FlowStyle != 0 && n.Kind != yaml.ScalarNode {
		return t.flowEnd(n)
	}
	switch n.Kind {
	case yaml.MappingNode, yaml.SequenceNode:
		if len(n.Content) == 0 {
			return t.Start(n)
		}
		return t.end(n.Content[len(n.Content)-1], t.column(n))
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

// column returns the column, counted from 0, in which the keys of a block
// mapping or the dashes of a block sequence stand.
func (t *Text) column(n *yaml.Node) int {
	if n.Kind == yaml.MappingNode {
		return n.Content[0].Column - 1
	}
	if n.Anchor == "" && n.Style&yaml.TaggedStyle == 0 {
		return n.Column - 1
	}
	i := t.Start(n.Content[0])
	line := t.LineStart(t.LineOf(i))
	return max(0, bytes.LastIndexByte(t.src[line:i], '-'))
}

// flowEnd returns where a flow collection ends, or anything that is in one.
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
	if !bracketed { // the one pair of [a: b]
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

// lastEnd returns where the last entry of a flow collection ends. A value that
// is not written may be found before its key.
func (t *Text) lastEnd(n *yaml.Node) int {
	last := len(n.Content) - 1
	end := t.flowEnd(n.Content[last])
	if n.Kind == yaml.MappingNode {
		end = max(end, t.flowEnd(n.Content[last-1]))
	}
	return end
}

// wordEnd returns where the alias at i ends.
func (t *Text) wordEnd(i int) int {
	for i < len(t.src) && !isBlank(t.src[i]) && lineBreak(t.src[i:]) == 0 && !isFlowIndicator(t.src[i]) {
		i++
	}
	return i
}

func (t *Text) quotedEnd(i int) int {
	if i >= len(t.src) {
		return i
	}
	quote := t.src[i]
	for i++; i < len(t.src); i++ {
		switch {
		case t.src[i] == '\\' && quote == '"':
			i++
		case t.src[i] == quote && quote == '\'' && i+1 < len(t.src) && t.src[i+1] == quote:
			i++
		case t.src[i] == quote:
			return i + 1
		}
	}
	return len(t.src)
}

// plainEnd returns where a plain scalar in block context ends. It goes on in
// the lines that stand further right than the collection it is in.
func (t *Text) plainEnd(i, indent int) int {
	line := t.LineOf(i)
	end, commented := t.plainLineEnd(i, line)
	for line++; line < t.Lines() && !commented; line++ {
		text := t.Line(line)
		rest := bytes.TrimLeft(text, " \t")
		if len(rest) == 0 {
			continue
		}
		if leadingSpaces(text) <= indent || rest[0] == '#' {
			break
		}
		end, commented = t.plainLineEnd(t.LineStart(line), line)
	}
	return end
}

// plainLineEnd returns where the plain text that starts at i stops in its line,
// and whether a comment follows there.
func (t *Text) plainLineEnd(i, line int) (end int, commented bool) {
	end = t.lines[line].end
	for j := i + 1; j < end; j++ {
		if t.src[j] == '#' && isBlank(t.src[j-1]) {
			end, commented = j, true
		}
	}
	for end > i && isBlank(t.src[end-1]) {
		end--
	}
	return end, commented
}

func (t *Text) flowPlainEnd(i int) int {
	end := i
	for ; i < len(t.src); i++ {
		c := t.src[i]
		next := byte(' ')
		if i+1 < len(t.src) {
			next = t.src[i+1]
		}
		switch {
		case isFlowIndicator(c), c == '#' && i > 0 && isBlank(t.src[i-1]),
			c == ':' && (isBlank(next) || isFlowIndicator(next) || lineBreak(t.src[i+1:]) > 0):
			return end
		case !isBlank(c) && lineBreak(t.src[i:]) == 0:
			end = i + 1
		}
	}
	return end
}

// blockScalarEnd returns where the literal or folded scalar whose header is at
// i ends: behind its last line that is not blank, or behind the blank ones that
// follow if its header says to keep them.
func (t *Text) blockScalarEnd(i, indent int) int {
	line := t.LineOf(i)
	end := t.lines[line].end
	keep, width := false, 0
	for j := i + 1; j < end && !isBlank(t.src[j]); j++ {
		switch c := t.src[j]; {
		case c == '+':
			keep = true
		case c >= '1' && c <= '9':
			width = max(indent, 0) + int(c-'0')
		}
	}
	for line++; line < t.Lines(); line++ {
		text := t.Line(line)
		if len(text) == 0 && line == t.Lines()-1 {
			break // there is no such line
		}
		blank := len(bytes.TrimLeft(text, " ")) == 0
		if !blank {
			if width == 0 {
				width = max(leadingSpaces(text), indent+1)
			}
			if leadingSpaces(text) < width {
				break
			}
		}
		if !blank || keep {
			end = t.lines[line].end
		}
	}
	return end
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

func isFlowIndicator(c byte) bool {
	return c == ',' || c == '[' || c == ']' || c == '{' || c == '}'
}

func leadingSpaces(line []byte) int { return len(line) - len(bytes.TrimLeft(line, " ")) }
