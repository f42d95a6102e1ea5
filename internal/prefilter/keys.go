// SPDX-License-Identifier: Apache-2.0

package prefilter

import (
	"bytes"
	"strings"

	"example.com/calico-pull-secrets/internal/form"
)

// mayEndKey reports whether a key of the text may end so. In a text with aliases the key may be elsewhere.
func mayEndKey(text, end []byte) bool {
	for at := 0; ; {
		i := bytes.Index(text[at:], end)
		if i < 0 {
			return at > 0 && hasAliases(text)
		}
		at += i + len(end)
		rest := bytes.TrimLeft(text[at:], "\"'\\ \t")
		if len(rest) == 0 || rest[0] >= 0x80 || bytes.IndexByte([]byte(":\r\n#"), rest[0]) >= 0 {
			return true
		}
	}
}

// breaks are YAML's line breaks, and the byte order mark, which may come before a line.
const breaks = "\r\n\u0085\u2028\u2029\uFEFF"

// A keyReader reads the text after words. It remembers where long runs end. So it does
// not read the same comment or tag again for each word in it.
type keyReader struct {
	text    []byte
	toColon stretch
	// The runs before a value, and the properties of a value: at most one anchor and one
	// tag.
	toValue, property [3]stretch
	// Where text begins that has no end of a comment, and text without a line break; 0 if unknown.
	noEnd, noBreak int
}

// A stretch is a run of text. A search from any place in it ends at its end.
type stretch struct{ start, end int }

func (r *stretch) has(at int) bool { return r.start <= at && at < r.end }

// value returns the text of the value if the word that ends at the given place is a key.
// It returns nil if the word is no key.
func (r *keyReader) value(at int) []byte {
	at = r.skip(at, " \t\"'"+breaks, &r.toColon)
	if at == len(r.text) || r.text[at] != ':' {
		return nil
	}
	at++
	for i := range r.property {
		at = r.skip(at, " \t\"'|>+-123456789"+breaks, &r.toValue[i])
		if at == len(r.text) {
			return nil
		}
		if c := r.text[at]; c != '&' && c != '!' {
			return r.text[at:]
		}
		at = r.end(at, " \t"+breaks, &r.property[i])
	}
	return nil
}

// skip returns the first place from at on that has none of the characters and is outside
// of comments. Comments that JavaScript allows in JSON count: kubectl refuses the text then,
// and so does the parser.
func (r *keyReader) skip(at int, characters string, known *stretch) int {
	first := -1 // where the first comment starts
	for {
		at = len(r.text) - len(bytes.TrimLeft(r.text[at:], characters))
		comment := 0
		if beginsComment(r.text[at:]) {
			if known.has(at) {
				return known.end
			}
			comment = r.commentEnd(at)
		}
		if comment == 0 {
			if first >= 0 {
				*known = stretch{first, at}
			}
			return at
		}
		if first < 0 {
			first = at
		}
		at += comment
	}
}

func beginsComment(text []byte) bool {
	return len(text) > 0 && (text[0] == '#' || bytes.HasPrefix(text, []byte("//")) || bytes.HasPrefix(text, []byte("/*")))
}

// commentEnd returns the length of the comment at a place, 0 if it has no end.
func (r *keyReader) commentEnd(at int) int {
	text := r.text[at:]
	if text[0] == '/' && text[1] == '*' {
		if r.noEnd > 0 && at >= r.noEnd {
			return 0
		}
		if n := bytes.Index(text, []byte("*/")); n > 0 {
			return n + 2
		}
		r.noEnd = at
		return 0
	}
	if r.noBreak == 0 || at < r.noBreak {
		if n := bytes.IndexAny(text, breaks); n >= 0 {
			return n
		}
		r.noBreak = at
	}
	if text[0] == '#' {
		return len(text)
	}
	return 0
}

// end returns the first place from at on that has one of the characters.
func (r *keyReader) end(at int, characters string, known *stretch) int {
	if !known.has(at) {
		end := len(r.text)
		if n := bytes.IndexAny(r.text[at:], characters); n >= 0 {
			end = at + n
		}
		*known = stretch{at, end}
	}
	return known.end
}

// hasAliases reports whether text may have an alias and an anchor for it.
func hasAliases(text []byte) bool { return hasIndicator(text, '&') && hasIndicator(text, '*') }

// hasIndicator reports whether text has c where it may start an anchor or an alias.
func hasIndicator(text []byte, c byte) bool {
	for at := 0; ; {
		n := bytes.IndexByte(text[at:], c)
		if n < 0 {
			return false
		}
		i := at + n
		at = i + 1
		if at == len(text) {
			return false
		}
		next := text[at]
		isName := 'a' <= next && next <= 'z' || 'A' <= next && next <= 'Z' || '0' <= next && next <= '9' || next == '_' || next == '-' || next >= 0x80
		if isName && (i == 0 || text[i-1] >= 0x80 || strings.IndexByte(" \t\r\n,[{:?-", text[i-1]) >= 0) {
			return true
		}
	}
}

// HidesWords reports whether an escape sequence may hide a character of a kind or word, or join two
// lines. It also returns true for a scalar in base64, and for UTF-16.
func HidesWords(text []byte) bool {
	if form.IsMarkedUTF16(text) || bytes.Contains(text, []byte("binary")) && (bytes.Contains(text, []byte("!!binary")) || bytes.Contains(text, []byte(":binary>"))) {
		return true
	}
	for {
		i := bytes.IndexByte(text, '\\')
		if i < 0 {
			return false
		}
		if i+1 == len(text) { // the next text, if any, is escaped
			return true
		}
		if next := text[i+1]; next >= 0x80 || strings.IndexByte("xuU/\r\n", next) >= 0 {
			return true
		}
		text = text[i+2:]
	}
}
