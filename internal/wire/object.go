// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/edit"
)

// An object is a part of a text that is a Kubernetes object.
type object struct {
	start, end int        // its place in the text
	inside     int        // start without the marker of its document
	indent     int        // the number of columns left of its first line
	line       int        // its first line in a stream, counted from 0
	root       *yaml.Node // the result of the parser
	tree       *yaml.Node // root, expanded; kube shares it and changes it
	kube       *fn.KubeObject
	value      any // the result of Distil
	// document is the document of the object in a stream.
	document span
	removed  bool // the processor removed it
}

// distil applies d to the object, if d is not nil.
func (o *object) distil(d Distil) {
	if d == nil {
		return
	}
	value, rest := d(o.tree)
	if o.value = value; rest == nil {
		return
	}
	rest.Line = o.root.Line
	o.root, o.tree, o.kube = rest, rest, KubeObject(rest)
}

// parseObject parses the object in text[start:end] and does nothing else. See source for
// indent and scratch.
func parseObject(text []byte, start, end, indent int, scratch *[]byte) (*object, error) {
	o := &object{start: start, end: end, indent: indent}
	var err error
	o.root, err = edit.Parse(o.source(text, scratch))
	return o, err
}

// newObject returns the object in text[start:end], not validated. It returns nil if the
// text is no mapping. The first line must start at the left margin. Lines in an error
// count from start. isRead says that the caller only reads the object: then the object
// keeps one tree instead of two.
func newObject(text []byte, start, end int, isRead bool) (*object, error) {
	o, err := parseObject(text, start, end, 0, nil)
	if err != nil || o.root.Kind != yaml.MappingNode {
		return nil, err
	}
	if isRead && edit.IsExpanded(o.root) { // nobody will compare it with its old state
		o.tree, o.kube = o.root, KubeObject(o.root)
		return o, nil
	}
	return o, o.expand()
}

// ParseObject returns the only object in text. It resolves aliases and merge keys,
// because the SDK's accessors do not accept them. The error quotes nothing of text.
func ParseObject(text []byte) (*fn.KubeObject, error) {
	o, err := onlyObject(bytes.TrimPrefix(text, byteOrderMark))
	if err == nil {
		err = o.validate()
	}
	return o.kube, err
}

// Reparsed returns a copy of o, parsed from its text, and the node of the copy.
func Reparsed(o *fn.KubeObject) (*fn.KubeObject, *yaml.Node, error) {
	again, err := onlyObject([]byte(o.String()))
	return again.kube, again.tree, err
}

// onlyObject returns the object that a text is; with an error an empty one.
func onlyObject(text []byte) (*object, error) {
	switch o, err := newObject(text, 0, len(text), false); {
	case err != nil:
		return &object{}, err
	case o == nil:
		return &object{}, errors.New("not a mapping")
	default:
		return o, nil
	}
}

// expand sets tree and kube.
func (o *object) expand() error {
	tree, err := edit.Expand(o.root)
	if err != nil {
		return err
	}
	o.tree, o.kube = tree, KubeObject(tree)
	return nil
}

// validate returns an error if the object has keys that Kubernetes does not accept.
func (o *object) validate() error { return edit.Validate(o.tree) }

// source returns the text of the object as a document of its own. Each character has the
// same column as in the whole text. If the object has an indent, the result is in
// scratch: it is valid until the next use of scratch.
func (o *object) source(text []byte, scratch *[]byte) []byte {
	if o.indent == 0 {
		return text[o.start:o.end]
	}
	s := (*scratch)[:0]
	for range o.indent {
		s = append(s, ' ')
	}
	*scratch = append(s, text[o.start:o.end]...)
	return *scratch
}

// until returns the object, shortened if it reaches beyond end.
func (o *object) until(end int) *object {
	if o.end <= end {
		return o
	}
	shorter := *o
	shorter.end = end
	return &shorter
}

// changes returns the changes after which text means the tree of the object. It adds a
// result if edit rewrites the object as a whole, or if comments go. See source for
// scratch.
func (o *object) changes(text []byte, scratch *[]byte, results *fn.Results) ([]Change, error) {
	changes, extent, err := edit.Changes(o.source(text, scratch), o.root, o.tree)
	if err != nil {
		return nil, reencoded(o.kube, fn.Error, err.Error())
	}
	switch extent {
	case edit.Reencoded:
		*results = append(*results, reencoded(o.kube, fn.Info,
			"rewritten as a whole: its YAML has no place for the change, so quotes and blank lines may differ"))
	case edit.Uncommented:
		*results = append(*results, reencoded(o.kube, fn.Info, "the comments in and beside the removed lines are removed, too"))
	}
	shift := o.start - o.indent
	made := make([]Change, 0, len(changes))
	for _, c := range changes {
		c.Start, c.End = max(c.Start+shift, o.start), c.End+shift
		made = append(made, Change{c, o.kube})
	}
	return made, nil
}

// This tag marks the results about the encoding of an object.
const (
	checkTag      = "check"
	checkEncoding = "encoding"
)

// reencoded returns a result about the encoding of an object.
func reencoded(o *fn.KubeObject, severity fn.Severity, message string) *fn.Result {
	return &fn.Result{
		Message:  message,
		Severity: severity,
		ResourceRef: &fn.ResourceRef{
			APIVersion: o.GetAPIVersion(), Kind: o.GetKind(), Name: o.GetName(), Namespace: o.GetNamespace(),
		},
		Tags: map[string]string{checkTag: checkEncoding},
	}
}

// KubeObject returns n, a resolved mapping, as the SDK's type. The result uses n itself,
// not a copy.
func KubeObject(n *yaml.Node) *fn.KubeObject {
	var rl fn.ResourceList
	never := func(_, _ *fn.KubeObject) bool { return false }
	if err := rl.UpsertObjectToItems(n, never, false); err != nil {
		panic(fmt.Sprintf("the SDK takes any *yaml.Node: %v", err))
	}
	return rl.Items[0]
}
