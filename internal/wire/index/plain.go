// SPDX-License-Identifier: Apache-2.0

package index

import (
	"bytes"

	"example.com/calico-pull-secrets/internal/edit"
)

// isPlain reports whether text is certainly a block mapping that ends at its end, for any
// YAML parser. text follows a dash in column dash and ends before the line of the next
// dash. isPlain recognises the YAML that programs write: one line for each key or
// element, and values that start on the line of their key. Values may be plain, quoted,
// literal or folded. In doubt it returns false, and a parser must decide.
//
// Only four things can continue after the end of a line: a quoted scalar, a flow
// collection, a plain scalar of several lines, a literal. A flow collection is accepted
// only within one line. The others are accepted only in lines that are further right than
// their collection. So no later line can belong to the text. No line of the text can look
// like the next item.
//
// It keeps only the open block collections, and looks at each byte a few times.
func (r *recogniser) isPlain(text []byte, dash int) bool {
	r.rest = text
	r.open = append(r.stack[:0], collection{column: dash, sequence: true, pending: true})
	for column := dash + 1; len(r.rest) > 0; column = 0 {
		if !r.line(column) {
			return false
		}
	}
	return len(r.open) > 1 && !r.open[1].sequence
}

// A collection is a block mapping or sequence.
type collection struct {
	column   int
	sequence bool
	pending  bool // its last key or dash has no value yet
}

// A recogniser can be used several times, which saves memory.
type recogniser struct {
	rest   []byte // the text that nobody has read yet
	open   []collection
	stack  [64]collection
	buffer []byte
}

// line reads one line, which starts in the given column, and the lines of a literal that
// starts there. It returns false in doubt.
func (r *recogniser) line(column int) bool {
	line := r.next()
	i := edit.LeadingSpaces(line)
	if !isPrintable(line[i:]) {
		return false
	}
	if i == len(line) || line[i] == '#' {
		return true
	}
	for line[i] == '-' && i+1 < len(line) && line[i+1] == ' ' {
		if !r.element(column + i) {
			return false
		}
		for i++; i < len(line) && line[i] == ' '; i++ {
		}
		if i == len(line) || line[i] == '#' {
			return false
		}
	}
	end := keyEnd(line[i:])
	if end == 0 {
		return r.isPending(column+i) && r.value(line[i:])
	}
	if !r.key(column + i) {
		return false
	}
	for i += end + 1; i < len(line) && line[i] == ' '; i++ {
	}
	if i == len(line) || line[i] == '#' {
		return true
	}
	return r.value(line[i:])
}

// next takes one line off the rest and returns it without its line break.
func (r *recogniser) next() []byte {
	line := r.rest
	if i := bytes.IndexByte(line, '\n'); i >= 0 {
		line, r.rest = line[:i], r.rest[i+1:]
	} else {
		r.rest = nil
	}
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	return line
}

// close ends the collections that are right of column, and returns the innermost open
// one.
func (r *recogniser) close(column int) *collection {
	n := len(r.open)
	for r.open[n-1].column > column && n > 1 {
		n--
	}
	r.open = r.open[:n]
	return &r.open[n-1]
}

// element starts an element of a sequence, with a dash in column. It returns false in
// doubt.
func (r *recogniser) element(column int) bool {
	switch last := r.close(column); {
	case last.column == column && last.sequence && len(r.open) > 1:
		last.pending = true
		return true
	case last.pending && (last.column < column || last.column == column && !last.sequence):
		return r.push(collection{column: column, sequence: true, pending: true})
	}
	return false
}

// key starts an entry of a mapping, with a key in column. It returns false in doubt.
func (r *recogniser) key(column int) bool {
	last := r.close(column)
	if last.column == column && last.sequence && len(r.open) > 2 { // a sequence in the column of its key
		r.open = r.open[:len(r.open)-1]
		last = &r.open[len(r.open)-1]
	}
	switch {
	case last.column == column && !last.sequence:
		last.pending = true
		return true
	case last.column < column && last.pending:
		return r.push(collection{column: column, pending: true})
	}
	return false
}

func (r *recogniser) push(c collection) bool {
	r.open[len(r.open)-1].pending = false
	r.open = append(r.open, c)
	return len(r.open) < len(r.stack)
}

// isPending reports whether a scalar in column is the value of the last dash, or of an
// earlier line's key.
func (r *recogniser) isPending(column int) bool {
	last := &r.open[len(r.open)-1]
	return last.pending && last.column < column
}

// value reads a value to the end of its line, and the lines of a literal. It returns
// false in doubt.
func (r *recogniser) value(text []byte) bool {
	last := &r.open[len(r.open)-1]
	last.pending = false
	switch c := text[0]; c {
	case '"', '\'':
		return r.quoted(text, last.column)
	case '{', '[':
		end := flowEnd(text)
		return end > 0 && isBlankOrComment(text[end:])
	case '|', '>':
		text = bytes.TrimRight(text[1:], " ")
		if len(text) == 1 && (text[0] == '-' || text[0] == '+') {
			text = nil
		}
		return len(text) == 0 && r.literal(last.column)
	case '-':
		return len(text) > 1 && text[1] != ' ' && r.plain(text, last.column)
	default:
		return startsPlain[c] && r.plain(text, last.column)
	}
}

// plain reads a plain scalar of a collection in column. The scalar continues in lines
// that are further right, and ends at a comment.
func (r *recogniser) plain(text []byte, column int) bool {
	for {
		if !isPlainText(text) {
			return false
		}
		if !r.mayContinue(column) || bytes.Contains(text, []byte(" #")) {
			return true
		}
		before := r.rest
		line, i := r.nextText()
		if i <= column || line[i] == '#' {
			r.rest = before
			return true
		}
		if !isPrintable(line) {
			return false
		}
		text = line[i:]
	}
}

// mayContinue reports whether a scalar of a collection in column may continue in the next
// line. That line must be further right, or blank.
func (r *recogniser) mayContinue(column int) bool {
	i := edit.LeadingSpaces(r.rest[:min(len(r.rest), column+1)])
	return i > column || i == len(r.rest) || r.rest[i] == '\n' || r.rest[i] == '\r'
}

// nextText takes lines off the rest up to the first one that is not blank. It returns
// that line, and where its text starts. At the end it returns a line without text, and
// -1.
func (r *recogniser) nextText() (line []byte, start int) {
	for len(r.rest) > 0 {
		line = r.next()
		if i := edit.LeadingSpaces(line); i < len(line) {
			return line, i
		}
	}
	return line, -1
}

// quoted reads a quoted scalar of a collection in column. Its other lines must be further
// right, although YAML allows them anywhere.
func (r *recogniser) quoted(text []byte, column int) bool {
	quote := text[0]
	end := quotedEnd(text)
	for end == 0 {
		var escaped, ok bool
		if escaped, ok = isOpenQuoted(text, quote); !ok || escaped && len(r.rest) == 0 {
			return false
		}
		line, i := r.nextText()
		if i <= column || !isPrintable(line) {
			return false
		}
		text = append(append(r.buffer[:0], quote), line[i:]...) // as if the scalar started here
		r.buffer = text
		end = quotedEnd(text)
	}
	return isBlankOrComment(text[end:])
}

// literal reads the lines of a literal or folded scalar of a collection in column.
func (r *recogniser) literal(column int) bool {
	width := 0
	for len(r.rest) > 0 {
		before := r.rest
		line := r.next()
		i := edit.LeadingSpaces(line)
		switch {
		case i == len(line) && (i == 0 || width > 0): // blank
			continue
		case i == len(line), line[i] == '\t' && (width == 0 || i < width):
			return false
		case width == 0 && i > column:
			width = i
		case i < width || width == 0:
			r.rest = before
			return true
		}
		if !isPrintable(line[i:]) && !isPrintable(bytes.ReplaceAll(line, []byte("\t"), nil)) {
			return false
		}
	}
	return true
}
