// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"errors"

	"example.com/calico-pull-secrets/internal/edit"
)

// Join joins texts, each a stream of manifests, to one stream. It returns an error, and
// the index of a text, if nothing can follow that text. Such a text ends in a literal
// without a final line break: a line break would belong to the literal.
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
				if !canEndLine(lastDocument(texts[previous]), newline) {
					return nil, previous, errors.New("ends in a literal without a final line break, so nothing can follow it in a stream")
				}
				joined = append(joined, newline...)
			}
			joined = append(joined, separator(text, newline)...)
		}
		joined, previous = append(joined, text...), i
	}
	return joined, 0, nil
}

// separator returns the marker that text needs after another document. It is empty if
// text starts with a marker, and an end marker if text starts with directives.
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

// lastDocument returns the last document of a text, with its marker.
func lastDocument(text []byte) []byte {
	_, parts := partsOf(text)
	return text[parts[len(parts)-1].start:]
}

// canEndLine reports whether text means the same with a line break at its end. Its last
// line must have none. It returns false if the text ends in a literal.
func canEndLine(text []byte, newline string) bool {
	open, err := edit.Parse(text)
	if err != nil {
		return true // nobody knows what it means, so nothing can change
	}
	closed, err := edit.Parse(append(bytes.Clone(text), newline...))
	return err == nil && edit.Equal(open, closed)
}
