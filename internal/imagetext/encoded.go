// SPDX-License-Identifier: Apache-2.0

package imagetext

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/calico-pull-secrets/internal/encoded"
)

// deepest is how often a text may be encoded: base64 of base64, or of what gzip made.
const deepest = 6

// largest is how much the program reads of what gzip made of one text. What can be in a cluster is
// smaller.
const largest = 4 << 20

// gzipped is how base64 of what gzip made begins, and how base64 of that does.
var gzipped = inBase64Too("H4sI")

// unpacked returns the text that gzip made smaller, and at most the first limit bytes of it. is says
// that it is something of gzip's. cut says that there is more, or that it is broken.
func unpacked(text string, limit int) (plain string, is, cut bool) {
	if !strings.HasPrefix(text, "\x1f\x8b\x08") {
		return "", false, false
	}
	packed := strings.NewReader(text)
	r, err := gzip.NewReader(packed)
	if err != nil || packed.Len() == 0 {
		return "", false, false
	}
	b, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	if len(b) > limit {
		return string(b[:limit]), true, true
	}
	return string(b), true, err != nil
}

// Found is what a text has.
type Found struct {
	Images   []string // references to the registries that matter
	Manifest bool     // there is a manifest, and nobody looked any further
	Cut      bool     // there is more than the search read
}

// Search returns what is in a text, and in what is encoded in it.
func (q *Question) Search(text string) Found {
	if len(text) < q.shortest {
		return Found{}
	}
	return q.searched(text)
}

func (q *Question) searched(text string) Found {
	s := search{question: q, left: largest + 16*len(text)}
	s.in(text, deepest)
	return s.Found
}

// A search looks for references in a text, and in what is encoded in it.
type search struct {
	Found
	question *Question
	left     int // how much it may yet decode of parts of the text
}

// in looks into a text. It reports whether there is something to find, or whether gzip made the text.
func (s *search) in(text string, rounds int) bool {
	q := s.question
	if s.Manifest = s.Manifest || q.hasManifest(text); s.Manifest {
		return true
	}
	before := len(s.Images)
	s.Images = append(append(s.Images, q.find(text)...), q.named(text)...)
	if rounds == 1 {
		return len(s.Images) > before
	}
	plain, isPacked, cut := unpacked(text, min(largest, s.left))
	if s.Cut = s.Cut || cut && q.Asks(); isPacked {
		s.left -= len(plain)
		s.in(plain, rounds-1)
		return true
	}
	if plain = Decoded(text, shortestDecoded); plain != "" && s.in(plain, rounds-1) {
		return true
	}
	if q.Asks() {
		s.parts(text, rounds)
	}
	return len(s.Images) > before || s.Manifest
}

// parts looks into base64 that is a part of a text, as in a manifest or in the URL of data. It may
// have several lines, and be base64 of base64.
func (s *search) parts(text string, rounds int) {
	runs := encoded.Of(text)
	if runs.Long {
		text = encoded.Joined(text)
		runs = encoded.Of(text)
	}
	if !runs.Any || !s.question.any && !runs.Twice && !hasOneOf(text, s.question.encoded) {
		return
	}
	for run := range strings.FieldsFuncSeq(text, isOutside) {
		if strings.ContainsAny(run, "+/") && strings.ContainsAny(run, "-_") { // base64 has two alphabets, and uses one
			for part := range strings.FieldsFuncSeq(run, func(r rune) bool { return r == '-' || r == '_' }) {
				s.run(part, rounds)
			}
			for part := range strings.FieldsFuncSeq(run, func(r rune) bool { return r == '+' || r == '/' }) {
				if strings.ContainsAny(part, "-_") {
					s.run(part, rounds)
				}
			}
			continue
		}
		s.run(run, rounds)
	}
}

// run looks into a run of base64, and what may be in front of it.
func (s *search) run(run string, rounds int) {
	if at := strings.Index(run, gzipped[0]); at >= 0 && s.part(run[at:], rounds) {
		return
	}
	if len(run) < encoded.Shortest || !s.question.any && !encoded.IsTwice(run) && !hasOneOf(run, s.question.encoded) {
		return
	}
	for skip := range min(4, len(run)) { // what is in front may look like base64
		s.part(run[skip:], rounds)
	}
}

// part looks into a run of base64. It reports whether there is something to find.
func (s *search) part(run string, rounds int) bool {
	if len(run)%4 == 1 {
		run = run[:len(run)-1]
	}
	if s.left -= len(run); s.left < 0 {
		s.Cut = true
		return true
	}
	plain := Decoded(run, shortestDecoded)
	return plain != "" && s.in(plain, rounds-1)
}

func hasOneOf(text string, parts []string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(text, part) })
}

// isOutside reports whether a character ends a run of base64.
func isOutside(r rune) bool { return r >= utf8.RuneSelf || !encoded.Has(byte(r)) }

// unescaped returns a text of JSON, or of a URL, without the escapes of characters that are in
// references or beside them.
func unescaped(text string) string {
	isJSON := strings.IndexByte(text, '\\') >= 0 && (strings.Contains(text, `\u00`) || strings.Contains(text, `\/`))
	if !isJSON && (strings.IndexByte(text, '%') < 0 || !strings.Contains(text, "%2")) {
		return text
	}
	return escapes.Replace(text)
}

var escapes = strings.NewReplacer(`\/`, "/", `\u002f`, "/", `\u002F`, "/", `\u003a`, ":", `\u003A`, ":", `\u002e`, ".", `\u002E`, ".",
	"%2F", "/", "%2f", "/", "%3A", ":", "%3a", ":", "%40", "@", "%20", " ", "%22", `"`, "%0A", "\n", "%0a", "\n", "%3D", "=", "%3d", "=")

// encodedForms returns the shortest base64 forms of all names, and how base64 of what gzip made begins.
func encodedForms(names []string) []string {
	all := slices.Clone(gzipped)
	for _, name := range names {
		all = append(all, inBase64(name)...)
	}
	return withoutLonger(all)
}

// withoutLonger returns the words that have no other of the words in them.
func withoutLonger(words []string) (all []string) {
	for i, word := range words {
		if !slices.ContainsFunc(words, func(w string) bool { return w != word && strings.Contains(word, w) }) && !slices.Contains(words[:i], word) {
			all = append(all, word)
		}
	}
	return all
}

// inBase64Too returns a word and its base64 forms.
func inBase64Too(word string) []string { return append([]string{word}, inBase64(word)...) }

// Decoded returns the text that base64 encodes. It returns an empty string if the text is
// not base64, or shorter than the caller says.
func Decoded(text string, shortest int) string {
	if len(text) < shortest {
		return ""
	}
	var compactOf, plainOf [96]byte // most texts fit, and need no other memory
	compact, isPadded := compactOf[:0], false
	for _, c := range []byte(text) {
		switch {
		case encoded.Has(c) && !isPadded:
			compact = append(compact, c)
		case c == '=':
			isPadded = true
		case c != '\n' && c != '\r' && c != '\t' && c != ' ':
			return ""
		}
	}
	encoding := base64.RawStdEncoding
	if bytes.ContainsAny(compact, "-_") {
		encoding = base64.RawURLEncoding
	}
	plain, err := encoding.AppendDecode(plainOf[:0], compact)
	if err != nil {
		return ""
	}
	return string(plain)
}
