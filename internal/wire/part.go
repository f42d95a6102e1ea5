// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/edit"
	"example.com/calico-pull-secrets/internal/form"
	"example.com/calico-pull-secrets/internal/mapping"
)

// A part is one document of a stream, with the marker before it and the comments around
// it.
type part struct{ start, end, line int }

// split returns the parts of a stream. body is the text without a byte order mark. A
// document starts at a line with "---" and a blank or nothing, and at the directives
// above it. A parser reads every such line as a marker. In a quoted scalar it refuses the
// line.
func split(text *edit.Text, body []byte) []part {
	parts := []part{{}}
	for i := 1; i < text.Lines(); i++ {
		if !text.StartsWith(i, "---") || !edit.IsMarker(text.Line(i), "---") {
			continue
		}
		first := directives(text, i)
		if first == 0 {
			continue
		}
		start := text.LineStart(first)
		parts[len(parts)-1].end = start
		parts = append(parts, part{start: start, line: first})
	}
	parts[len(parts)-1].end = text.LineStart(text.Lines())
	return splitJSON(body, parts)
}

// partsOf returns the parts of a text, and its lines. A byte order mark before the first one is in none
// of them.
func partsOf(text []byte) (lines *edit.Text, parts []part) {
	body := bytes.TrimPrefix(text, byteOrderMark)
	lines = edit.NewText(body)
	parts = split(lines, body)
	for i, mark := 0, len(text)-len(body); i < len(parts); i++ {
		parts[i].start, parts[i].end = parts[i].start+mark, parts[i].end+mark
	}
	return lines, parts
}

// splitJSON splits parts that have several JSON values without a marker between them. jq
// -c and kubectl write such texts.
func splitJSON(body []byte, parts []part) (all []part) {
	for _, p := range parts {
		start := p.start + p.marker(body)
		if first := bytes.TrimLeft(body[start:p.end], blanks); len(first) == 0 || first[0] != '{' || !hasNeighbours(first) {
			all = append(all, p)
			continue
		}
		all = append(all, p.values(body, start)...)
	}
	return all
}

// blanks are the characters before and between JSON values.
const blanks = " \t\r\n\uFEFF"

// hasNeighbours reports whether an object follows another one with only blanks between
// them.
func hasNeighbours(text []byte) bool {
	for {
		i := bytes.IndexByte(text, '}')
		if i < 0 {
			return false
		}
		text = text[i+1:]
		if next := bytes.TrimLeft(text, blanks); len(next) > 0 && next[0] == '{' {
			return true
		}
	}
}

// values returns one part for each JSON value of p. start is where the values start. It
// returns p itself if they are not JSON.
func (p part) values(body []byte, start int) []part {
	start += len(body[start:p.end]) - len(bytes.TrimLeft(body[start:p.end], blanks))
	decoder := json.NewDecoder(bytes.NewReader(body[start:p.end]))
	all := []part{p}
	for {
		var value json.RawMessage
		err := decoder.Decode(&value)
		switch {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			return []part{p}
		}
		end := start + int(decoder.InputOffset())
		if rest := bytes.TrimLeft(body[end:p.end], blanks); len(rest) > 0 {
			all[len(all)-1].end = end
			all = append(all, part{start: end, end: p.end, line: p.line + bytes.Count(body[p.start:end], []byte("\n"))})
		}
	}
}

// directives returns the first line of the directives above the marker in line marker,
// with the comments there. It returns marker if there are none. Directives come after an
// end marker or at the start of the text. Elsewhere such lines are no directives.
func directives(text *edit.Text, marker int) int {
	first, found := marker, false
	for ; first > 0; first-- {
		line := bytes.TrimLeft(text.Line(first-1), " \t")
		if bytes.HasPrefix(text.Line(first-1), []byte("%")) {
			found = true
		} else if len(line) > 0 && line[0] != '#' {
			break
		}
	}
	if found && (first == 0 || edit.IsMarker(text.Line(first-1), "...")) {
		return first
	}
	return marker
}

// countDocuments returns the number of parts that have more than markers, directives,
// comments and white space.
func countDocuments(text *edit.Text, parts []part) int {
	n := 0
	for _, p := range parts {
		for i := p.line; i < text.Lines() && text.LineStart(i) < p.end; i++ {
			line := bytes.TrimSpace(text.Line(i))
			if marker, ok := bytes.CutPrefix(line, []byte("---")); ok && i == p.line {
				line = bytes.TrimSpace(marker)
			}
			if len(line) > 0 && line[0] != '#' && line[0] != '%' && !edit.IsMarker(line, "...") {
				n++
				break
			}
		}
	}
	return n
}

// read returns the object of the part, after d. It returns nil if the part has no object
// of interest.
func (p part) read(text []byte, r reading) (*object, error) {
	o, err := p.parse(text, r.distil != nil)
	switch {
	case err == nil && o == nil:
		return nil, p.objectsIn(text, r.Filter)
	case err != nil:
		return nil, err
	case !r.Matters(o.tree):
		return nil, nil
	}
	if err := p.check(o, text); err != nil {
		return nil, err
	}
	o.distil(r.distil)
	return o, nil
}

// parse returns the object of the part. It returns nil if the part has no object with a
// kind. See newObject for isRead.
func (p part) parse(text []byte, isRead bool) (*object, error) {
	if !utf8.Valid(text[p.start:p.end]) {
		if p.start == 0 && form.IsMarkedUTF16(text) {
			return nil, p.blame(form.UTF16)
		}
		return nil, p.blame(errUTF8)
	}
	o, err := newObject(text, p.start+p.marker(text), p.end, isRead)
	switch {
	case errors.Is(err, edit.ErrEmpty):
		return nil, nil
	case err != nil:
		return nil, p.blame(shifted(err, p.lineOf(text)))
	case o == nil:
		return nil, p.noObject(text)
	case mapping.String(o.tree, "kind") == "":
		for key, value := range mapping.Entries(o.tree) {
			if key.Value == "kind" && !mapping.IsNull(value) {
				return nil, p.blame(errNoKind)
			}
			if key.Kind != yaml.ScalarNode || key.ShortTag() == "!!binary" { // for example an object followed by a colon
				return nil, p.blame(errKey)
			}
		}
		version := mapping.String(o.tree, "apiVersion")
		if strings.HasPrefix(version, "kustomize.config.k8s.io/") { // a kustomization needs no kind
			return nil, nil
		}
		if metadata := mapping.Value(o.tree, "metadata"); version != "" && metadata != nil && metadata.Kind == yaml.MappingNode {
			return nil, p.blame(errMissing)
		}
		return nil, nil
	}
	if strings.HasPrefix(o.kube.GetKind(), "/") { // in JSON it would be a comment
		return nil, p.blame(errNoKind)
	}
	o.line, o.inside, o.document = p.lineOf(text), o.start, span{p.start, p.end}
	line, _, _ := bytes.Cut(text[o.start:o.end], []byte("\n"))
	if bytes.Equal(bytes.TrimRight(line, " \t\r"), []byte("---")) {
		o.inside = min(o.start+len(line)+1, o.end)
	}
	return o, nil
}

// noObject returns an error if the part, which is no mapping, is a text with a brace or a
// colon. Nobody can tell what another YAML parser reads as an object there.
func (p part) noObject(text []byte) error {
	o, err := parseObject(text, p.start+p.marker(text), p.end, 0, nil)
	if err == nil && o.root.Kind == yaml.ScalarNode && bytes.ContainsAny([]byte(o.root.Value), "{:") {
		return p.blame(errText)
	}
	return nil
}

// check returns an error if the program cannot process o, the object of the part.
func (p part) check(o *object, text []byte) error {
	if mapping.String(o.tree, "kind") == "ResourceList" {
		return p.blame(errors.New("a ResourceList among other documents: it belongs on stdin, alone"))
	}
	return p.blame(shifted(o.validate(), p.lineOf(text)))
}

// blame adds the line of the part to err, unless err has a line of its own.
func (p part) blame(err error) error {
	var syntax *edit.SyntaxError
	if err == nil || errors.As(err, &syntax) && syntax.Line > 0 {
		return err
	}
	return fmt.Errorf("document at line %d: %w", p.line+1, err)
}

// lineOf returns the line, counted from 0, where the object of the part starts.
func (p part) lineOf(text []byte) int {
	if p.marker(text) > 0 {
		return p.line + 1
	}
	return p.line
}

// shifted returns an error about a part of a text as an error about the whole text. lines
// is the number of lines before the part.
func shifted(err error, lines int) error {
	var syntax *edit.SyntaxError
	if errors.As(err, &syntax) && syntax.Line > 0 {
		return &edit.SyntaxError{Line: syntax.Line + lines, Problem: syntax.Problem}
	}
	return err
}

// marker returns the length of the line with the marker of the part, if JSON or a byte order mark
// follows it. JSON has no markers, and a mark is none behind one, so the caller must skip the line.
// Otherwise it returns 0.
func (p part) marker(text []byte) int {
	line, rest, found := bytes.Cut(text[p.start:p.end], []byte("\n"))
	isBare := found && bytes.Equal(bytes.TrimSpace(line), []byte("---"))
	if !isBare || !bytes.HasPrefix(rest, byteOrderMark) && !bytes.HasPrefix(bytes.TrimLeft(rest, blanks), []byte("{")) {
		return 0
	}
	return len(line) + 1
}

// unreadPart describes a document that may matter and cannot be parsed.
func unreadPart(text []byte, p part, r reading, err error) Unread {
	u := Unread{Line: p.line + 1, Problem: err}
	var syntax *edit.SyntaxError
	if errors.As(err, &syntax) && syntax.Line > 0 {
		u.Line = syntax.Line
	}
	body := text[p.start:p.end]
	u.Template = isTemplate(body)
	u.Kinds = slices.Collect(r.Kinds(body))
	return u
}
