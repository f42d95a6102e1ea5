// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"

	"example.com/calico-pull-secrets/internal/cores"
	"example.com/calico-pull-secrets/internal/edit"
	"example.com/calico-pull-secrets/internal/form"
)

// readStreams reads all sources, as many at a time as there are cores.
func (in *Input) readStreams(r reading) error {
	in.streams = make([]*stream, len(in.sources))
	failed := make([]error, len(in.sources))
	cores.Each(len(in.sources), func(i int) {
		st, err := in.sources[i].stream(r)
		if failed[i] = err; st == nil {
			return
		}
		in.objects[i] = st.objects
		if r.distil == nil || len(st.unread) > 0 { // otherwise nobody needs the stream any more
			in.streams[i] = st
		}
	})
	for i, err := range failed {
		if err != nil {
			return in.sources[i].blame(err)
		}
	}
	return nil
}

// stream reads the source. It returns nil if the Input need not keep anything of it.
func (src Source) stream(r reading) (st *stream, err error) {
	defer recovered(&err) // the caller cannot recover a panic of this goroutine
	text, err := src.Read()
	if err != nil {
		return nil, err
	}
	if src.isNamed() && len(bytes.TrimSpace(bytes.TrimPrefix(text, byteOrderMark))) == 0 {
		return &stream{text: text, unread: []Unread{{Problem: ErrBlank}}}, nil
	}
	if problem := form.Of(text); problem != nil && !src.Found {
		return nil, problem
	}
	var nothing []Unread
	matters := r.MayMatter(text)
	switch {
	case matters:
	case src.isNamed():
		nothing = withoutObject(text)
	case src.Found && isPage(text):
		nothing = []Unread{{Line: 1, Problem: ErrStray}}
	}
	if !src.Keep && !src.ForNew && !matters {
		if src.Found && bytes.IndexByte(text, 0) >= 0 {
			return &stream{text: text, unread: []Unread{{Line: 1, Problem: cmp.Or(form.Of(text), ErrNoText)}}}, nil
		}
		if src.Free != nil {
			src.Free(text)
		}
		if len(nothing) > 0 {
			return &stream{unread: nothing}, nil
		}
		return nil, nil
	}
	if st, err = readStream(text, r, src.Found); err != nil {
		if src.Name == "" {
			err = neither(err, text)
		}
		return nil, err
	}
	if matters && src.isNamed() && len(st.objects) == 0 && len(st.unread) == 0 {
		nothing = withoutObject(text)
	}
	st.unread = append(st.unread, nothing...)
	if src.Name == "" {
		if found, err := st.hasObject(); err != nil || !found {
			return nil, cmp.Or(neither(err, text), ErrNeither)
		}
	}
	if len(st.objects) == 0 && len(st.unread) == 0 && !src.Keep && !src.ForNew {
		return nil, nil
	}
	if r.distil != nil {
		if st.text = nil; src.Free != nil {
			src.Free(text)
		}
	}
	return st, nil
}

// neither returns ErrNeither instead of an error about the YAML of stdin, if that is the message of a
// command and no manifest.
func neither(err error, text []byte) error {
	var syntax *edit.SyntaxError
	if isMessage := errors.As(err, &syntax) || errors.Is(err, errText); isMessage && !bytes.Contains(text, []byte("kind")) {
		return ErrNeither
	}
	return err
}

// withoutObject returns what to report about a text that somebody named and that has no
// object. It returns nil if the text has an object.
func withoutObject(text []byte) []Unread {
	st := stream{text: text}
	switch found, err := st.hasObject(); {
	case found:
		return nil
	case err != nil:
		return []Unread{{Line: 1, Problem: err, IsNamed: true}}
	case isPage(text):
		return []Unread{{Line: 1, Problem: errText, IsNamed: true}}
	}
	return []Unread{{Line: 1, Problem: ErrNoObject}}
}

// idleFolders returns the named folders of which no file has an object, nor a document that
// cannot be read. Most have one of interest. Of the others files are read again.
func (in *Input) idleFolders() (all []string) {
	if in.list != nil {
		return nil
	}
	idle := map[string]bool{}
	for i, src := range in.sources {
		if isIdle, known := idle[src.Folder]; known && !isIdle {
			continue
		}
		idle[src.Folder] = len(in.objects[i]) == 0 && (in.streams[i] == nil || !slices.ContainsFunc(in.streams[i].unread, func(u Unread) bool { return !u.IsPart() }))
	}
	for _, src := range in.sources {
		if !idle[src.Folder] || src.Folder == "" {
			continue
		}
		text, err := src.Read()
		st := stream{text: text}
		found, _ := st.hasObject()
		idle[src.Folder] = err == nil && !found
	}
	for _, src := range in.sources {
		if src.Folder != "" && idle[src.Folder] {
			all, idle[src.Folder] = append(all, src.Folder), false
		}
	}
	return all
}

// isNamed reports whether somebody named the source so that the program checks it.
func (src Source) isNamed() bool { return src.Name != "" && !src.Found && !src.ForNew }

// A SourceError says which source cannot be processed, and why.
type SourceError struct {
	Source  string // its name
	Line    int    // counted from 1; 0 if unknown
	Problem error
}

func (e *SourceError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %v", e.Source, e.Problem)
	}
	return fmt.Sprintf("%s:%d: %v", e.Source, e.Line, e.Problem)
}

func (e *SourceError) Unwrap() error { return e.Problem }

// blame adds the name of the source to err, if the source has a name.
func (src Source) blame(err error) error {
	var syntax *edit.SyntaxError
	switch {
	case src.Name == "":
		return err
	case errors.As(err, &syntax) && syntax.Line > 0:
		return &SourceError{src.Name, syntax.Line, &edit.SyntaxError{Problem: syntax.Problem}}
	}
	return &SourceError{Source: src.Name, Problem: err}
}

// Unread is a document that may be of interest and cannot be parsed, or a named source
// without an object.
type Unread struct {
	Source   string // its name
	Line     int    // counted from 1
	Problem  error
	Kinds    []string // the kinds of interest that it may have
	Template bool     // it looks like a template that must be rendered first
	IsNamed  bool     // somebody named the source, and nothing in it matters
	IsFolder bool     // the source is a folder
}

// IsWhole reports whether a whole file comes out unchanged: somebody named it, and it has
// no object.
func (u Unread) IsWhole() bool { return u.IsNamed || errors.Is(u.Problem, ErrNoObject) || u.IsPart() }

// IsPart reports whether it is one document, and kubectl applies the others of its source.
func (u Unread) IsPart() bool { return isPart(u.Problem) }

// Unread returns the documents that may be of interest to the last call of List and
// cannot be parsed. Only sources that were found in a folder have them. It also returns
// the named sources that are blank or have no object.
func (in *Input) Unread() []Unread {
	var all []Unread
	for i, st := range in.streams {
		if st == nil {
			continue
		}
		for _, u := range st.unread {
			u.Source = in.sources[i].Name
			all = append(all, u)
		}
	}
	for _, folder := range in.idleFolders() {
		all = append(all, Unread{Source: folder, Problem: ErrNoObject, IsFolder: true})
	}
	return all
}

// Text returns why the document cannot be read, without its line.
func (u Unread) Text() string {
	var syntax *edit.SyntaxError
	if errors.As(u.Problem, &syntax) {
		return "not valid YAML: " + syntax.Problem
	}
	if inner := errors.Unwrap(u.Problem); inner != nil {
		return inner.Error()
	}
	return u.Problem.Error()
}
