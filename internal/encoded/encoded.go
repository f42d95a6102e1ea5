// SPDX-License-Identifier: Apache-2.0

// Package encoded finds base64 in texts without decoding it. It reads each byte once or a few
// times, so the caller can ask it about every text. It may take other texts for base64.
package encoded

import "strings"

// Runs says which runs a text has: characters of base64 in a row.
type Runs struct {
	Any     bool // a run as long as base64 of a short reference
	Long    bool // a run as long as a line of wrapped base64
	Wrapped bool // such a run at the end of a line, so that it may continue in the next one
	Twice   bool // a run that may be base64 of base64
}

const (
	// Shortest is the length of base64 of a short reference, such as quay.io/a.
	Shortest = 12
	long     = 40 // no program wraps base64 in shorter lines
	twice    = 20 // base64 of the shortest reference, in base64
)

// Of returns the runs of a text.
func Of[T string | []byte](text T) (all Runs) {
	start := 0
	for i := 0; i <= len(text); i++ {
		if i < len(text) && isOf[text[i]] {
			continue
		}
		if n := i - start; n >= Shortest {
			all.Any, all.Long = true, all.Long || n >= long
			if n >= long && !all.Wrapped {
				_, all.Wrapped = gap(text[i:])
			}
			all.Twice = all.Twice || n >= twice && isTwice(text[start:i])
		}
		start = i + 1
	}
	return all
}

// isOf has the characters of base64, in both alphabets.
var isOf = func() (is [256]bool) {
	for _, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_" {
		is[c] = true
	}
	return is
}()

// Has reports whether base64 has a character, in one of its alphabets.
func Has(c byte) bool { return isOf[c] }

// gap returns the length of the blanks and line breaks at the start of a text, and whether there is
// a line break. One may be written as an escape, also of an escape. A backslash may continue the line.
func gap[T string | []byte](text T) (n int, breaks bool) {
	for n < len(text) {
		if text[n] == ' ' || text[n] == '\t' {
			n++
			continue
		}
		behind := n
		for behind < len(text) && text[behind] == '\\' {
			behind++
		}
		if behind == len(text) || text[behind] != '\r' && text[behind] != '\n' && (behind == n || text[behind] != 'r' && text[behind] != 'n') {
			break
		}
		n, breaks = behind+1, true
	}
	return n, breaks
}

// IsTwice reports whether a part of a run may be base64 of base64.
func IsTwice(run string) bool { return len(run) >= twice && isTwice(run) }

// isTwice uses that base64 is letters and digits, nearly always. So the first three of four
// characters of its base64 are of a few each.
func isTwice[T string | []byte](run T) bool {
	for from := range 4 {
		groups := 0
		for i := from; i+4 <= len(run); i += 4 {
			if !isOfASCII[0][run[i]] || !isOfASCII[1][run[i+1]] || !isOfASCII[2][run[i+2]] {
				groups = 0
			} else if groups++; groups == twice/4 {
				return true
			}
		}
	}
	return false
}

// isOfASCII has the first, second and third character of base64 of three letters or digits.
var isOfASCII = func() (is [3][256]bool) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	for _, a := range alphabet + "-_" {
		for _, b := range alphabet + "-_=" {
			is[0][alphabet[a>>2]] = true
			is[1][alphabet[a&3<<4|b>>4]] = true
			is[2][alphabet[a&15<<2|b>>6]] = true
		}
	}
	return is
}()

// Joined returns a text without the line breaks and blanks behind lines of base64.
func Joined(text string) string {
	var b strings.Builder
	run, from := 0, 0
	for i := 0; i < len(text); {
		if isOf[text[i]] {
			run++
			i++
			continue
		}
		if run < long {
			run = 0
			i++
			continue
		}
		n, _ := gap(text[i:])
		b.WriteString(text[from:i])
		from = i + n
		i, run = i+max(1, n), 0
	}
	b.WriteString(text[from:])
	return b.String()
}
