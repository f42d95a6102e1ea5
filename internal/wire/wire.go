// SPDX-License-Identifier: Apache-2.0

// Package wire reads ResourceLists and manifests into the SDK's type. It writes back the
// changes made there, and nothing else. All forms take the same path:
//
//	in, err := wire.Open(sources)   // finds the form and the functionConfig
//	rl, err := in.List(interest)    // parses the objects of interest, and no others
//	…                               // a processor changes rl
//	out, err := in.Write(rl)        // the changes of each source
//
// It promises:
//
//   - Objects that did not change stay byte for byte. So do the text between them, their
//     order, unknown fields, comments and line ends.
//   - Package edit rewrites each changed object, with its own promises. A result names
//     each object that edit rewrote as a whole.
//   - New objects come after all others. Results replace the results of the input.
//   - A removed object takes its document or its item with it. A source stays, even if
//     it is empty then. An object that was added before leaves no trace.
//   - The caller may call List again with another interest. Changes to an earlier list
//     are lost.
//   - The package reads, scans and parses sources on all cores. The outcome is the same
//     as on one core. It keeps nothing of a file without objects of interest.
//
// The list is sparse. It has the objects of interest. For a ResourceList it also has the
// first object: a processor may use it to recognise the caller. A processor may change
// these objects, remove some, and add others after them. It must not reorder them.
// Changes to the functionConfig are not written.
//
// A ResourceList is one YAML document: a syntax error anywhere is an error for all of it.
// In a stream each document is independent. A document that cannot matter is not parsed
// and stays as it is.
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
	"example.com/calico-pull-secrets/internal/prefilter"
)

// A Source is a text to read: stdin, or a file.
type Source struct {
	Name string                 // for errors; empty for stdin
	Read func() ([]byte, error) // Open calls it once for stdin; otherwise each call of List calls it once
	Free func(text []byte)      // takes back a text without objects of interest; may be nil
	// Found is true for a file that was found in a folder: it may be something other than
	// manifests. If a document in it may matter and cannot be parsed, Unread reports it,
	// and there is no error.
	Found bool
	// Folder is the folder in which it was found, if somebody named that: one of its files
	// must have an object.
	Folder string
	Keep   bool // the output has the text even if it has no object of interest
	ForNew bool // new objects go to its end
}

// An Input is the result of Open.
type Input struct {
	sources []Source
	list    list // nil for streams
	body    []byte
	config  *fn.KubeObject

	distil  Distil      // see Input.Distil
	proves  bool        // see Input.Prove
	lines   *edit.Text  // of the list; set at the first call of Line
	streams []*stream   // of the last call of List; nil for sources that are not kept
	objects [][]*object // the objects of interest, by source
	origins map[*fn.KubeObject]origin
	items   []*fn.KubeObject // as List returned them
	results fn.Results       // as List returned them
	earlier fn.Results       // the results of an earlier run about objects that it rewrote as a whole
}

// An origin is the source of an object of the list, and the object there.
type origin struct {
	source int
	object *object
}

var byteOrderMark = []byte("\uFEFF")

var (
	// ErrEmpty says that stdin has nothing in it.
	ErrEmpty = errors.New("input is empty: it should be a ResourceList or Kubernetes manifests")
	// ErrNeither says that stdin has no object.
	ErrNeither = errors.New("input is neither a ResourceList nor Kubernetes manifests")
	// ErrNoObject says that a source has YAML but no object.
	ErrNoObject = errors.New("no Kubernetes object")
	// ErrBlank says that a source has only white space.
	ErrBlank  = errors.New("is empty")
	errUTF8   = errors.New("not valid UTF-8")
	errLoose  = errors.New("a list of objects that has no kind itself, which kubectl refuses")
	errNoKind = errors.New("kind is not a string, or occurs twice: write it once, without a tag or a comment")
	errKey    = errors.New("a key that is not a string")
	errText   = errors.New("a text instead of an object")
	// ErrNoText says that a source is no text that the program can read.
	ErrNoText = errors.New("not a text file, or its encoding is not UTF-8 and not marked as UTF-16")
	// errInternal does not say what the panic was about.
	errInternal = errors.New("internal error, please report it with the kinds of objects in the input")
)

// Open finds the form of the sources. A ResourceList must come alone, on stdin.
//
// If Open returns an error, the caller cannot call List. If it then returns an Input,
// too, that is a ResourceList that AsItCame can return unchanged. No error quotes the
// sources.
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
		return nil, ErrEmpty
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

// A Distil makes a value of the tree of an object. It also returns the part of the tree
// to keep; nil keeps the whole tree. The package calls it on all cores.
type Distil func(tree *yaml.Node) (value any, rest *yaml.Node)

// A reading says which objects List reads, and what it does with them.
type reading struct {
	prefilter.Filter
	proves bool   // see Input.Prove
	distil Distil // see Input.Distil; nil keeps all
}

// Distil sets what the package keeps of objects, from the next call of List on. It keeps
// the value, and rest as the object. It does not keep the texts, so the caller must not
// call Write. The Line of such an object is the line where the object starts.
func (in *Input) Distil(d Distil) { in.distil = d }

// Value returns the value that Distil made of o, an object of the last list; nil if there
// is no value.
func (in *Input) Value(o *fn.KubeObject) any {
	if p, ok := in.origins[o]; ok {
		return p.object.value
	}
	return nil
}

// IsResourceList reports whether the input is a ResourceList. If not, it is a stream of
// manifests.
func (in *Input) IsResourceList() bool { return in.list != nil }

// Config returns the functionConfig of a ResourceList. It is empty if the list has none.
// For manifests it is nil.
func (in *Input) Config() *fn.KubeObject { return in.config }

// Results returns the results that came with a ResourceList.
func (in *Input) Results() fn.Results {
	if in.list == nil {
		return nil
	}
	return slices.Clone(in.list.head().results)
}

// List parses the objects of interest. An error names its source.
func (in *Input) List(interest prefilter.Interest) (rl *fn.ResourceList, err error) {
	defer recovered(&err)
	r := reading{interest.Filter(), in.proves, in.distil}
	rl = &fn.ResourceList{FunctionConfig: in.config}
	in.objects = make([][]*object, len(in.sources))
	if in.list != nil {
		l, err := readAgain(in)
		if err != nil {
			return nil, err
		}
		if in.objects[0], err = l.read(r); err != nil {
			return nil, err
		}
		rl.Results = slices.Clone(l.head().results)
	} else if err := in.readStreams(r); err != nil {
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

// readAgain returns the list without any changes. A list that was parsed as a whole
// changes with its objects, so it is read again.
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

// recovered turns a panic into errInternal, which quotes nothing.
func recovered(err *error) {
	if recover() != nil {
		*err = errInternal
	}
}

// takeEncoded takes the results about rewritten objects, which an earlier run made, out
// of the list. They stay true, and a run that changes nothing repeats them.
func (in *Input) takeEncoded(rl *fn.ResourceList) {
	in.earlier = nil
	rl.Results = slices.DeleteFunc(rl.Results, func(r *fn.Result) bool {
		if r.Tags[checkTag] == checkEncoding {
			in.earlier = append(in.earlier, r)
		}
		return r.Tags[checkTag] == checkEncoding
	})
}
