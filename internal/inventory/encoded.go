// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"compress/gzip"
	"io"
	"slices"
	"strings"
)

// deepest is how often a text may be encoded: base64 of base64, or of what gzip made.
const deepest = 6

// gzipped is how base64 of what gzip made begins, and how base64 of that does.
var gzipped = []string{"H4sI", "SDRzS"}

// unpacked returns the text that gzip made smaller, empty if text is nothing of gzip's. Of a large
// or a broken one it returns the beginning.
func unpacked(text string) string {
	const largest = 16 << 20
	if !strings.HasPrefix(text, "\x1f\x8b\x08") {
		return ""
	}
	r, err := gzip.NewReader(strings.NewReader(text))
	if err != nil {
		return ""
	}
	b, _ := io.ReadAll(io.LimitReader(r, largest))
	return string(b)
}

// findEncoded returns the references in base64 that is a part of a text, as in a manifest or in the
// URL of data.
func (q Question) findEncoded(text string) []string {
	if !hasRun(text) {
		return nil
	}
	for _, form := range q.encoded {
		at := strings.Index(text, form)
		if at < 0 {
			continue
		}
		start := strings.LastIndexFunc(text[:at], isOutside) + 1
		end := len(text)
		if n := strings.IndexFunc(text[at:], isOutside); n >= 0 {
			end = at + n
		}
		for skip := range min(4, at-start+1) { // what is in front may look like base64
			run := text[start+skip : end]
			if len(run)%4 == 1 {
				run = run[:len(run)-1]
			}
			if found := q.find(decoded(run, shortestDecoded)); len(found) > 0 {
				return found
			}
		}
	}
	return nil
}

// hasRun reports whether a text has as many characters of base64 in a row as a reference needs. Words
// have not, so most texts are not searched.
func hasRun(text string) bool {
	run := 0
	for i := range len(text) {
		c := text[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '+' || c == '/' || c == '-' || c == '_' {
			if run++; run == shortestRun {
				return true
			}
		} else {
			run = 0
		}
	}
	return false
}

// shortestRun is the length of base64 of a short reference, such as quay.io/a.
const shortestRun = 12

// isOutside reports whether a character ends a run of base64.
func isOutside(r rune) bool { return isNotBase64(r) || strings.ContainsRune("=\n\r\t ", r) }

// unescaped returns a text of JSON without the escapes of characters that are in references.
func unescaped(text string) string {
	if !strings.Contains(text, `\u00`) && !strings.Contains(text, `\/`) {
		return text
	}
	return escapes.Replace(text)
}

var escapes = strings.NewReplacer(`\/`, "/", `\u002f`, "/", `\u002F`, "/", `\u003a`, ":", `\u003A`, ":", `\u002e`, ".", `\u002E`, ".")

// encodedForms returns the base64 forms of all names.
func encodedForms(names []string) (all []string) {
	for _, name := range names {
		all = append(all, inBase64(name)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
