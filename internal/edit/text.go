// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"bytes"
	"encoding/binary"
	"sort"
	"unicode/utf8"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

var byteOrderMark = []byte("\uFEFF")

// Text finds places in YAML source of at most 2 GiB. A line ends where the parser ends
// it: at LF, CR LF, CR, NEL (U+0085), LS (U+2028) or PS (U+2029). A byte order mark comes
// before the first line. Offsets count bytes. Several goroutines must not use a Text at
// the same time.
type Text struct {
	src []byte
	// starts has the start of each line, marked if the line is multibyte. uint32 keeps it
	// small: each file that the program reads has one.
	starts []uint32
	// columns has the offset of each hundredth character, for long lines that are not
	// ASCII.
	columns map[int][]int
}

// multibyte marks the start of a line that has characters of several bytes.
const multibyte = 1 << 31

// NewText finds the lines of src. It keeps src and does not change it.
func NewText(src []byte) *Text {
	t := &Text{src: src, starts: make([]uint32, 0, bytes.Count(src, []byte("\n"))+1)}
	i := 0
	if bytes.HasPrefix(src, byteOrderMark) {
		i = len(byteOrderMark)
	}
	start := uint32(i)
	feed := i - 1 // the offset of the next LF
	for i < len(src) {
		if feed < i {
			if n := bytes.IndexByte(src[i:], '\n'); n >= 0 {
				feed = i + n
			} else {
				feed = len(src)
			}
		}
		if feed < len(src) && isSimple(src[i:feed]) { // most lines are simple
			t.starts = append(t.starts, start)
			i = feed + 1
			start = uint32(i)
			continue
		}
		for ; i < len(src); i++ {
			if c := src[i]; c < utf8.RuneSelf && c != '\n' && c != '\r' {
				continue
			}
			if n := lineBreak(src[i:]); n > 0 {
				t.starts = append(t.starts, start)
				i += n
				start = uint32(i)
				break
			}
			start |= multibyte
		}
	}
	t.starts = append(t.starts, start)
	return t
}

// isSimple reports whether s is ASCII without CR. It checks eight bytes at a time.
func isSimple(s []byte) bool {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	for ; len(s) >= 8; s = s[8:] {
		w := binary.LittleEndian.Uint64(s)
		cr := w ^ '\r'*ones // a CR becomes a zero byte; the subtraction below finds zero bytes
		if (w|(cr-ones)&^cr)&tops != 0 {
			return false
		}
	}
	for _, c := range s {
		if c >= utf8.RuneSelf || c == '\r' {
			return false
		}
	}
	return true
}

// lineBreak returns the length of the line break at the start of s, 0 if there is none.
func lineBreak(s []byte) int {
	switch {
	case len(s) == 0:
		return 0
	case s[0] == '\n':
		return 1
	case s[0] == '\r':
		if len(s) > 1 && s[1] == '\n' {
			return 2
		}
		return 1
	case s[0] == 0xC2 && len(s) > 1 && s[1] == 0x85:
		return 2
	case s[0] == 0xE2 && len(s) > 2 && s[1] == 0x80 && (s[2] == 0xA8 || s[2] == 0xA9):
		return 3
	}
	return 0
}

// lineBreakBefore returns the length of the line break at the end of src, 0 if there is
// none.
func lineBreakBefore(src []byte) int {
	for _, size := range []int{2, 3, 1} { // 2 first: CR LF is one line break
		if n := len(src); n >= size && lineBreak(src[n-size:]) == size {
			return size
		}
	}
	return 0
}

// Newline returns the first line break of the text, LF if it has none.
func (t *Text) Newline() string {
	if t.Lines() == 1 {
		return "\n"
	}
	return string(t.src[t.lineEnd(0):t.LineStart(1)])
}

// breakBefore returns the line break before line number line. If the text has none there,
// it returns the line break of the first line.
func (t *Text) breakBefore(line int) string {
	if line == 0 || line >= t.Lines() {
		return t.Newline()
	}
	return string(t.src[t.lineEnd(line-1):t.LineStart(line)])
}

// IsOpen reports whether the last line has content and no line break.
func (t *Text) IsOpen() bool { return len(t.Line(t.Lines()-1)) > 0 }

// endsLine reports whether src is empty or ends in a line break.
func endsLine(src []byte) bool { return len(src) == 0 || lineBreakBefore(src) > 0 }

// Lines returns the number of lines. The text after the last line break counts as one.
func (t *Text) Lines() int { return len(t.starts) }

// LineStart returns where line i starts, counted from 0. It returns the length of the
// text if there is no such line.
func (t *Text) LineStart(i int) int {
	if i >= len(t.starts) {
		return len(t.src)
	}
	return int(t.starts[i] &^ multibyte)
}

// lineEnd returns where line i ends: at its line break.
func (t *Text) lineEnd(i int) int {
	if i+1 >= len(t.starts) {
		return len(t.src)
	}
	end := t.LineStart(i + 1)
	return end - lineBreakBefore(t.src[:end])
}

// Line returns line i, counted from 0, without its line break.
func (t *Text) Line(i int) []byte { return t.src[t.LineStart(i):t.lineEnd(i)] }

// StartsWith reports whether line i, counted from 0, starts with prefix. prefix must not
// contain a line break.
func (t *Text) StartsWith(i int, prefix string) bool {
	rest := t.src[t.LineStart(i):]
	return len(rest) >= len(prefix) && string(rest[:len(prefix)]) == prefix
}

// LineOf returns the line of offset, counted from 0.
func (t *Text) LineOf(offset int) int {
	behind := sort.Search(len(t.starts), func(i int) bool { return t.LineStart(i) > offset })
	return max(0, behind-1)
}

// Start returns where n starts: at its anchor or tag if it has one.
func (t *Text) Start(n *yaml.Node) int {
	line, column := n.Line-1, n.Column-1
	start := t.LineStart(line)
	if line >= len(t.starts) || t.starts[line]&multibyte == 0 {
		return min(start+column, len(t.src))
	}
	if t.lineEnd(line)-start <= stride {
		return t.forward(start, column)
	}
	every, ok := t.columns[line]
	if !ok {
		every = t.everyHundredth(line)
		if t.columns == nil {
			t.columns = map[int][]int{}
		}
		t.columns[line] = every
	}
	known := min(column/stride, len(every)-1)
	return t.forward(every[known], column-known*stride)
}

// stride is the largest number of characters to count for one place in a line.
const stride = 100

// everyHundredth returns where the characters 0, 100, 200, … of a line are.
func (t *Text) everyHundredth(line int) []int {
	var offsets []int
	end := t.lineEnd(line)
	for i := t.LineStart(line); ; {
		offsets = append(offsets, i)
		if i = t.forward(i, stride); i >= end {
			return offsets
		}
	}
}

// forward returns the offset that is this number of characters after offset.
func (t *Text) forward(offset, characters int) int {
	for ; characters > 0 && offset < len(t.src); characters-- {
		_, size := utf8.DecodeRune(t.src[offset:])
		offset += size
	}
	return offset
}

// LeadingSpaces returns the number of spaces at the start of a line.
func LeadingSpaces(line []byte) int {
	const eight = 0x2020202020202020
	i := 0
	for i+8 <= len(line) && binary.LittleEndian.Uint64(line[i:]) == eight {
		i += 8
	}
	for i < len(line) && line[i] == ' ' {
		i++
	}
	return i
}
