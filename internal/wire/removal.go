// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"

	"example.com/calico-pull-secrets/internal/edit"
)

// start returns where the text of the stream starts: after a byte order mark.
func (st *stream) start() int {
	return len(st.text) - len(bytes.TrimPrefix(st.text, byteOrderMark))
}

// firstLine returns the first line of a text, without a line break.
func firstLine(text []byte) []byte {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	return bytes.TrimRight(line, "\r")
}

// hasContent reports whether a part of a stream has more than white space.
func hasContent(part []byte) bool { return len(bytes.TrimSpace(part)) > 0 }

// removals returns the changes that remove the documents of removed objects. behind is
// where the remaining text ends: before the last removed documents if these end the text,
// otherwise at its end.
func (st *stream) removals() (changes []Change, behind int) {
	behind = len(st.text)
	for i := 0; i < len(st.objects); {
		first := i
		for ; i < len(st.objects) && st.objects[i].removed && (i == first || st.objects[i].document.start == st.objects[i-1].document.end); i++ {
		}
		if i == first {
			i++
			continue
		}
		run := st.objects[first:i] // neighbours
		whole := st.removal(span{run[0].document.start, run[len(run)-1].document.end})
		start := whole.start
		for n, o := range run {
			end := o.document.end
			if n == len(run)-1 {
				end = whole.end
			}
			changes = append(changes, Change{edit.Change{Start: start, End: end}, o.kube})
			start = end
		}
		if whole.end == len(st.text) {
			behind = whole.start
		}
	}
	return changes, behind
}

// removal returns the span to delete for the documents in at. It includes their markers
// and the comments around them. The first document may have no marker. Then it includes
// the marker of the next document. If the text has no final line break, it has none
// afterwards.
func (st *stream) removal(at span) span {
	rest, before := st.text[at.end:], st.text[st.start():at.start]
	switch first := firstLine(st.text[at.start:at.end]); {
	case len(before) == 0 && !edit.IsMarker(first, "---") && bytes.Equal(bytes.TrimRight(firstLine(rest), " \t"), []byte("---")):
		at.end += min(len(firstLine(rest))+len(st.newline), len(rest))
	case len(before) > 0 && len(rest) > 0 && !edit.IsMarker(firstLine(rest), "---") && !endsInMarker(before): // directives need an end marker before them
		if i := bytes.LastIndex(st.text[at.start:at.end], []byte("\n...")); i >= 0 {
			at.end = at.start + i + 1
		}
	case hasContent(before) && len(rest) == 0 && st.open:
		if open := st.text[:at.start-lineBreakBefore(st.text[:at.start])]; canEndLine(lastDocument(open), st.newline) {
			at.start = len(open)
		}
	}
	return at
}

// endsInMarker reports whether the last line of a text is an end marker.
func endsInMarker(text []byte) bool {
	lines := edit.NewText(text)
	return lines.Lines() > 1 && edit.IsMarker(lines.Line(lines.Lines()-2), "...")
}

// lineBreakBefore returns the length of the line break at the end of a text, or 0.
func lineBreakBefore(text []byte) int {
	lines := edit.NewText(text)
	if last := lines.Lines() - 1; last > 0 && lines.LineStart(last) == len(text) {
		return len(text) - lines.LineStart(last-1) - len(lines.Line(last-1))
	}
	return 0
}

// keepsOthers reports whether the changed text has all documents that stay, and this
// number of new ones. changes must be in order.
func (st *stream) keepsOthers(changes []Change, added int) bool {
	removed, changed := map[span]bool{}, map[int]bool{}
	for _, o := range st.objects {
		if o.removed {
			removed[o.document] = true
		}
	}
	var before [][]byte
	for _, p := range documents(st.text) {
		if removed[p] {
			continue
		}
		for _, c := range changes {
			changed[len(before)] = changed[len(before)] || c.Start >= p.start && c.End <= p.end && c.Start < p.end
		}
		before = append(before, st.text[p.start:p.end])
	}
	text := bytes.Join(Rewritten{Text: st.text, Changes: changes}.Pieces(), nil)
	after := documents(text)
	if len(after) != len(before)+added {
		return false
	}
	if added > 0 { // new documents may come before the last one
		return true
	}
	for i, p := range after {
		if !changed[i] && !sameDocument(before[i], text[p.start:p.end]) {
			return false
		}
	}
	return true
}

// documents returns the places of the documents of a text that have content.
func documents(text []byte) (all []span) {
	_, parts := partsOf(text)
	for _, p := range parts {
		if hasDocument(text[p.start:p.end]) {
			all = append(all, span{p.start, p.end})
		}
	}
	return all
}

// sameDocument reports whether two documents mean the same. Documents that cannot be
// parsed must be equal texts.
func sameDocument(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	x, err := edit.Parse(a)
	if err != nil {
		return bytes.Equal(bytes.TrimSpace(bytes.TrimPrefix(a, []byte("---"))), bytes.TrimSpace(bytes.TrimPrefix(b, []byte("---"))))
	}
	y, err := edit.Parse(b)
	if err != nil {
		return false
	}
	if x, err = edit.Expand(x); err != nil {
		return false
	}
	y, err = edit.Expand(y)
	return err == nil && edit.Equal(x, y)
}
