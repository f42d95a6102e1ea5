// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"fmt"

	"example.com/calico-pull-secrets/function"
)

// A hunk is a part of a diff: regions with the lines around them.
type hunk struct {
	start, end int // of the text before, with the context
	regions    []region
}

// contextLines is how many lines are shown around a change, as git does.
const contextLines = 3

// hunksOf returns the hunks for a file. ok is false if they cannot be shown without
// something of what the file hides.
//
// Where that stands near, there is less context, on both sides: patch takes a hunk
// with more lines before the change than behind it for one at the end of the file,
// and git apply one without a line behind it.
func hunksOf(f function.File) (hunks []hunk, ok bool, err error) {
	regions, err := regionsOf(f.Before, f.Changes)
	if err != nil {
		return nil, false, err
	}
	hidden := coverOf(f.Hidden)
	for i := 0; i < len(regions); {
		last := i
		for last+1 < len(regions) && areNear(f.Before, regions[last].end, regions[last+1].start, hidden) {
			last++
		}
		floor, ceiling := 0, len(f.Before)
		if i > 0 {
			floor = regions[i-1].end
		}
		if last+1 < len(regions) {
			ceiling = regions[last+1].start
		}
		h := hunk{regions: regions[i : last+1]}
		if !h.setContext(f.Before, floor, ceiling, hidden) {
			return nil, false, nil
		}
		hunks = append(hunks, h)
		i = last + 1
	}
	return hunks, true, nil
}

// areNear reports whether two regions with these ends share a hunk: the lines between
// them are all context, and none is hidden.
func areNear(before []byte, end, start int, hidden cover) bool {
	between := before[end:start]
	for range 2 * contextLines {
		between = between[len(firstLine(between)):]
	}
	return len(between) == 0 && (end == start || !hidden.touches(end, start))
}

// setContext sets where the hunk begins and ends, between floor and ceiling. It
// reports whether there is enough context that may be shown.
func (h *hunk) setContext(before []byte, floor, ceiling int, hidden cover) bool {
	first, last := h.regions[0], h.regions[len(h.regions)-1]
	for _, r := range h.regions {
		if hidden.touches(r.start, r.end) {
			return false
		}
	}
	allowed := contextLines
	count := func(limit func(n int)) {
		n := 0
		h.start, h.end = first.start, last.end
		for ; n < allowed && h.start > floor; n++ {
			line := lastLine(before[floor:h.start])
			if hidden.touches(h.start-len(line), h.start) {
				limit(n)
				break
			}
			h.start -= len(line)
		}
		for n = 0; n < allowed && h.end < ceiling; n++ {
			line := firstLine(before[h.end:ceiling])
			if hidden.touches(h.end, h.end+len(line)) {
				limit(n)
				break
			}
			h.end += len(line)
		}
	}
	least := contextLines
	count(func(n int) { least = min(least, n) })
	if least == contextLines {
		return true
	}
	allowed = least
	count(func(int) {})
	return allowed > 0
}

// A hunkWriter writes hunks of one text.
type hunkWriter struct {
	out     *bytes.Buffer
	before  []byte
	at      int // up to where lines of before are counted
	lines   int // how many these are
	shift   int // how many lines more there are after than before
	colours bool
}

// write writes a hunk, which comes behind those that were written.
func (w *hunkWriter) write(h hunk) {
	w.lines += countLines(w.before[w.at:h.start])
	w.at = h.start
	old := countLines(w.before[h.start:h.end])
	added := 0
	for _, r := range h.regions {
		added += countLines(r.text) - countLines(w.before[r.start:r.end])
	}
	w.line(cyan, fmt.Sprintf("@@ -%s +%s @@", lineRange(w.lines, old), lineRange(w.lines+w.shift, old+added)), nil)
	w.shift += added
	at := h.start
	for _, r := range h.regions {
		w.all("", " ", w.before[at:r.start])
		w.all(red, "-", w.before[r.start:r.end])
		w.all(green, "+", r.text)
		at = r.end
	}
	w.all("", " ", w.before[at:h.end])
}

// lineRange writes which lines these are, after so many others. No line is at the
// place of the one before it.
func lineRange(before, count int) string {
	switch count {
	case 0:
		return fmt.Sprintf("%d,0", before)
	case 1:
		return fmt.Sprint(before + 1)
	}
	return fmt.Sprintf("%d,%d", before+1, count)
}

// countLines returns the number of lines of a text, the last of which may have no
// line break.
func countLines(text []byte) int {
	n := bytes.Count(text, []byte{'\n'})
	if len(text) > 0 && text[len(text)-1] != '\n' {
		n++
	}
	return n
}

// all writes the lines of a text behind a sign.
func (w *hunkWriter) all(colour, sign string, text []byte) {
	for line := range bytes.Lines(text) {
		w.line(colour, sign, line)
	}
}

// line writes a line, and says so if it has no line break.
func (w *hunkWriter) line(colour, sign string, line []byte) {
	text, broken := bytes.CutSuffix(line, []byte{'\n'})
	if w.colours && colour != "" {
		fmt.Fprintf(w.out, "%s%s%s%s\n", colour, sign, text, plain)
	} else {
		fmt.Fprintf(w.out, "%s%s\n", sign, text)
	}
	if !broken && len(line) > 0 {
		w.out.WriteString("\\ No newline at end of file\n")
	}
}
