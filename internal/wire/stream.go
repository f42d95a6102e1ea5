// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"calico-pull-secrets/internal/edit"
)

// A stream is a sequence of YAML documents, an object each, as kubectl takes it.
type stream struct {
	input   []byte
	newline string
	last    part
	open    bool // the last line has no line break
	marked  bool // there is a byte order mark before the input
	objects []*object
}

// A part is what belongs to one document of a stream, with the marker before it
// and the comments around it.
type part struct{ start, end, line int }

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

func readStream(text *edit.Text, input []byte, parts []part, matters func([]byte) bool) (document, error) {
	s := &stream{input: input, last: parts[len(parts)-1], newline: text.Newline(), open: text.IsOpen()}
	found := false
	for _, p := range parts {
		if len(s.objects) > 0 && !matters(input[p.start:p.end]) {
			continue
		}
		o, err := p.object(input)
		if err != nil {
			return nil, err
		}
		if o == nil {
			continue
		}
		if o.kube.GetKind() == "ResourceList" {
			return nil, errors.New("input has a ResourceList among other documents")
		}
		found = true
		s.objects = append(s.objects, o)
	}
	for _, p := range parts {
		if found {
			break
		}
		o, err := p.object(input)
		if err != nil {
			return nil, err
		}
		found = o != nil
	}
	if !found {
		return nil, errors.New("input is neither a ResourceList nor Kubernetes manifests")
	}
	return s, nil
}

// object returns the object that the part holds, nil if that is none that
// Kubernetes knows.
func (p part) object(input []byte) (*object, error) {
	o, err := newObject(input, p.start, p.end, 0)
	var syntax *edit.SyntaxError
	switch {
	case errors.Is(err, edit.ErrEmpty):
		return nil, nil
	case errors.As(err, &syntax) && syntax.Line > 0:
		return nil, &edit.SyntaxError{Line: syntax.Line + p.line, Problem: syntax.Problem}
	case err != nil:
		return nil, fmt.Errorf("document at line %d: %w", p.line+1, err)
	case o == nil || o.kube.GetKind() == "":
		return nil, nil
	}
	return o, nil
}

func (s *stream) isResourceList() bool { return false }

func (s *stream) fail(fn.Results) [][]byte { return nil }

func (s *stream) list() *fn.ResourceList {
	rl := &fn.ResourceList{FunctionConfig: fn.NewEmptyKubeObject()}
	for _, o := range s.objects {
		rl.Items = append(rl.Items, o.kube)
	}
	return rl
}

func (s *stream) write(added []*yaml.Node, results *fn.Results) ([][]byte, error) {
	changes, err := changesOf(s.objects, s.input, results)
	if err != nil {
		return nil, err
	}
	if len(added) == 0 {
		return edit.Pieces(s.input, changes), nil
	}
	text, err := streamOf(added, s.newline)
	if err != nil {
		return nil, err
	}
	return edit.Pieces(s.input, s.place(text, changes)), nil
}

// streamOf returns objects as a stream, each behind a marker.
func streamOf(objects []*yaml.Node, newline string) (string, error) {
	var stream strings.Builder
	for _, n := range objects {
		text, err := edit.Block(n, 0, newline)
		if err != nil {
			return "", err
		}
		stream.WriteString("---" + newline + text)
	}
	return stream.String(), nil
}

// place adds documents to the changes: behind the last document of the stream,
// or before it if that would mean something else with a line break at its end.
func (s *stream) place(documents string, changes []edit.Change) []edit.Change {
	last, at := s.input[s.last.start:s.last.end], len(s.input)
	switch {
	case s.open && !canEndLine(last, s.newline):
		at = s.last.start
		if !bytes.HasPrefix(last, []byte("---")) && !bytes.HasPrefix(last, []byte("%")) {
			documents += "---" + s.newline
		}
		return append([]edit.Change{{Start: at, End: at, Text: documents}}, changes...)
	case s.open:
		documents = s.newline + documents
	}
	return append(changes, edit.Change{Start: at, End: at, Text: documents})
}

// changesOf returns what has to change in input for all objects.
func changesOf(objects []*object, input []byte, results *fn.Results) ([]edit.Change, error) {
	var changes []edit.Change
	for _, o := range objects {
		c, err := o.change(input, results)
		if err != nil {
			return nil, err
		}
		changes = append(changes, c...)
	}
	return changes, nil
}
