// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"errors"

	"example.com/calico-pull-secrets/internal/edit"
)

// Join returns texts, each a stream of manifests, as one stream. An error names the
// number of the text that nothing can follow: one that ends in a literal whose last
// line has no line break, which would belong to it.
func Join(texts [][]byte) ([]byte, int, error) {
	var joined []byte
	previous := -1
	for i, text := range texts {
		if previous >= 0 {
			text = bytes.TrimPrefix(text, byteOrderMark)
		}
		if len(bytes.TrimSpace(bytes.TrimPrefix(text, byteOrderMark))) == 0 {
			continue
		}
		if previous >= 0 {
			lines := edit.NewText(texts[previous])
			newline := lines.Newline()
			if lines.IsOpen() {
				parts := split(lines, texts[previous])
				if !canEndLine(texts[previous][parts[len(parts)-1].start:], newline) {
					return nil, previous, errors.New("ends within a literal that has no line break at its end, so nothing can follow in a stream")
				}
				joined = append(joined, newline...)
			}
			joined = append(joined, separator(text, newline)...)
		}
		joined, previous = append(joined, text...), i
	}
	return joined, 0, nil
}

// separator returns the marker that text needs to follow another document: none if it
// starts with one, that of an end if it starts with directives.
func separator(text []byte, newline string) string {
	lines := edit.NewText(text)
	if edit.IsMarker(lines.Line(0), "---") {
		return ""
	}
	for i := range lines.Lines() {
		line := lines.Line(i)
		if bytes.HasPrefix(line, []byte("%")) {
			return "..." + newline
		}
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' {
			break
		}
	}
	return "---" + newline
}

// canEndLine reports whether text, whose last line has no line break, means the
// same with one. It does not if a literal ends there.
func canEndLine(text []byte, newline string) bool {
	open, err := edit.Parse(text)
	if err != nil {
		return true // nothing that we know the meaning of
	}
	closed, err := edit.Parse(append(bytes.Clone(text), newline...))
	return err == nil && edit.Equal(open, closed)
}
