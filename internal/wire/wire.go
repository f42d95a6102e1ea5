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
//   - An object that is removed goes with its document, or its item; a source stays, also
//     with nothing in it. What was added goes without a trace.
//   - List can be called again with another interest; what was changed in an earlier
//     list is forgotten.
//   - Sources are read, scanned and parsed on all cores. The outcome is the same as on
//     one. Of a file in which nothing is of interest nothing is kept.
//
// The list is sparse: the objects of interest and, of a ResourceList, the first one,
// by which a processor may tell who calls. A processor may change these objects, remove
// some and add others behind them. It may not reorder them, and what it does to the
// functionConfig is not written.
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
	"slices"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/edit"
)

// A Source is a text to read: stdin, or a file.
type Source struct {
	Name string                 // in errors; empty for stdin
	Read func() ([]byte, error) // called once for each call of List, and once by Open for stdin
	Free func(text []byte)      // takes a text in which nothing is of interest; may be nil
	// Found is true for what was found in a folder: it may be something else than manifests. What may matter
	// in it and cannot be parsed is then told by Unread, and is no error.
	Found  bool
	Keep   bool // the text is in the output even if nothing in it is of interest
	ForNew bool // new objects go to its end
}

// An Input is what Open found.
type Input struct {
	sources []Source
	list    list // nil for streams
	body    []byte
	config  *fn.KubeObject

	distil  Distil      // see Input.Distil
	lines   *edit.Text  // of the list, once a line was asked for
	streams []*stream   // of the last call of List; nil for sources that are not kept
	objects [][]*object // of interest, by source
	origins map[*fn.KubeObject]origin
	items   []*fn.KubeObject // as List returned them
	results fn.Results       // as List returned them
	earlier fn.Results       // what an earlier run said of objects that it encoded anew
}

// An origin is the object of a source.
type origin struct {
	source int
	object *object
}

var byteOrderMark = []byte("\uFEFF")

var (
	errEmpty   = errors.New("input is empty: it should be a ResourceList or Kubernetes manifests")
	errNeither = errors.New("input is neither a ResourceList nor Kubernetes manifests")
	// ErrNoObject says that there is YAML in a source, and no object.
	ErrNoObject = errors.New("no object of Kubernetes")
	// ErrBlank says that there is nothing in a source.
	ErrBlank = errors.New("is empty")
	errUTF8  = errors.New("not valid UTF-8")
	// ErrUTF16 says that a source has another encoding: Windows PowerShell writes it.
	ErrUTF16  = errors.New("is UTF-16")
	errLoose  = errors.New("a list of objects that is no object itself, which kubectl refuses")
	errNoKind = errors.New("kind is no text, or there twice: write it once, without a tag")
	errKey    = errors.New("a key that is no text")
	errText   = errors.New("a text, and no object")
	errNoText = errors.New("no text, or one that is neither UTF-8 nor marked as UTF-16")
	// ErrChanged says that a source is not what it was when it was read first.
	ErrChanged = errors.New("was changed meanwhile by somebody else")
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
	in.sources[0].Keep, in.sources[0].ForNew = true, true
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

// A Distil makes of the tree of an object a value, and what stays of the tree: nil for all
// of it. It is called on all cores.
type Distil func(tree *yaml.Node) (value any, rest *yaml.Node)

// Distil says what is kept of objects, from the next call of List on: the value, and as the
// object what rest makes. Texts are not kept then, and Write is not to be called. A Line of
// such an object is that of the object itself.
func (in *Input) Distil(d Distil) { in.distil = d }

// Value returns what Distil made of o, an object of the last list; nil if nothing.
func (in *Input) Value(o *fn.KubeObject) any {
	if p, ok := in.origins[o]; ok {
		return p.object.value
	}
	return nil
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
	in.objects = make([][]*object, len(in.sources))
	if in.list != nil {
		l, err := readAgain(in)
		if err != nil {
			return nil, err
		}
		if in.objects[0], err = l.read(s, in.distil); err != nil {
			return nil, err
		}
		rl.Results = slices.Clone(l.head().results)
	} else if err := in.readStreams(s); err != nil {
		return nil, err
	}
	if rl.FunctionConfig == nil {
		rl.FunctionConfig = fn.NewEmptyKubeObject()
	}
	in.origins = map[*fn.KubeObject]origin{}
	for i, objects := range in.objects {
		for _, o := range objects {
			in.origins[o.kube] = origin{i, o}
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

// recovered makes a panic an error that says nothing of what it was about.
func recovered(err *error) {
	if recover() != nil {
		*err = errInternal
	}
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
