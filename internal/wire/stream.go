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
		if err == nil && (o == nil || !s.matters(o.tree)) {
			continue
		}
		if err == nil {
			err = p.check(o, text)
		}
		switch {
		case err != nil && lenient:
			st.unread = append(st.unread, unreadPart(text, p, s, err))
		case err != nil:
			return nil, err
		default:
			st.objects = append(st.objects, o)
		}
	}
	return st, nil
}

// hasObject reports whether there is an object in the stream at all. If there is none,
// the error is that of the first document that cannot be parsed.
func (st *stream) hasObject() (bool, error) {
	if len(st.objects) > 0 {
		return true, nil
	}
	mark := len(st.text) - len(bytes.TrimPrefix(st.text, byteOrderMark))
	var first error
	for _, p := range split(edit.NewText(st.text[mark:])) {
		p.start, p.end = p.start+mark, p.end+mark
		o, err := p.object(st.text)
		if o != nil {
			return true, nil
		}
		if first == nil {
			first = err
		}
	}
	return false, first
}

// split returns the parts of a stream. A document starts at a line that begins
// with "---" and a blank or nothing, and at the directives above it: a parser takes
// it for a marker wherever it is, unless in a quoted scalar, where it refuses it.
func split(text *edit.Text) []part {
	parts := []part{{}}
	for i := 1; i < text.Lines(); i++ {
		if !isMarker(text.Line(i), "---") {
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
	return parts
}

// directives returns the first line of the directives above the marker in a line, with
// the comments there, and the line of the marker if there are none. They stand behind an
// end marker or at the start of the text; elsewhere they are no directives.
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
	if found && (first == 0 || isMarker(text.Line(first-1), "...")) {
		return first
	}
	return marker
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
		return nil, p.blame(errUTF8)
	}
	o, err := newObject(text, p.start+p.marker(text), p.end, 0)
	switch {
	case errors.Is(err, edit.ErrEmpty):
		return nil, nil
	case err != nil:
		return nil, p.blame(shifted(err, p.lineOf(text)))
	case o == nil || o.kube.GetKind() == "":
		return nil, nil
	}
	return o, nil
}

// check returns an error if o, the object of the part, cannot be worked on.
func (p part) check(o *object, text []byte) error {
	if o.kube.GetKind() == "ResourceList" {
		return p.blame(errors.New("a ResourceList among other documents: it belongs on stdin, alone"))
	}
	return p.blame(shifted(o.validate(), p.lineOf(text)))
}

// blame returns err with the line of the part in front, if it names none itself.
func (p part) blame(err error) error {
	var syntax *edit.SyntaxError
	if err == nil || errors.As(err, &syntax) && syntax.Line > 0 {
		return err
	}
	return fmt.Errorf("document at line %d: %w", p.line+1, err)
}

// lineOf returns the line, counted from 0, in which the object of the part starts.
func (p part) lineOf(text []byte) int {
	if p.marker(text) > 0 {
		return p.line + 1
	}
	return p.line
}

// shifted returns err, which is about a part of a text, as it is about the whole,
// where so many lines come before.
func shifted(err error, lines int) error {
	var syntax *edit.SyntaxError
	if errors.As(err, &syntax) && syntax.Line > 0 {
		return &edit.SyntaxError{Line: syntax.Line + lines, Problem: syntax.Problem}
	}
	return err
}

// marker returns the length of the line with the marker of the part, if JSON may follow
// that, which does not know markers; 0 if not.
func (p part) marker(text []byte) int {
	line, rest, found := bytes.Cut(text[p.start:p.end], []byte("\n"))
	if marker := bytes.TrimSpace(line); !found || !bytes.Equal(marker, []byte("---")) || !bytes.HasPrefix(bytes.TrimLeft(rest, " \t\r\n"), []byte("{")) {
		return 0
	}
	return len(line) + 1
}

// write returns what has to change for the objects to be what they are now, and
// for the added ones to stand behind them.
func (st *stream) write(added []*fn.KubeObject, results *fn.Results) ([]Change, error) {
	news, at, err := st.add(added)
	if err != nil {
		return nil, err
	}
	var before, behind []Change // what is at the same place is ordered by that
	for _, o := range st.objects {
		c, err := o.changes(st.text, results)
		if err != nil {
			return nil, err
		}
		if o.start < at {
			before = append(before, c...)
		} else {
			behind = append(behind, c...)
		}
	}
	return slices.Concat(before, news, behind), nil
}

// add returns the changes by which new objects come behind the others, and where that
// is: at the end, or before a last document that nothing can follow.
func (st *stream) add(added []*fn.KubeObject) (news []Change, at int, err error) {
	at, lead, end := len(st.text), "", ""
	last := st.text[st.last.start:st.last.end]
	switch {
	case len(added) == 0:
		return nil, at, nil
	case endsInDirective(st.text):
		return nil, at, errors.New("the manifests end in a directive without a document, so nothing can be added behind them")
	case st.open && !canEndLine(last, st.newline):
		at, end = st.last.start, separator(last, st.newline)
	case st.open:
		lead = st.newline
	}
	for i, o := range added {
		text, err := documentOf(o, st.newline)
		if err != nil {
			return nil, at, err
		}
		if i == 0 {
			text = lead + text
		}
		if i == len(added)-1 {
			text += end
		}
		news = append(news, Change{edit.Change{Start: at, End: at, Text: text}, o})
	}
	return news, at, nil
}

// endsInDirective reports whether the last line of text that is neither blank nor a
// comment is a directive, which would be about whatever is added.
func endsInDirective(text []byte) bool {
	lines := edit.NewText(text)
	for i := lines.Lines() - 1; i >= 0; i-- {
		line := bytes.TrimSpace(lines.Line(i))
		if len(line) > 0 && line[0] != '#' {
			return line[0] == '%' && bytes.HasPrefix(lines.Line(i), line[:1])
		}
	}
	return false
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

// unreadPart notes a document that may matter and cannot be parsed.
func unreadPart(text []byte, p part, s scanner, err error) Unread {
	u := Unread{Line: p.line + 1, Problem: err}
	var syntax *edit.SyntaxError
	if errors.As(err, &syntax) && syntax.Line > 0 {
		u.Line = syntax.Line
	}
	body := text[p.start:p.end]
	u.Template = bytes.Contains(body, []byte("{{"))
	u.Kinds = slices.Collect(s.candidates(body))
	return u
}
