// SPDX-License-Identifier: Apache-2.0

// Package wire runs a [fn.ResourceListProcessor] on the bytes of a ResourceList
// or of a stream of manifests, as the SDK's own fn.Run does, but writes back the
// bytes that came in wherever the processor changed nothing. It promises:
//
//   - Objects that the processor left as they were, what stands between them, the
//     order, unknown fields, comments and line endings come out byte for byte.
//   - An object that it changed is rewritten by package edit, and keeps what edit
//     promises. One that had to be encoded anew is named in a result.
//   - New objects come after the others. Results replace those that came in.
//   - If the processor fails, no object changes: a ResourceList comes out as it
//     came in, with the results; of a stream nothing comes out.
//   - Results that came in are handed to the processor, so running a processor
//     on its own output changes nothing if the processor does the same.
//
// The processor sees a sparse list: the first object, by which it may tell who
// calls, and those whose bytes pass a test. The test is made for the
// functionConfig, and must accept every object that the processor would read,
// change or mention. The processor may change these objects and add others. It may
// not remove or reorder them, and what it does to the functionConfig is not
// written.
//
// The package knows ResourceLists, and nothing of what processors do.
package wire

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"calico-pull-secrets/internal/edit"
)

// An Outcome is what became of an input.
type Outcome struct {
	// Output is what belongs on stdout, in pieces that share the memory of the
	// input. Empty if a stream of manifests failed.
	Output [][]byte
	// Results are those of the processor, and what edit has to say.
	Results fn.Results
	// OK is false if the processor failed, or an object cannot be rewritten.
	OK bool
	// ResourceList is true if the input was one, false for a stream of manifests.
	ResourceList bool
}

// An Interest tells of the bytes of an object whether a processor has to see it,
// given the functionConfig, which is empty for manifests.
type Interest func(config *fn.KubeObject) func(object []byte) bool

// Transform runs processor on input, and shows it what is of interest.
//
// The error says that input is neither a ResourceList nor Kubernetes manifests,
// or is not valid YAML; then there is nothing to write to stdout. It quotes
// nothing of the input.
func Transform(input []byte, processor fn.ResourceListProcessor, interest Interest) (Outcome, error) {
	return transform(input, processor, interest, read)
}

// A reader finds out which form a text has.
type reader func(body []byte, interest Interest) (document, error)

func transform(input []byte, processor fn.ResourceListProcessor, interest Interest, read reader) (outcome Outcome, err error) {
	defer recovered(&err)
	body := bytes.TrimPrefix(input, byteOrderMark)
	if len(bytes.TrimSpace(body)) == 0 {
		return Outcome{}, errors.New("input is empty: it should be a ResourceList or Kubernetes manifests")
	}
	doc, err := read(body, interest)
	if err != nil {
		return Outcome{}, err
	}
	outcome = run(doc, processor)
	if len(body) < len(input) && len(outcome.Output) > 0 {
		outcome.Output = slices.Insert(outcome.Output, 0, byteOrderMark)
	}
	return outcome, nil
}

// recovered makes a panic an error that says nothing of what it was about.
func recovered(err *error) {
	if recover() != nil {
		*err = errors.New("internal error, please report it with the kinds of objects in the input")
	}
}

var byteOrderMark = []byte("\uFEFF")

// A document is one of the forms that an input has.
type document interface {
	// list returns what the processor gets to see.
	list() *fn.ResourceList
	// write returns the input with its objects as they now are, the added ones
	// and the results.
	write(added []*yaml.Node, results *fn.Results) ([][]byte, error)
	// fail returns what is to be written if the processor failed.
	fail(results fn.Results) [][]byte
	isResourceList() bool
}

// read finds out which form body has. A list in the form that orchestrators write
// is read without parsing what does not matter. For all else the parser decides.
func read(body []byte, interest Interest) (document, error) {
	if list, ok := indexList(body, interest); ok {
		return list, nil
	}
	return parse(body, interest)
}

// parse finds out which form body has with the parser alone.
func parse(body []byte, interest Interest) (document, error) {
	if !utf8.Valid(body) {
		return nil, errors.New("input is not valid UTF-8")
	}
	text := edit.NewText(body)
	parts := split(text)
	if countDocuments(text, parts) == 1 && bytes.Contains(body, []byte("ResourceList")) {
		root, err := edit.Parse(body)
		if err != nil {
			return nil, err
		}
		if stringOf(root, "kind") == "ResourceList" {
			return readList(text, body, root, interest)
		}
	}
	return readStream(text, body, parts, interest(fn.NewEmptyKubeObject()))
}

// run hands the objects of doc to processor and writes what becomes of them.
func run(doc document, processor fn.ResourceListProcessor) Outcome {
	rl := doc.list()
	before := slices.Clone(rl.Items)
	earlier := takeEncoded(rl)

	ok, err := processor.Process(rl)
	rl.LogResult(err)
	outcome := Outcome{Results: rl.Results, ResourceList: doc.isResourceList()}
	if !ok || err != nil {
		outcome.Output = doc.fail(rl.Results)
		return outcome
	}
	added, err := addedTo(before, rl.Items)
	if err == nil {
		rl.Results = append(rl.Results, earlier...)
		outcome.Output, err = doc.write(added, &rl.Results)
	}
	if err != nil {
		rl.LogResult(err)
		outcome.Output = doc.fail(rl.Results)
	}
	outcome.Results, outcome.OK = rl.Results, err == nil
	return outcome
}

// takeEncoded takes what an earlier run said of objects that it encoded anew out
// of the results. That stays so, and a run that changes nothing repeats it.
func takeEncoded(rl *fn.ResourceList) (taken fn.Results) {
	rl.Results = slices.DeleteFunc(rl.Results, func(r *fn.Result) bool {
		if r.Tags[checkTag] == checkEncoding {
			taken = append(taken, r)
		}
		return r.Tags[checkTag] == checkEncoding
	})
	return taken
}

// addedTo returns the objects that after has behind those of before.
func addedTo(before, after []*fn.KubeObject) ([]*yaml.Node, error) {
	if len(after) < len(before) {
		return nil, errors.New("the processor removed an object")
	}
	for i := range before {
		if before[i] != after[i] {
			return nil, errors.New("the processor removed or reordered objects")
		}
	}
	var added []*yaml.Node
	for _, object := range after[len(before):] {
		node, err := edit.Parse([]byte(object.String()))
		if err != nil {
			return nil, fmt.Errorf("new object: %w", err)
		}
		added = append(added, node)
	}
	return added, nil
}

// canEndLine reports whether text, whose last line has no line break, means the
// same with one. It does not if a literal ends there.
func canEndLine(text []byte, newline string) bool {
	open, err := edit.Parse(text)
	if err != nil {
		return true // nothing that we know the meaning of
	}
	closed, err := edit.Parse(append(bytes.Clone(text), newline...))
	return err == nil && edit.Equal(open, closed)
}

// stringOf returns the string that the mapping n has under key, empty if there
// is none.
func stringOf(n *yaml.Node, key string) string {
	if v := valueOf(n, key); v != nil && v.Kind == yaml.ScalarNode && v.ShortTag() == "!!str" {
		return v.Value
	}
	return ""
}

// valueOf returns what the mapping n has under key, nil if there is nothing, or
// no mapping.
func valueOf(n *yaml.Node, key string) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key && n.Content[i].Kind == yaml.ScalarNode {
			return n.Content[i+1]
		}
	}
	return nil
}
