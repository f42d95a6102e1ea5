// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"calico-pull-secrets/internal/edit"
)

// A stream is a sequence of YAML documents, an object each, as kubectl takes it.
type stream struct {
	text    []byte // with the byte order mark, if there is one
	newline string
	last    part
	open    bool // the last line has no line break
	objects []*object
	unread  []Unread
}

// A part is what belongs to one document of a stream, with the marker before it
// and the comments around it.
type part struct{ start, end, line int }

// readStream returns the objects of interest in a stream. Each document stands for
// itself: one that cannot matter is not parsed, so nobody learns whether it could
// be. One that may matter and cannot be parsed is an error, or in a lenient source
// noted as unread.
func readStream(text []byte, s scanner, lenient bool) (*stream, error) {
	body := bytes.TrimPrefix(text, byteOrderMark)
	mark := len(text) - len(body)
	lines := edit.NewText(body)
	parts := split(lines)
	st := &stream{text: text, newline: lines.Newline(), open: lines.IsOpen()}
	for _, p := range parts {
		p.start, p.end = p.start+mark, p.end+mark
		st.last = p
		if !s.mayMatter(text[p.start:p.end]) {
			continue
		}
		o, err := p.object(text)
		switch {
		case err != nil && lenient:
			st.unread = append(st.unread, unreadPart(text, p, s, err))
		case err != nil:
			return nil, err
		case o == nil:
		case o.kube.GetKind() == "ResourceList":
			return nil, errors.New("has a ResourceList among other documents: that belongs on stdin, alone")
		default:
			st.objects = append(st.objects, o)
		}
	}
	return st, nil
}

// hasObject reports whether there is an object in the stream at all. The error is
// that of the first document that cannot be parsed before one was found.
func (st *stream) hasObject() (bool, error) {
	if len(st.objects) > 0 {
		return true, nil
	}
	mark := len(st.text) - len(bytes.TrimPrefix(st.text, byteOrderMark))
	for _, p := range split(edit.NewText(st.text[mark:])) {
		p.start, p.end = p.start+mark, p.end+mark
		if o, err := p.object(st.text); err != nil || o != nil {
			return o != nil, err
		}
	}
	return false, nil
}

// split returns the parts of a stream. A document starts at a line that begins
// with "---" and a blank or nothing, and at the directives right above it: a
// parser takes it for a marker wherever it is, unless in a quoted scalar, where
// it refuses it.
func split(text *edit.Text) []part {
	parts := []part{{}}
	for i := 1; i < text.Lines(); i++ {
		if !isMarker(text.Line(i), "---") {
			continue
		}
		first := i
		for first > 0 && bytes.HasPrefix(text.Line(first-1), []byte("%")) {
			first--
		}
		if first == 0 {
			continue
		}
		if !isMarker(text.Line(first-1), "...") { // they are text, not directives
			first = i
		}
		start := text.LineStart(first)
		parts[len(parts)-1].end = start
		parts = append(parts, part{start: start, line: first})
	}
	parts[len(parts)-1].end = text.LineStart(text.Lines())
	return parts
}

// countDocuments returns how many of the parts have more in them than markers,
// directives, comments and white space.
func countDocuments(text *edit.Text, parts []part) int {
	n := 0
	for _, p := range parts {
		for i := p.line; i < text.Lines() && text.LineStart(i) < p.end; i++ {
			line := bytes.TrimSpace(text.Line(i))
			if marker, ok := bytes.CutPrefix(line, []byte("---")); ok && i == p.line {
				line = bytes.TrimSpace(marker)
			}
			if len(line) > 0 && line[0] != '#' && line[0] != '%' && !isMarker(line, "...") {
				n++
				break
			}
		}
	}
	return n
}

// isMarker reports whether line begins with marker and a blank or nothing.
func isMarker(line []byte, marker string) bool {
	rest, ok := bytes.CutPrefix(line, []byte(marker))
	return ok && (len(rest) == 0 || rest[0] == ' ' || rest[0] == '\t')
}

// object returns the object that the part holds, nil if that is none that
// Kubernetes knows.
func (p part) object(text []byte) (*object, error) {
	if !utf8.Valid(text[p.start:p.end]) {
		return nil, errors.New("is not valid UTF-8")
	}
	start := p.start
	if json := p.json(text); json > start { // JSON behind a marker
		start = json
	}
	o, err := newObject(text, start, p.end, 0)
	var syntax *edit.SyntaxError
	switch {
	case errors.Is(err, edit.ErrEmpty):
		return nil, nil
	case errors.As(err, &syntax) && syntax.Line > 0:
		return nil, &edit.SyntaxError{Line: syntax.Line + linesBefore(text, start), Problem: syntax.Problem}
	case err != nil:
		return nil, fmt.Errorf("document at line %d: %w", p.line+1, err)
	case o == nil || o.kube.GetKind() == "":
		return nil, nil
	}
	return o, nil
}

// json returns where the text behind the marker of the part starts, if that is JSON.
func (p part) json(text []byte) int {
	line, rest, found := bytes.Cut(text[p.start:p.end], []byte("\n"))
	if marker := bytes.TrimSpace(line); !found || !bytes.Equal(marker, []byte("---")) || !bytes.HasPrefix(bytes.TrimLeft(rest, " \t\r\n"), []byte("{")) {
		return 0
	}
	return p.start + len(line) + 1
}

// linesBefore returns how many lines of text end before offset.
func linesBefore(text []byte, offset int) int {
	return edit.NewText(text[:offset]).Lines() - 1
}

// write returns what has to change for the objects to be what they are now, and
// for the added ones to stand behind them.
func (st *stream) write(added []*fn.KubeObject, results *fn.Results) ([]Change, error) {
	var changes []Change
	for _, o := range st.objects {
		c, err := o.changes(st.text, results)
		if err != nil {
			return nil, err
		}
		changes = append(changes, c...)
	}
	if len(added) == 0 {
		return changes, nil
	}
	at, lead, end := len(st.text), "", ""
	last := st.text[st.last.start:st.last.end]
	switch {
	case len(bytes.TrimSpace(st.text)) == 0: // a new file
	case st.open && !canEndLine(last, st.newline): // before the last document
		at = st.last.start
		if !bytes.HasPrefix(last, []byte("---")) && !bytes.HasPrefix(last, []byte("%")) {
			end = "---" + st.newline
		}
	case st.open:
		lead = st.newline
	}
	var news []Change
	for i, o := range added {
		text, err := documentOf(o, st.newline)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			text = lead + text
		}
		if i == len(added)-1 {
			text += end
		}
		news = append(news, Change{edit.Change{Start: at, End: at, Text: text}, o})
	}
	if at < len(st.text) {
		return append(news, changes...), nil
	}
	return append(changes, news...), nil
}

// documentOf returns a new object as a document behind a marker.
func documentOf(o *fn.KubeObject, newline string) (string, error) {
	n, err := nodeOf(o)
	if err != nil {
		return "", err
	}
	text, err := edit.Block(n, 0, newline)
	if err != nil {
		return "", err
	}
	return "---" + newline + text, nil
}

// nodeOf returns a new object as YAML.
func nodeOf(o *fn.KubeObject) (*yaml.Node, error) {
	n, err := edit.Parse([]byte(o.String()))
	if err != nil {
		return nil, fmt.Errorf("new object: %w", err)
	}
	return n, nil
}

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
				parts := split(lines)
				if !canEndLine(texts[previous][parts[len(parts)-1].start:], newline) {
					return nil, previous, errors.New("ends in a text of several lines whose last one has no line break: add one")
				}
				joined = append(joined, newline...)
			}
			switch {
			case bytes.HasPrefix(text, []byte("%")):
				joined = append(joined, "..."+newline...)
			case !bytes.HasPrefix(text, []byte("---")):
				joined = append(joined, "---"+newline...)
			}
		}
		joined, previous = append(joined, text...), i
	}
	return joined, 0, nil
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

// unreadPart notes a document that may matter and cannot be parsed.
func unreadPart(text []byte, p part, s scanner, err error) Unread {
	u := Unread{Line: p.line + 1, Problem: err}
	var syntax *edit.SyntaxError
	if errors.As(err, &syntax) && syntax.Line > 0 {
		u.Line = syntax.Line
	}
	body := text[p.start:p.end]
	u.Template = bytes.Contains(body, []byte("{{"))
	for kind := range s.candidates(body) {
		if !slices.Contains(u.Kinds, kind) {
			u.Kinds = append(u.Kinds, kind)
		}
	}
	return u
}
