// SPDX-License-Identifier: Apache-2.0

// Package wire reads ResourceLists and manifests into the SDK's type, and writes
// back what has changed there, and nothing else. There is one road for all forms:
//
//	in, err := wire.Open(sources)   // which form they have; the functionConfig that came along
//	rl, err := in.List(interest)    // parses the objects of interest, and no others
//	…                               // a processor changes rl
//	out, err := in.Write(rl)        // what has to change in each source
//
// It promises:
//
//   - Objects that did not change, what stands between them, the order, unknown
//     fields, comments and line ends stay byte for byte.
//   - An object that changed is rewritten by package edit, and keeps what edit
//     promises. One that had to be encoded anew is named in a result.
//   - New objects come after the others. Results replace those that came in.
//   - List can be called again with another interest; what was changed in an earlier
//     list is forgotten.
//   - Sources are read, scanned and parsed on all cores. The outcome is the same as on
//     one. Of a file in which nothing is of interest nothing is kept.
//
// The list is sparse: the objects of interest and, of a ResourceList, the first one,
// by which a processor may tell who calls. A processor may change these objects and
// add others. It may not remove or reorder them, and what it does to the functionConfig
// is not written.
//
// A ResourceList is one YAML document: if any of it cannot be parsed, none can. In a
// stream each document stands for itself: what cannot matter is not parsed, and passes
// as it is.
//
// The package knows ResourceLists, and nothing of what processors do.
package wire

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"calico-pull-secrets/internal/edit"
)

// A Source is a text to read: stdin, or a file.
type Source struct {
	Name string                 // in errors; empty for stdin
	Read func() ([]byte, error) // called once for each call of List, and once by Open for stdin
	// Lenient is true if the text may be something else than manifests. What may matter
	// in it and cannot be parsed is then told by Unread, and is no error.
	Lenient bool
	Keep    bool // the text is in the output even if nothing in it is of interest
	Home    bool // new objects go to its end
}

// An Input is what Open found.
type Input struct {
	sources []Source
	list    list // nil for streams
	body    []byte
	config  *fn.KubeObject

	lines   []*edit.Text // of the sources, once a line was asked for
	streams []*stream    // of the last call of List; nil for sources that are not kept
	objects [][]*object  // of interest, by source
	places  map[*fn.KubeObject]place
	items   []*fn.KubeObject // as List returned them
	results fn.Results       // as List returned them
	earlier fn.Results       // what an earlier run said of objects that it encoded anew
}

// A place is the object of a source.
type place struct {
	source int
	object *object
}

// Unread is a document that may be of interest and cannot be parsed.
type Unread struct {
	Source   string // its name
	Line     int    // counted from 1
	Problem  error
	Kinds    []string // of interest, that it may be of
	Template bool     // it looks like one that is to be rendered first
}

var byteOrderMark = []byte("\uFEFF")

var (
	errEmpty   = errors.New("input is empty: it should be a ResourceList or Kubernetes manifests")
	errNeither = errors.New("input is neither a ResourceList nor Kubernetes manifests")
	errUTF8    = errors.New("not valid UTF-8")
	// errInternal says nothing of what a panic was about.
	errInternal = errors.New("internal error, please report it with the kinds of objects in the input")
)

// Open finds out which form the sources have. A ResourceList stands alone, on stdin.
//
// With an error there is nothing to work on. Where the Input is not nil all the same
// it is a ResourceList that AsItCame can hand back. No error quotes the sources.
func Open(sources []Source) (in *Input, err error) {
	defer func() {
		if errors.Is(err, errInternal) {
			in = nil
		}
	}()
	defer recovered(&err)
	in = &Input{sources: sources}
	if len(sources) != 1 || sources[0].Name != "" {
		return in, nil
	}
	text, err := sources[0].Read()
	if err != nil {
		return nil, err
	}
	in.sources = []Source{sources[0]}
	in.sources[0].Read = func() ([]byte, error) { return text, nil }
	in.sources[0].Keep, in.sources[0].Home = true, true
	in.body = bytes.TrimPrefix(text, byteOrderMark)
	if len(bytes.TrimSpace(in.body)) == 0 {
		return nil, errEmpty
	}
	l, err := readList(in.body)
	if l != nil {
		in.list, in.config = l, l.head().config
		return in, err
	}
	if err != nil {
		return nil, err
	}
	return in, nil
}

// IsResourceList reports whether the input is one, and not a stream of manifests.
func (in *Input) IsResourceList() bool { return in.list != nil }

// Config returns the functionConfig of the ResourceList, nil for manifests and empty
// for a list without one.
func (in *Input) Config() *fn.KubeObject { return in.config }

// List parses the objects of interest. The error is about a source and names it.
func (in *Input) List(interest Interest) (rl *fn.ResourceList, err error) {
	defer recovered(&err)
	s := interest.scanner()
	rl = &fn.ResourceList{FunctionConfig: in.config}
	in.lines = make([]*edit.Text, len(in.sources))
	in.objects = make([][]*object, len(in.sources))
	if in.list != nil {
		l, err := readAgain(in)
		if err != nil {
			return nil, err
		}
		if in.objects[0], err = l.read(s); err != nil {
			return nil, err
		}
		rl.Results = slices.Clone(l.head().results)
	} else if err := in.readStreams(s); err != nil {
		return nil, err
	}
	if rl.FunctionConfig == nil {
		rl.FunctionConfig = fn.NewEmptyKubeObject()
	}
	in.places = map[*fn.KubeObject]place{}
	for i, objects := range in.objects {
		for _, o := range objects {
			in.places[o.kube] = place{i, o}
			rl.Items = append(rl.Items, o.kube)
		}
	}
	in.items = slices.Clone(rl.Items)
	in.takeEncoded(rl)
	in.results = slices.Clone(rl.Results)
	return rl, nil
}

// readAgain returns the list with nothing changed in it: what is parsed as a whole
// changes with its objects.
func readAgain(in *Input) (list, error) {
	if whole, ok := in.list.(*wholeList); ok && in.items != nil {
		again, err := readWhole(edit.NewText(in.body), in.body, whole.root)
		if again == nil {
			return nil, err
		}
		in.list = again
	}
	return in.list, nil
}

// readStreams reads all sources, as many at a time as there are cores.
func (in *Input) readStreams(s scanner) error {
	in.streams = make([]*stream, len(in.sources))
	failed := make([]error, len(in.sources))
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(len(in.sources), runtime.GOMAXPROCS(0)) {
		group.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(in.sources) {
					return
				}
				in.streams[i], failed[i] = in.sources[i].stream(s)
			}
		})
	}
	group.Wait()
	for i, err := range failed {
		if err != nil {
			return in.sources[i].blame(err)
		}
	}
	if len(in.sources) == 1 && in.sources[0].Name == "" {
		switch found, err := in.streams[0].hasObject(); {
		case err != nil:
			return err
		case !found:
			return errNeither
		}
	}
	for i, st := range in.streams {
		if st != nil {
			in.objects[i] = st.objects
		}
	}
	return nil
}

// stream reads the source. It returns nil for one of which nothing is to be kept.
func (src Source) stream(s scanner) (st *stream, err error) {
	defer recovered(&err) // of this goroutine
	text, err := src.Read()
	if err != nil {
		return nil, err
	}
	if !src.Keep && !src.Home && !s.mayMatter(text) {
		return nil, nil
	}
	st, err = readStream(text, s, src.Lenient)
	if err != nil || len(st.objects) > 0 || len(st.unread) > 0 || src.Keep || src.Home {
		return st, err
	}
	return nil, nil
}

// blame returns err with the name of the source in front, if it has one.
func (src Source) blame(err error) error {
	var syntax *edit.SyntaxError
	switch {
	case src.Name == "":
		return err
	case errors.As(err, &syntax) && syntax.Line > 0:
		return fmt.Errorf("%s:%d: not valid YAML: %s", src.Name, syntax.Line, syntax.Problem)
	}
	return fmt.Errorf("%s: %w", src.Name, err)
}

// recovered makes a panic an error that says nothing of what it was about.
func recovered(err *error) {
	if recover() != nil {
		*err = errInternal
	}
}

// Unread returns the documents of lenient sources that may be of interest to the
// last call of List and cannot be parsed.
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
	return all
}

// takeEncoded takes what an earlier run said of objects that it encoded anew out
// of the results. That stays so, and a run that changes nothing repeats it.
func (in *Input) takeEncoded(rl *fn.ResourceList) {
	in.earlier = nil
	rl.Results = slices.DeleteFunc(rl.Results, func(r *fn.Result) bool {
		if r.Tags[checkTag] == checkEncoding {
			in.earlier = append(in.earlier, r)
		}
		return r.Tags[checkTag] == checkEncoding
	})
}

// A Change replaces a part of a source.
type Change struct {
	edit.Change
	// Object is what changes or is added, nil for what belongs to the list itself.
	Object *fn.KubeObject
}

// An Output is what becomes of an input.
type Output struct {
	Sources []Rewritten      // in the order of the sources
	Added   []byte           // new objects that go into none of the sources, as a stream
	News    []*fn.KubeObject // the new objects
	Results fn.Results       // those of the list, and what edit has to say
}

// A Rewritten is what becomes of a source.
type Rewritten struct {
	Text    []byte   // as it was read; nil if nothing in it was of interest
	Changes []Change // in the order of their places
}

// Pieces returns the new text in pieces that share the memory of the old one.
func (r Rewritten) Pieces() [][]byte {
	changes := make([]edit.Change, len(r.Changes))
	for i, c := range r.Changes {
		changes[i] = c.Change
	}
	return edit.Pieces(r.Text, changes)
}

// Write returns what has to change in the sources for them to say what rl, which
// List returned, says now. An error is a *fn.Result or says what the processor did
// that it may not.
func (in *Input) Write(rl *fn.ResourceList) (out Output, err error) {
	defer recovered(&err)
	if err := in.unmoved(rl.Items); err != nil {
		return Output{}, err
	}
	out.News = rl.Items[len(in.items):]
	out.Results = append(slices.Clone(rl.Results), in.earlier...)
	out.Sources = make([]Rewritten, len(in.sources))
	if in.list != nil {
		changes, err := in.list.write(in.objects[0], out.News, &out.Results)
		out.Sources[0] = in.rewritten(changes)
		return out, err
	}
	added := out.News
	for i, st := range in.streams {
		if st == nil {
			continue
		}
		var here []*fn.KubeObject
		if in.sources[i].Home {
			here, added = added, nil
		}
		changes, err := st.write(here, &out.Results)
		if err != nil {
			return Output{}, err
		}
		out.Sources[i] = Rewritten{st.text, sorted(changes)}
	}
	var text strings.Builder
	for _, o := range added {
		document, err := documentOf(o, "\n")
		if err != nil {
			return Output{}, err
		}
		text.WriteString(document)
	}
	out.Added = []byte(strings.TrimPrefix(text.String(), "---\n"))
	return out, nil
}

// AsItCame returns a ResourceList as it came in, with the given results if it has a
// place for them. Of manifests it returns nothing.
func (in *Input) AsItCame(results fn.Results) Rewritten {
	if in.list == nil {
		return Rewritten{}
	}
	results = append(slices.Clone(results), in.earlier...)
	if in.list.head().unreadable {
		return in.rewritten(nil)
	}
	changes, err := in.list.asItCame(results)
	if err != nil {
		changes = nil
	}
	return in.rewritten(changes)
}

// rewritten returns the list with changes to its body.
func (in *Input) rewritten(changes []Change) Rewritten {
	text, _ := in.sources[0].Read()
	for i := range changes {
		changes[i].Start += len(text) - len(in.body)
		changes[i].End += len(text) - len(in.body)
	}
	return Rewritten{text, sorted(changes)}
}

func sorted(changes []Change) []Change {
	slices.SortStableFunc(changes, func(a, b Change) int { return a.Start - b.Start })
	return changes
}

// unmoved returns an error if items do not start with those of the list.
func (in *Input) unmoved(items []*fn.KubeObject) error {
	if len(items) < len(in.items) {
		return errors.New("the processor removed an object")
	}
	for i, o := range in.items {
		if o != items[i] {
			return errors.New("the processor removed or reordered objects")
		}
	}
	return nil
}
