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

// An object is a part of a text that is an object of Kubernetes.
type object struct {
	start, end int        // where it stands in the text
	inside     int        // where that is without the marker of its document
	indent     int        // how far right its first line starts
	line       int        // where that is in a stream, counted from 0
	root       *yaml.Node // what the parser made of it
	tree       *yaml.Node // root, expanded; shared with kube, so it changes with it
	kube       *fn.KubeObject
	value      any // what Distil made of it
	// document is what goes with it in a stream.
	document span
	removed  bool // by the processor
}

// distil keeps of the object what d says.
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

// parseObject returns the object that text[start:end] holds, parsed only. See source.
func parseObject(text []byte, start, end, indent int, scratch *[]byte) (*object, error) {
	o := &object{start: start, end: end, indent: indent}
	var err error
	o.root, err = edit.Parse(o.source(text, scratch))
	return o, err
}

// newObject returns the object that text[start:end] holds, whose first line starts at the
// left, not validated, and nil if that is no mapping. Lines in an error are counted in
// that part. One that is only read is not kept twice.
func newObject(text []byte, start, end int, isRead bool) (*object, error) {
	o, err := parseObject(text, start, end, 0, nil)
	if err != nil || o.root.Kind != yaml.MappingNode {
		return nil, err
	}
	if isRead && !isUnresolved(o.root) { // nothing will be compared with what it was
		o.tree, o.kube = o.root, KubeObject(o.root)
		return o, nil
	}
	return o, o.expand()
}

// ParseObject returns the only object in text. Aliases and merge keys are resolved,
// which the SDK's accessors do not take. The error quotes nothing of text.
func ParseObject(text []byte) (*fn.KubeObject, error) {
	text = bytes.TrimPrefix(text, byteOrderMark)
	o, err := newObject(text, 0, len(text), false)
	if err == nil && o == nil {
		err = errors.New("not a mapping")
	}
	if err == nil {
		err = o.validate()
	}
	if err != nil {
		return nil, err
	}
	return o.kube, nil
}

// Reparsed returns a copy of o, and its node.
func Reparsed(o *fn.KubeObject) (*fn.KubeObject, *yaml.Node, error) {
	text := []byte(o.String())
	again, err := newObject(text, 0, len(text), false)
	if err == nil && again == nil {
		err = errors.New("not a mapping")
	}
	if err != nil {
		return nil, nil, err
	}
	return again.kube, again.tree, nil
}

// expand gives the object its tree.
func (o *object) expand() error {
	tree, err := edit.Expand(o.root)
	if err != nil {
		return err
	}
	o.tree, o.kube = tree, KubeObject(tree)
	return nil
}

// validate returns an error if the object has keys that Kubernetes does not take.
func (o *object) validate() error { return edit.Validate(o.tree) }

// source returns the text of the object as a document of its own, in which
// every character stands in the column that it has in the whole. Where that is not what
// stands there it is in scratch, and only good until that is used again.
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

// until returns the object as it is if the text ends somewhere.
func (o *object) until(end int) *object {
	if o.end <= end {
		return o
	}
	shorter := *o
	shorter.end = end
	return &shorter
}

// changes returns what has to change in text for the object to say what its tree
// says. It adds a result if the object had to be encoded anew. See source.
func (o *object) changes(text []byte, scratch *[]byte, results *fn.Results) ([]Change, error) {
	changes, extent, err := edit.Changes(o.source(text, scratch), o.root, o.tree)
	if err != nil {
		return nil, reencoded(o.kube, fn.Error, err.Error())
	}
	switch extent {
	case edit.Reencoded:
		*results = append(*results, reencoded(o.kube, fn.Info,
			"encoded anew: its YAML left no place for the change, so quoting and blank lines may differ"))
	case edit.Uncommented:
		*results = append(*results, reencoded(o.kube, fn.Info, "comments in and beside what was removed went with it"))
	}
	shift := o.start - o.indent
	made := make([]Change, 0, len(changes))
	for _, c := range changes {
		c.Start, c.End = max(c.Start+shift, o.start), c.End+shift
		made = append(made, Change{c, o.kube})
	}
	return made, nil
}

// The tag of the results on how something is written.
const (
	checkTag      = "check"
	checkEncoding = "encoding"
)

// reencoded returns a result on how an object is written.
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

// KubeObject returns n, a resolved mapping, as the SDK's type, which goes on
// using n itself.
func KubeObject(n *yaml.Node) *fn.KubeObject {
	var rl fn.ResourceList
	never := func(_, _ *fn.KubeObject) bool { return false }
	if err := rl.UpsertObjectToItems(n, never, false); err != nil {
		panic(fmt.Sprintf("the SDK takes any *yaml.Node: %v", err))
	}
	return rl.Items[0]
}
