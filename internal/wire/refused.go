// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"errors"
	"fmt"

	"example.com/calico-pull-secrets/internal/cores"
	"example.com/calico-pull-secrets/internal/edit"
	"example.com/calico-pull-secrets/internal/kubectl"
)

// ErrRefused says that kubectl cannot read a document among objects, or stops at it. So it
// does not apply a Secret behind the document.
var ErrRefused = errors.New("so kubectl does not apply all of the file")

// Prove sets whether List parses every document of a source that has an object of interest,
// from the next call on. Unread then has each document that kubectl refuses.
func (in *Input) Prove(proves bool) { in.proves = proves }

// refusals returns the documents of text that kubectl refuses, but those that are known by their
// errors. objects has those that were read, nil for the others.
func refusals(text []byte, parts []part, objects []*object, known []error) (all []Unread) {
	asJSON := jsonParts(text, parts)
	found := make([]*Unread, len(parts))
	cores.EachQuick(len(parts), func(i int) {
		switch p := parts[i]; {
		case known[i] != nil:
		case i >= asJSON && asJSON > 1 && hasDocument(text[p.start:p.end]):
			found[i] = refused(p.firstLine(text)+1, "YAML behind JSON")
		case i >= asJSON && i > 0 && !p.hasMarker(text):
			found[i] = refused(p.firstLine(text)+1, "the marker --- before it is missing")
		default:
			at := place{isAlone: len(parts) == 1, isJSON: i < asJSON}
			if i > 0 {
				at.before = text[parts[i-1].start:parts[i-1].end]
			}
			found[i] = p.refusal(text, objects[i], at)
		}
	})
	for _, u := range found {
		if u != nil {
			all = append(all, *u)
		}
	}
	return all
}

// jsonParts returns how many parts kubectl reads as JSON: those before the first marker, if the
// text is JSON until there. All others are YAML for it.
func jsonParts(text []byte, parts []part) (n int) {
	if kubectl.JSON(text) == 0 {
		return 0
	}
	for n = 1; n < len(parts) && !parts[n].hasMarker(text); n++ {
	}
	return n
}

// hasMarker reports whether the part, which is not the first, begins with a marker, or with a directive
// above one. For kubectl a line ends in LF.
func (p part) hasMarker(text []byte) bool {
	body := text[p.start:p.end]
	return text[p.start-1] == '\n' && (bytes.HasPrefix(body, []byte("---")) || bytes.HasPrefix(body, []byte("%")))
}

// A place says which part is before a part in its text, and whether kubectl reads it as JSON.
type place struct {
	before          []byte // nil for the first
	isAlone, isJSON bool
}

// refusal returns what to report about a part that kubectl refuses; nil if kubectl takes it. o is
// its object if that was read.
func (p part) refusal(text []byte, o *object, at place) *Unread {
	body, parse := text[p.start:p.end], edit.ParseYAML
	if at.isJSON {
		parse = edit.Parse
		if line := kubectl.BehindJSON(body); line > 0 {
			return refused(p.line+line, "YAML behind JSON")
		}
	} else if line, problem := kubectl.BadMarker(body, at.before); problem != "" {
		return refused(p.line+line, problem)
	} else if line, problem := kubectl.Unreadable(body); problem != "" {
		return refused(p.line+line, "not valid YAML: "+problem)
	}
	inside, line := body[p.marker(text):], p.lineOf(text)
	switch {
	case o != nil && o.kube.GetAPIVersion() == "" && !(at.isAlone && kubectl.IsForOthers(o.tree)):
		return &Unread{Line: p.firstLine(text) + 1, Problem: p.blame(errNoVersion)}
	case o != nil && at.isJSON, o != nil && !bytes.HasPrefix(bytes.TrimLeft(inside, blanks), []byte("{")):
		return nil // what is JSON may be none for the parser of YAML
	case o == nil && !hasDocument(body): // kubectl parses it without the marker
		inside = kubectl.WithoutMarker(body)
		line = p.line + bytes.Count(body[:len(body)-len(inside)], []byte("\n"))
	}
	root, err := parse(inside)
	switch {
	case errors.Is(err, edit.ErrEmpty), err == nil && isNothing(root):
		return nil
	case err == nil:
		err = edit.Convertible(root)
	}
	if err == nil {
		root, err = edit.Expand(root)
	}
	var syntax *edit.SyntaxError
	switch err = shifted(err, line); {
	case errors.As(err, &syntax):
		return refused(max(syntax.Line, p.line+1), "not valid YAML: "+syntax.Problem)
	case err != nil:
		return refused(p.firstLine(text)+1, err.Error())
	case !isObject(root):
		return &Unread{Line: p.firstLine(text) + 1, Problem: p.blame(ErrStray)}
	}
	return nil
}

func refused(line int, problem string) *Unread {
	return &Unread{Line: line, Problem: fmt.Errorf("document at line %d: %w", line, fmt.Errorf("%s, %w", problem, ErrRefused))}
}
