// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// mergeTag is the tag that the parser gives the merge key of YAML 1.1.
const mergeTag = "!!merge"

const nullTag = "!!null"

// ErrEmpty says that there is no YAML document: nothing but white space and comments.
var ErrEmpty = errors.New("no YAML document")

// A SyntaxError says what the parser refused. It quotes nothing of the source:
// a password that begins with * would otherwise be reported as the name of an
// unknown anchor.
type SyntaxError struct {
	Line    int // counted from 1, sometimes one too low; 0 if the parser does not tell
	Problem string
}

func (e *SyntaxError) Error() string {
	if e.Line == 0 {
		return "not valid YAML: " + e.Problem
	}
	return fmt.Sprintf("not valid YAML near line %d: %s", e.Line, e.Problem)
}

func syntaxError(err error) error {
	problem := strings.TrimPrefix(err.Error(), "yaml: ")
	if strings.Contains(problem, "anchor") {
		problem = "an alias without its anchor (a value that begins with * needs quotes)"
	}
	e := &SyntaxError{Problem: problem}
	if n, _ := fmt.Sscanf(problem, "line %d:", &e.Line); n == 1 {
		_, e.Problem, _ = strings.Cut(problem, ": ")
	}
	return e
}

// Parse returns the root node of the only YAML document in src that is not empty, as
// the parser made it: aliases and merge keys are still there. The error is ErrEmpty, a
// *SyntaxError, or says that there is more than one document.
func Parse(src []byte) (*yaml.Node, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(src))
	var root *yaml.Node
	for {
		var doc yaml.Node
		err := decoder.Decode(&doc)
		switch {
		case errors.Is(err, io.EOF) && root == nil:
			return nil, ErrEmpty
		case errors.Is(err, io.EOF):
			return root, nil
		case err != nil:
			return nil, syntaxError(err)
		case len(doc.Content) != 1 || isNothing(doc.Content[0]): // a marker and nothing behind it
		case root != nil:
			return nil, errors.New("more than one YAML document")
		default:
			root = doc.Content[0]
		}
	}
}

// isNothing reports whether n is a null that is not written.
func isNothing(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Value == "" && n.Style == 0 && n.Anchor == ""
}

// Resolve returns a copy of n in which every alias is replaced by what it
// stands for and every merge key (<<) by the keys it brings in, so that the
// copy reads like a document that never used them. Comments and styles are
// kept.
//
// It is a *SyntaxError if a key of a mapping is not a scalar or is there twice,
// if an anchor contains itself, or if aliases and merge keys bring in more than
// 100,000 nodes: no Kubernetes manifest does, a YAML bomb does.
func Resolve(n *yaml.Node) (*yaml.Node, error) {
	return newResolver(count(n)).copy(n)
}

type resolver struct {
	left int                 // how many more nodes may be made
	open map[*yaml.Node]bool // anchors that are being expanded
}

// newResolver returns a resolver for a tree of so many nodes.
func newResolver(nodes int) *resolver {
	const most = 100_000
	return &resolver{left: nodes + most, open: map[*yaml.Node]bool{}}
}

func (r *resolver) copy(n *yaml.Node) (*yaml.Node, error) {
	if n.Kind == yaml.AliasNode {
		target := n.Alias
		if r.open[target] {
			return nil, &SyntaxError{Line: n.Line, Problem: "an anchor that contains itself"}
		}
		r.open[target] = true
		defer delete(r.open, target)
		return r.copy(target)
	}
	if err := r.count(1); err != nil {
		return nil, err
	}
	c := *n
	c.Anchor, c.Alias, c.Content = "", nil, nil
	switch n.Kind {
	case yaml.SequenceNode:
		for _, child := range n.Content {
			e, err := r.copy(child)
			if err != nil {
				return nil, err
			}
			c.Content = append(c.Content, e)
		}
	case yaml.MappingNode:
		pairs, err := r.pairs(n)
		if err != nil {
			return nil, err
		}
		c.Content = pairs
	}
	return &c, nil
}

func (r *resolver) count(nodes int) error {
	if r.left -= nodes; r.left < 0 {
		return &SyntaxError{Problem: "aliases expand to too many nodes"}
	}
	return nil
}

// pairs returns the resolved entries of the mapping n, keys and values in
// turn: its own in their order, then what its merge keys bring in.
func (r *resolver) pairs(n *yaml.Node) ([]*yaml.Node, error) {
	pairs := make([]*yaml.Node, 0, len(n.Content))
	merges := false
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Tag == mergeTag {
			merges = true
			continue
		}
		key, err := r.copy(n.Content[i])
		if err != nil {
			return nil, err
		}
		if key.Kind != yaml.ScalarNode {
			return nil, &SyntaxError{Line: n.Content[i].Line, Problem: "a mapping key that is not a scalar"}
		}
		value, err := r.copy(n.Content[i+1])
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, key, value)
	}
	if line := duplicateKey(pairs); line > 0 {
		return nil, &SyntaxError{Line: line, Problem: "the same mapping key twice"}
	}
	if !merges {
		return pairs, nil
	}
	own := map[string]bool{}
	for i := 0; i < len(pairs); i += 2 {
		own[keyOf(pairs[i])] = true
	}
	merged, err := r.merged(n, own)
	return append(pairs, merged...), err
}

// duplicateKey returns the line of the first key that is there twice, 0 if none.
func duplicateKey(pairs []*yaml.Node) int {
	const few = 16 // keys that are compared faster than looked up
	if len(pairs) > 2*few {
		seen := make(map[string]bool, len(pairs)/2)
		for i := 0; i < len(pairs); i += 2 {
			key := keyOf(pairs[i])
			if seen[key] {
				return pairs[i].Line
			}
			seen[key] = true
		}
		return 0
	}
	for i := 2; i < len(pairs); i += 2 {
		for j := 0; j < i; j += 2 {
			if equalScalars(pairs[i], pairs[j]) {
				return pairs[i].Line
			}
		}
	}
	return 0
}

// merged returns the entries that the merge keys of the mapping n bring in. An
// own key wins over a merged one, and an earlier merged one over a later, as
// https://yaml.org/type/merge.html says.
func (r *resolver) merged(n *yaml.Node, own map[string]bool) ([]*yaml.Node, error) {
	var pairs []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Tag != mergeTag {
			continue
		}
		value, err := r.copy(n.Content[i+1])
		if err != nil {
			return nil, err
		}
		sources := []*yaml.Node{value}
		if value.Kind == yaml.SequenceNode {
			sources = value.Content
		}
		for _, source := range sources {
			if source.Kind != yaml.MappingNode {
				return nil, &SyntaxError{Line: n.Content[i].Line, Problem: "a merge key (<<) without a mapping"}
			}
			if err := r.count(len(source.Content)); err != nil {
				return nil, err
			}
			for j := 0; j+1 < len(source.Content); j += 2 {
				if k := keyOf(source.Content[j]); !own[k] {
					own[k] = true
					pairs = append(pairs, source.Content[j], source.Content[j+1])
				}
			}
		}
	}
	return pairs, nil
}

// isResolved reports whether n has neither aliases nor merge keys.
func isResolved(n *yaml.Node) bool {
	if n.Kind == yaml.AliasNode || n.Tag == mergeTag {
		return false
	}
	for _, child := range n.Content {
		if !isResolved(child) {
			return false
		}
	}
	return true
}

// keyOf identifies a scalar among the keys of one mapping.
func keyOf(n *yaml.Node) string {
	tag := n.ShortTag()
	if tag == nullTag { // however it is written
		return tag
	}
	return tag + "\x00" + n.Value
}

func count(n *yaml.Node) int {
	sum := 1
	for _, child := range n.Content {
		sum += count(child)
	}
	return sum
}

// Equal reports whether two resolved trees mean the same: the same scalars with
// the same types, sequences in the same order, mappings with the same entries in
// any order. Comments, quoting, flow or block style do not count. Trees in which
// a key is there twice are equal to none, but to those that have it in the same place.
func Equal(a, b *yaml.Node) bool {
	if a.Kind != b.Kind || len(a.Content) != len(b.Content) {
		return false
	}
	switch a.Kind {
	case yaml.ScalarNode:
		return equalScalars(a, b)
	case yaml.SequenceNode:
		for i := range a.Content {
			if !Equal(a.Content[i], b.Content[i]) {
				return false
			}
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(a.Content); i += 2 {
			if !equalScalars(a.Content[i], b.Content[i]) {
				return equalInAnyOrder(a, b)
			}
		}
		for i := 1; i < len(a.Content); i += 2 {
			if !Equal(a.Content[i], b.Content[i]) {
				return false
			}
		}
	}
	return true
}

func equalScalars(a, b *yaml.Node) bool {
	tag := a.ShortTag()
	return a.Kind == b.Kind && tag == b.ShortTag() && (a.Value == b.Value || tag == nullTag)
}

// equalInAnyOrder compares mappings of the same size.
func equalInAnyOrder(a, b *yaml.Node) bool {
	in, of := valuesByKey(a), valuesByKey(b)
	if len(in)*2 != len(a.Content) || len(of)*2 != len(b.Content) {
		return false
	}
	for key, value := range in {
		other, ok := of[key]
		if !ok || !Equal(value, other) {
			return false
		}
	}
	return true
}

func valuesByKey(mapping *yaml.Node) map[string]*yaml.Node {
	values := make(map[string]*yaml.Node, len(mapping.Content)/2)
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		values[keyOf(mapping.Content[i])] = mapping.Content[i+1]
	}
	return values
}
