// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Resolve is Expand for callers that interpret the tree. It also returns the errors of
// Validate.
func Resolve(n *yaml.Node) (*yaml.Node, error) {
	if err := Validate(n); err != nil {
		return nil, err
	}
	return Expand(n)
}

// Expand returns a copy of n without aliases, merge keys and foreign tags, as if the
// document never used them. It replaces every alias by its target, and every merge key
// (<<) by the keys that it adds. It replaces every tag that is not YAML's own by the tag
// of a string, a mapping or a sequence. Comments and styles stay. Keys that are not
// scalars, or that occur twice, stay as they are. A key is there twice, too, if a merge key
// below it adds it with another value: kubectl takes that value, kustomize the one above.
//
// It returns a *SyntaxError if an anchor contains itself. It does so, too, if aliases and
// merge keys add more than 100,000 nodes: a YAML bomb does that, a Kubernetes manifest
// does not.
func Expand(n *yaml.Node) (*yaml.Node, error) {
	nodes := count(n)
	r := newResolver(nodes)
	r.room = make([]yaml.Node, nodes)
	return r.copy(n)
}

type resolver struct {
	left int                 // how many more nodes it may make
	room []yaml.Node         // memory for the next nodes
	open map[*yaml.Node]bool // the anchors under expansion
}

// newResolver returns a resolver for a tree with this number of nodes.
func newResolver(nodes int) *resolver {
	const most = 100_000
	return &resolver{left: nodes + most, open: map[*yaml.Node]bool{}}
}

// node returns a new node.
func (r *resolver) node() *yaml.Node {
	if len(r.room) == 0 {
		return new(yaml.Node)
	}
	n := &r.room[0]
	r.room = r.room[1:]
	return n
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
	c := r.node()
	c.Kind = n.Kind // writing before reading saves one page fault
	*c = *n
	c.Anchor, c.Alias, c.Content = "", nil, nil
	if c.Tag = meantTag(n); c.Tag == strTag || n.Kind != yaml.ScalarNode {
		c.Style &^= yaml.TaggedStyle // a tag on a collection says nothing, and quotes can replace !!str
	}
	switch n.Kind {
	case yaml.SequenceNode:
		c.Content = make([]*yaml.Node, 0, len(n.Content))
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
	return c, nil
}

func (r *resolver) count(nodes int) error {
	if r.left -= nodes; r.left < 0 {
		return &SyntaxError{Problem: "aliases expand to too many nodes"}
	}
	return nil
}

// pairs returns the expanded entries of the mapping n as keys and values, alternating.
// Its own entries come first, in their order. The entries from its merge keys follow.
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
		value, err := r.copy(n.Content[i+1])
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, key, value)
	}
	if !merges {
		return pairs, nil
	}
	own := map[string]entry{}
	for i, j := 0, 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Tag != mergeTag {
			own[keyOf(pairs[j])] = entry{value: pairs[j+1], at: i}
			j += 2
		}
	}
	merged, err := r.merged(n, own)
	return append(pairs, merged...), err
}

// An entry is the value of a key, and the place of the key, or of the merge key that adds it.
type entry struct {
	value *yaml.Node
	at    int
	from  *yaml.Node // the mapping that the merge key names
}

// merged returns the entries that the merge keys of the mapping n add. own has the keys
// that win over them. Of the mappings in one list the earlier wins
// (https://yaml.org/type/merge.html). merged adds its keys to own.
func (r *resolver) merged(n *yaml.Node, own map[string]entry) ([]*yaml.Node, error) {
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
				k, v := keyOf(source.Content[j]), source.Content[j+1]
				if e, is := own[k]; !is || (e.at < i || e.from == source) && !Equal(e.value, v) {
					own[k] = entry{v, i, source}
					pairs = append(pairs, source.Content[j], v)
				}
			}
		}
	}
	return pairs, nil
}

// IsExpanded reports whether n has no aliases and no merge keys.
func IsExpanded(n *yaml.Node) bool {
	return n.Kind != yaml.AliasNode && n.Tag != mergeTag && !slices.ContainsFunc(n.Content, func(child *yaml.Node) bool { return !IsExpanded(child) })
}
