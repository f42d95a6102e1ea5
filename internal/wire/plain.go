// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

// isPlain reports whether text, which follows a dash in column dash and ends
// before the line of the next, is surely a block mapping to any YAML parser, and
// surely ends there. It is a recogniser of the YAML that programs write: a line
// for each key or element, values that start on the line of their key, plain or
// in quotes, literals and folded text. In doubt it says no, and a parser has to
// decide.
//
// Nothing but these can reach over the end of a line: a quoted scalar, a flow
// collection, a plain scalar of several lines, a literal. Flow collections are
// accepted within a line only, the others in lines that stand further right than
// what they belong to. So no later line can belong to the text, and none of its
// own can be taken for the next item.
//
// It keeps no more than the open block collections, and looks at each byte a few
// times.
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

// A recogniser can be used again, which spares memory.
type recogniser struct {
	rest   []byte // what has not been read
	open   []collection
	stack  [64]collection
	buffer []byte
}

// line reads a line, the first column of which is column, and what belongs to it
// if a literal starts there. It reports false in doubt.
func (r *recogniser) line(column int) bool {
	line := r.next()
	if !isPrintable(line) {
		return false
	}
	i := 0
	for i < len(line) && line[i] == ' ' {
		i++
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

// next takes a line off the rest, without its line break.
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

// close ends the collections that stand right of column.
func (r *recogniser) close(column int) *collection {
	n := len(r.open)
	for r.open[n-1].column > column && n > 1 {
		n--
	}
	r.open = r.open[:n]
	return &r.open[n-1]
}

// element starts an element of a sequence, with a dash in column.
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

// key starts an entry of a mapping, with a key in column.
func (r *recogniser) key(column int) bool {
	last := r.close(column)
	if last.column == column && last.sequence && len(r.open) > 2 { // one in the column of its key
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

// isPending reports whether a scalar in column is the value of the last dash, or
// of the last key, which stands on a line before.
func (r *recogniser) isPending(column int) bool {
	last := &r.open[len(r.open)-1]
	return last.pending && last.column < column
}

// value reads the value that text is, to the end of its line, and the lines of a
// literal.
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

// plain reads a plain scalar that belongs to a collection in column. It goes on in
// the lines that stand further right, and ends at a comment.
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

// mayContinue reports whether a scalar that belongs to a collection in column may
// go on in the next line: it starts with as many spaces, or may be blank.
func (r *recogniser) mayContinue(column int) bool {
	for i := 0; i <= column && i < len(r.rest); i++ {
		if r.rest[i] != ' ' {
			return r.rest[i] == '\n' || r.rest[i] == '\r'
		}
	}
	return true
}

// nextText takes lines off the rest up to one that is not blank, and returns that
// and where its text starts. At the end it returns a line without text, and -1.
func (r *recogniser) nextText() (line []byte, start int) {
	for len(r.rest) > 0 {
		line = r.next()
		for i := range line {
			if line[i] != ' ' {
				return line, i
			}
		}
	}
	return line, -1
}

// quoted reads a quoted scalar that belongs to a collection in column. Where it
// goes on in other lines, these have to stand further right, although YAML takes
// them anywhere.
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
		text = append(append(r.buffer[:0], quote), line[i:]...) // as if it started here
		r.buffer = text
		end = quotedEnd(text)
	}
	return isBlankOrComment(text[end:])
}

// isOpenQuoted reports whether text, which starts with a quote and in which
// quotedEnd finds no end, is the beginning of a quoted scalar that goes on in the
// next line, and whether a backslash joins that.
func isOpenQuoted(text []byte, quote byte) (escaped, ok bool) {
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quote == '"':
			i++
			if i == len(text) {
				return true, true
			}
			if !isEscape(text[i]) {
				return false, false
			}
		case text[i] == quote && quote == '\'':
			i++ // it is doubled
		case text[i] == quote:
			return false, false
		}
	}
	return false, true
}

// literal reads the lines of a literal or folded scalar that belongs to a
// collection in column.
func (r *recogniser) literal(column int) bool {
	width := 0
	for len(r.rest) > 0 {
		before := r.rest
		line := r.next()
		i := 0
		for i < len(line) && line[i] == ' ' {
			i++
		}
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
		if !isPrintable(line) && !isPrintable(bytes.ReplaceAll(line, []byte("\t"), nil)) {
			return false
		}
	}
	return true
}

// keyEnd returns where the colon of a key is that text starts with, 0 if it
// starts with none that is surely one.
func keyEnd(text []byte) int {
	const longest = 128 // a key may have 1,024 characters
	i := 0
	if text[0] == '"' || text[0] == '\'' {
		i = quotedEnd(text)
		if i == 0 || i >= len(text) || text[i] != ':' {
			return 0
		}
	} else {
		if !startsPlain[text[0]] {
			return 0
		}
		for i < len(text) && (inKey[text[i]] || text[i] == ':' && i+1 < len(text) && text[i+1] != ' ') {
			i++
		}
	}
	if i == len(text) || i > longest || text[i] != ':' || i+1 < len(text) && text[i+1] != ' ' {
		return 0
	}
	return i
}

// quotedEnd returns the length of the quoted scalar that text starts with, 0 if
// it does not end there for sure.
func quotedEnd(text []byte) int {
	quote := text[0]
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && quote == '"':
			i++
			if i == len(text) || !isEscape(text[i]) {
				return 0
			}
		case c == quote && quote == '\'' && i+1 < len(text) && text[i+1] == quote:
			i++
		case c == quote:
			return i + 1
		}
	}
	return 0
}

// isEscape reports whether c may follow a backslash, and needs nothing behind it.
func isEscape(c byte) bool { return bytes.IndexByte([]byte(`0abtnvfre "/\N_LP`), c) >= 0 }

// flowEnd returns the length of the flow collection that text starts with, 0 in
// doubt. It knows lists of words and quoted strings, and what is empty.
func flowEnd(text []byte) int {
	if len(text) > 1 && (text[0] == '[' && text[1] == ']' || text[0] == '{' && text[1] == '}') {
		return 2
	}
	if text[0] != '[' {
		return 0
	}
	for i := 1; i < len(text); {
		for i < len(text) && text[i] == ' ' {
			i++
		}
		start := i
		switch {
		case i == len(text):
			return 0
		case text[i] == '"' || text[i] == '\'':
			end := quotedEnd(text[i:])
			if end == 0 {
				return 0
			}
			i += end
		default:
			for i < len(text) && inWord[text[i]] {
				i++
			}
		}
		if i == start || i == len(text) || !startsPlain[text[start]] && text[start] != '"' && text[start] != '\'' {
			return 0
		}
		switch text[i] {
		case ']':
			return i + 1
		case ',':
			i++
		default:
			return 0
		}
	}
	return 0
}

// isBlankOrComment reports whether nothing but a comment follows a value.
func isBlankOrComment(text []byte) bool {
	rest := bytes.TrimLeft(text, " ")
	return len(rest) == 0 || rest[0] == '#' && len(rest) < len(text)
}

// isPlainText reports whether text, which starts as a plain scalar, goes on as
// one, or as one and a comment.
func isPlainText(text []byte) bool {
	for i := 0; ; i++ {
		n := bytes.IndexByte(text[i:], ':')
		if n < 0 {
			return true
		}
		if i += n; i+1 == len(text) || text[i+1] == ' ' {
			comment := bytes.Index(text, []byte(" #"))
			return comment >= 0 && comment < i
		}
	}
}

// isPrintable reports whether the parser takes all characters of a line, and
// none of them for a line break. Tabs are none.
func isPrintable(line []byte) bool {
	i := 0
	const ones, high = 0x0101010101010101, 0x8080808080808080
	for ; i+8 <= len(line); i += 8 {
		w := binary.LittleEndian.Uint64(line[i:])
		// A byte below 0x20 borrows, one above 0x7E carries or is high itself.
		if (w|(w-0x20*ones)|(w+0x01*ones))&high != 0 {
			return isPrintableSlowly(line[i:])
		}
	}
	for ; i < len(line); i++ {
		if line[i] < 0x20 || line[i] > 0x7E {
			return isPrintableSlowly(line[i:])
		}
	}
	return true
}

func isPrintableSlowly(line []byte) bool {
	for len(line) > 0 {
		c, size := utf8.DecodeRune(line)
		switch {
		case c == utf8.RuneError && size == 1, c < 0x20, 0x7E < c && c < 0xA0, c == 0x2028, c == 0x2029, c == 0xFEFF, c == 0xFFFE, c == 0xFFFF:
			return false
		}
		line = line[size:]
	}
	return true
}

// What a plain scalar may start with, and what a key, and a word in a flow
// collection, may have in it. There is more in YAML.
var startsPlain, inKey, inWord = func() (start, key, word [256]bool) {
	for c := range 256 {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		start[c] = letter || bytes.IndexByte([]byte(`./_$(<+~^;\`), byte(c)) >= 0
		key[c] = letter || bytes.IndexByte([]byte("./_$-"), byte(c)) >= 0
		word[c] = key[c]
	}
	return start, key, word
}()
