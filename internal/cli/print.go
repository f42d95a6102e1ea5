// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"calico-pull-secrets/function"
)

// printFiles writes the files to stdout as one stream, with what is added at the
// end. It reports whether it did; if not, nothing was written.
func (s *set) printFiles(report function.Report) bool {
	var stream joiner
	for _, f := range report.Files {
		if f.Passed == "" {
			stream.add(f.Name, f.After())
		}
	}
	stream.add("", report.Added)
	if stream.err != nil {
		s.say("error: " + stream.err.Error())
		return false
	}
	for _, piece := range stream.pieces {
		_, _ = s.out.Write(piece) // Flush says what went wrong
	}
	return true
}

var (
	byteOrderMark   = []byte("\uFEFF")
	documentStart   = []byte("---\n")
	documentEnd     = []byte("...\n")
	newline         = []byte("\n")
	startIndicator  = []byte("---")
	directiveSigns  = []byte("%")
	documentDivider = []byte("\n---")
)

// A joiner makes one YAML stream of several.
type joiner struct {
	pieces [][]byte
	last   string // the name of what was added last
	err    error  // the first problem
}

// add adds what is in a file, which has a name, to the end of the stream.
func (j *joiner) add(name string, text []byte) {
	if j.err != nil || len(bytes.TrimPrefix(text, byteOrderMark)) == 0 {
		return
	}
	if len(j.pieces) == 0 {
		j.pieces, j.last = [][]byte{text}, name
		return
	}
	text = bytes.TrimPrefix(text, byteOrderMark) // it may stand at the start of the stream alone
	if end := j.pieces[len(j.pieces)-1]; !bytes.HasSuffix(end, newline) {
		if !endsWithoutMeaning(end) {
			j.err = fmt.Errorf("%s: ends within a literal that has no line break at its end, so nothing can follow in a stream", j.last)
			return
		}
		j.pieces = append(j.pieces, newline)
	}
	switch {
	case startsWithDirective(text):
		j.pieces = append(j.pieces, documentEnd)
	case !startsDocument(text):
		j.pieces = append(j.pieces, documentStart)
	}
	j.pieces, j.last = append(j.pieces, text), name
}

// startsDocument reports whether a text begins with the sign for the start of a
// document.
func startsDocument(text []byte) bool {
	rest, ok := bytes.CutPrefix(text, startIndicator)
	return ok && (len(rest) == 0 || bytes.IndexByte([]byte(" \t\r\n"), rest[0]) >= 0)
}

// startsWithDirective reports whether the first line of a text that is no comment is
// a directive, such as %YAML 1.2. That may follow a document only behind its end.
func startsWithDirective(text []byte) bool {
	for line := range bytes.Lines(text) {
		if trimmed := bytes.TrimSpace(line); len(trimmed) > 0 && trimmed[0] != '#' {
			return bytes.HasPrefix(line, directiveSigns)
		}
	}
	return false
}

// endsWithoutMeaning reports whether a line break at the end of a text, which has
// none there, would mean nothing: it does in a literal.
func endsWithoutMeaning(text []byte) bool {
	if at := bytes.LastIndex(text, documentDivider); at >= 0 {
		text = text[at+1:]
	}
	open, openErr := parse(text)
	closed, closedErr := parse(append(slices.Clone(text), '\n'))
	return openErr == nil && closedErr == nil && sameValues(open, closed)
}

// parse returns the documents of a text.
func parse(text []byte) (*yaml.Node, error) {
	all := &yaml.Node{}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var document yaml.Node
		switch err := decoder.Decode(&document); {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, err
		}
		all.Content = append(all.Content, &document)
	}
}

// sameValues reports whether the scalars of two trees are the same.
func sameValues(a, b *yaml.Node) bool {
	return a.Kind == b.Kind && a.Value == b.Value && slices.EqualFunc(a.Content, b.Content, sameValues)
}
