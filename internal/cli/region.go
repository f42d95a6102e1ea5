// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"errors"
	"slices"

	"example.com/calico-pull-secrets/function"
)

// A region is a run of whole lines of a text, from start to end, that other lines
// take the place of. Neither their first nor their last lines are the same.
type region struct {
	start, end int
	text       []byte
}

// regionsOf returns the lines that changes change, in order. It takes time linear in
// the text and the changes.
func regionsOf(before []byte, changes []function.Change) ([]region, error) {
	b := regionBuilder{before: before}
	for _, c := range changes {
		if c.Start < b.copied || c.End < c.Start || c.End > len(before) {
			return nil, errors.New("the changes are not in order")
		}
		b.add(c)
	}
	b.close()
	return b.regions, nil
}

// A regionBuilder makes regions of changes.
type regionBuilder struct {
	before  []byte
	regions []region
	open    bool
	current region
	copied  int // up to where before is in the text of the current region, or replaced
	lineEnd int // the end of the line that copied is in, if it is behind copied
}

// add adds a change. One in the line where the last one ended belongs to its region.
func (b *regionBuilder) add(c function.Change) {
	if b.open && c.Start >= b.regionEnd() {
		b.close()
	}
	if !b.open {
		start := b.copied + bytes.LastIndexByte(b.before[b.copied:c.Start], '\n') + 1
		b.open, b.current, b.copied = true, region{start: start}, start
	}
	b.current.text = append(append(b.current.text, b.before[b.copied:c.Start]...), c.Text...)
	b.copied = c.End
}

// regionEnd returns where the current region ends if nothing more belongs to it: the
// end of the line, unless whole lines were replaced.
func (b *regionBuilder) regionEnd() int {
	startsLine := b.copied == 0 || b.before[b.copied-1] == '\n'
	if endsLine := len(b.current.text) == 0 || b.current.text[len(b.current.text)-1] == '\n'; startsLine && endsLine {
		return b.copied
	}
	if b.lineEnd <= b.copied {
		b.lineEnd = len(b.before)
		if n := bytes.IndexByte(b.before[b.copied:], '\n'); n >= 0 {
			b.lineEnd = b.copied + n + 1
		}
	}
	return b.lineEnd
}

// close ends the current region.
func (b *regionBuilder) close() {
	if !b.open {
		return
	}
	r := b.current
	r.end = b.regionEnd()
	r.text = append(r.text, b.before[b.copied:r.end]...)
	b.open, b.copied = false, r.end
	if r.trim(b.before); r.start < r.end || len(r.text) > 0 {
		b.regions = append(b.regions, r)
	}
}

// trim takes the lines off that are the same before and after.
func (r *region) trim(before []byte) {
	for {
		old, line := firstLine(before[r.start:r.end]), firstLine(r.text)
		if len(old) == 0 || !bytes.Equal(old, line) {
			break
		}
		r.start, r.text = r.start+len(old), r.text[len(line):]
	}
	for {
		old, line := lastLine(before[r.start:r.end]), lastLine(r.text)
		if len(old) == 0 || !bytes.Equal(old, line) {
			break
		}
		r.end, r.text = r.end-len(old), r.text[:len(r.text)-len(line)]
	}
}

// firstLine returns the first line of a text, with its line break.
func firstLine(text []byte) []byte {
	if n := bytes.IndexByte(text, '\n'); n >= 0 {
		return text[:n+1]
	}
	return text
}

// lastLine returns the last line of a text, with its line break.
func lastLine(text []byte) []byte {
	if len(text) == 0 {
		return nil
	}
	return text[bytes.LastIndexByte(text[:len(text)-1], '\n')+1:]
}

// A cover is a set of ranges of a text.
type cover []function.Range

// coverOf returns ranges as a cover: in order, none within another.
func coverOf(ranges []function.Range) cover {
	sorted := slices.SortedFunc(slices.Values(ranges), func(a, b function.Range) int { return a.Start - b.Start })
	var c cover
	for _, r := range sorted {
		if last := len(c) - 1; last >= 0 && r.Start <= c[last].End {
			c[last].End = max(c[last].End, r.End)
		} else {
			c = append(c, r)
		}
	}
	return c
}

// touches reports whether a range has something of the cover in it. An empty one has
// if it lies within.
func (c cover) touches(start, end int) bool {
	i, _ := slices.BinarySearchFunc(c, start, func(r function.Range, at int) int {
		if r.End <= at {
			return -1
		}
		return 1
	})
	return i < len(c) && (c[i].Start < end || start == end && c[i].Start < start)
}
