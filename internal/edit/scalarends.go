// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"bytes"
)

// These functions find where a scalar ends, for each style. The end of a scalar without
// quotes depends on its place.

// wordEnd returns where the alias at offset i ends.
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

// plainEnd returns where a plain scalar in block context ends. It continues in lines that
// are further right than the collection around it.
func (t *Text) plainEnd(i, indent int) int {
	line := t.LineOf(i)
	end, commented := t.plainLineEnd(i, line)
	for line++; line < t.Lines() && !commented; line++ {
		text := t.Line(line)
		rest := bytes.TrimLeft(text, " \t")
		if len(rest) == 0 {
			continue
		}
		if LeadingSpaces(text) <= indent || rest[0] == '#' {
			break
		}
		end, commented = t.plainLineEnd(t.LineStart(line), line)
	}
	return end
}

// plainLineEnd returns where the plain text from offset i ends in its line, and whether a
// comment follows.
func (t *Text) plainLineEnd(i, line int) (end int, commented bool) {
	end = t.lineEnd(line)
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

// blockScalarEnd returns where a literal or folded scalar ends. i is the offset of its
// header. The scalar ends after its last line that is not blank. If the header says
// "keep" (+), the blank lines that follow belong to it, too.
func (t *Text) blockScalarEnd(i, indent int) int {
	line := t.LineOf(i)
	end := t.lineEnd(line)
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
			break // the text has ended: there is no such line
		}
		blank := len(bytes.TrimLeft(text, " ")) == 0
		if !blank {
			if width == 0 {
				width = max(LeadingSpaces(text), indent+1)
			}
			if LeadingSpaces(text) < width {
				break
			}
		}
		if !blank || keep {
			end = t.lineEnd(line)
		}
	}
	return end
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

func isFlowIndicator(c byte) bool {
	return c == ',' || c == '[' || c == ']' || c == '{' || c == '}'
}
