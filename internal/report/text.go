// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longest is the number of runes of a message, which may have names of anybody in
// it, that are shown.
const longest = 2000

// Visible returns a text as one line in which everything that is not printable is
// written as Go writes it in a string: no escape sequence reaches a terminal. What
// is longer than 2,000 runes is cut.
func Visible(text string) string {
	if isPlainText(text) {
		return text
	}
	var b strings.Builder
	for n := 0; len(text) > 0; n++ {
		if n == longest {
			b.WriteString(" …")
			break
		}
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[0])
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			quoted := strconv.QuoteRune(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		text = text[size:]
	}
	return b.String()
}

// isPlainText reports whether a text is short and of printable ASCII.
func isPlainText(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return len(text) <= longest
}

// The escape sequences of colours, as git and grep use them.
const (
	Bold   = "\x1b[1m"
	Dim    = "\x1b[2m"
	Red    = "\x1b[31m"
	Green  = "\x1b[32m"
	Yellow = "\x1b[33m"
	Cyan   = "\x1b[36m"
	Plain  = "\x1b[m"
)
