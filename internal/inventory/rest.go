// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"slices"
	"strings"
	"sync"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Rest returns the part of an object to keep after the walk: its kind, its names and the
// annotations that matter. With withLabels it also keeps the labels and owners, which the
// selection of targets needs. The lists and pods are in the reading.
func Rest(n *yaml.Node, withLabels bool) *yaml.Node {
	rest := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for _, key := range []string{"apiVersion", "kind"} {
		if text(n, key) != "" && value(n, key).ShortTag() == "!!str" {
			put(rest, key, shared(text(n, key)))
		}
	}
	if metadata := value(n, "metadata"); metadata != nil {
		keys := []string{"name", "namespace", "uid"}
		if withLabels {
			keys = append(keys, "labels", "ownerReferences")
		}
		kept := pick(metadata, keys...)
		if annotations := value(metadata, "annotations"); annotations != nil && annotations.Kind == yaml.MappingNode {
			if some := telling(annotations); len(some.Content) > 0 {
				put(kept, "annotations", some)
			}
		}
		put(rest, "metadata", kept)
	}
	if labels := lookup(n, []string{"spec", "template", "metadata", "labels"}); withLabels && labels != nil && text(labels, "k8s-app") != "" {
		for _, key := range []string{"labels", "metadata", "template"} {
			outer := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
			put(outer, key, labels)
			labels = outer
		}
		put(rest, "spec", labels)
	}
	return compact(rest)
}

// pick returns a mapping with some of the keys of n.
func pick(n *yaml.Node, keys ...string) *yaml.Node {
	some := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for _, key := range keys {
		switch v := value(n, key); {
		case v == nil:
		case key == "namespace" && v.Kind == yaml.ScalarNode && v.ShortTag() == "!!str":
			put(some, key, shared(v.Value))
		default:
			put(some, key, v)
		}
	}
	return some
}

func put(n *yaml.Node, key string, v *yaml.Node) {
	if n.Content == nil {
		n.Content = make([]*yaml.Node, 0, 6)
	}
	n.Content = append(n.Content, shared(key), v)
}

// shared returns one node for a text that thousands of objects have. The node has no
// place, and nobody may change it.
func shared(text string) *yaml.Node {
	n, found := texts.Load(text)
	if !found {
		n, _ = texts.LoadOrStore(strings.Clone(text), &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: strings.Clone(text)})
	}
	return n.(*yaml.Node)
}

var texts sync.Map

func isShared(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Line == 0 }

// compact returns a copy of n with all nodes side by side. Otherwise each node would keep
// the memory of its old neighbours in use.
func compact(n *yaml.Node) *yaml.Node {
	nodes, children := size(n)
	m := memory{make([]yaml.Node, 0, nodes), make([]*yaml.Node, 0, children)}
	return m.copy(n)
}

// size returns the number of nodes in n, and the number of references to nodes.
func size(n *yaml.Node) (nodes, children int) {
	if isShared(n) {
		return 0, 0
	}
	nodes, children = 1, len(n.Content)
	for _, child := range n.Content {
		moreNodes, moreChildren := size(child)
		nodes, children = nodes+moreNodes, children+moreChildren
	}
	return nodes, children
}

// A memory has room for all nodes of a tree and never grows.
type memory struct {
	nodes    []yaml.Node
	children []*yaml.Node
}

func (m *memory) copy(n *yaml.Node) *yaml.Node {
	if isShared(n) {
		return n
	}
	m.nodes = append(m.nodes, yaml.Node{Kind: n.Kind, Style: n.Style, Tag: n.Tag, Value: n.Value, Line: n.Line, Column: n.Column})
	c := &m.nodes[len(m.nodes)-1]
	start := len(m.children)
	m.children = append(m.children, n.Content...)
	c.Content = slices.Clip(m.children[start:])
	for i, child := range c.Content {
		c.Content[i] = m.copy(child)
	}
	return c
}

// telling returns the annotations that mean something to orchestrators, the API server or
// this program.
func telling(annotations *yaml.Node) *yaml.Node {
	some := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for i := 0; i+1 < len(annotations.Content); i += 2 {
		domain, _, _ := strings.Cut(annotations.Content[i].Value, "/")
		if annotations.Content[i].Value == AllowAnonymous || domain != "kubectl.kubernetes.io" && (strings.HasSuffix(domain, "kubernetes.io") || strings.HasSuffix(domain, "k8s.io")) {
			some.Content = append(some.Content, annotations.Content[i], annotations.Content[i+1])
		}
	}
	return some
}
