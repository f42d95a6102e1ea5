// SPDX-License-Identifier: Apache-2.0

package index

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

// The recogniser asks these functions about the text of one line. They know nothing of
// lines or collections.

// isOpenQuoted reports whether text is the beginning of a quoted scalar that continues in
// the next line. text starts with a quote, and quotedEnd finds no end in it. escaped says
// whether a backslash joins the next line.
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
			i++ // a doubled quote
		case text[i] == quote:
			return false, false
		}
	}
	return false, true
}

// keyEnd returns where the colon of the key at the start of text is. It returns 0 if text
// does not certainly start with a key.
func keyEnd(text []byte) int {
	const longest = 128 // YAML allows 1,024 characters
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

// quotedEnd returns the length of the quoted scalar at the start of text. It returns 0 if
// the scalar does not certainly end there.
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

// isEscape reports whether c may follow a backslash and is the whole escape.
func isEscape(c byte) bool { return bytes.IndexByte([]byte(`0abtnvfre "/\N_LP`), c) >= 0 }

// flowEnd returns the length of the flow collection at the start of text, 0 in doubt. It
// knows lists of words and quoted strings, and empty collections.
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

// isBlankOrComment reports whether text, which follows a value, has only blanks and a
// comment.
func isBlankOrComment(text []byte) bool {
	rest := bytes.TrimLeft(text, " ")
	return len(rest) == 0 || rest[0] == '#' && len(rest) < len(text)
}

// isPlainText reports whether text is one plain scalar, or one with a comment after it.
// text starts a plain scalar.
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

// isPrintable reports whether the parser accepts all characters of a line, and reads none
// as a line break. It returns false for a tab.
func isPrintable(line []byte) bool {
	i := 0
	const ones, high = 0x0101010101010101, 0x8080808080808080
	for ; i+8 <= len(line); i += 8 {
		w := binary.LittleEndian.Uint64(line[i:])
		// A byte below 0x20 borrows. A byte above 0x7E carries, or has its high bit set.
		if (w|(w-0x20*ones)|(w+0x01*ones))&high != 0 {
			return isPrintableSlowly(line[i:])
		}
	}
	if n := len(line) - 8; i > 0 && i < len(line) { // the last eight bytes, some of them a second time
		w := binary.LittleEndian.Uint64(line[n:])
		return (w|(w-0x20*ones)|(w+0x01*ones))&high == 0 || isPrintableSlowly(line[i:])
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

// The characters at the start of a plain scalar, in a key, and in a word of a flow
// collection. YAML allows more.
var startsPlain, inKey, inWord = func() (start, key, word [256]bool) {
	for c := range 256 {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		start[c] = letter || bytes.IndexByte([]byte(`./_$(<+~^;\`), byte(c)) >= 0
		key[c] = letter || bytes.IndexByte([]byte("./_$-"), byte(c)) >= 0
		word[c] = key[c]
	}
	return start, key, word
}()
