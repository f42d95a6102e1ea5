// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"slices"
	"strings"
	"sync"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/mapping"
)

// Rest returns the part of an object to keep after the walk: its kind, its names and the
// annotations that matter. With withLabels it also keeps the labels and owners, which the
// selection of targets needs. The lists and pods are in the reading.
func Rest(n *yaml.Node, withLabels bool) *yaml.Node {
	rest := mapping.New()
	for _, key := range []string{"apiVersion", "kind"} {
		if text := mapping.String(n, key); text != "" {
			put(rest, key, shared(text))
		}
	}
	if metadata := mapping.Value(n, "metadata"); metadata != nil {
		keys := []string{"name", "namespace", "uid"}
		if withLabels {
			keys = append(keys, "labels", "ownerReferences")
		}
		kept := pick(metadata, keys...)
		if some := telling(mapping.Value(metadata, "annotations")); len(some.Content) > 0 {
			put(kept, "annotations", some)
		}
		put(rest, "metadata", kept)
	}
	if labels := mapping.At(n, "spec", "template", "metadata", "labels"); withLabels && mapping.Text(labels, "k8s-app") != "" {
		for _, key := range []string{"labels", "metadata", "template"} {
			outer := mapping.New()
			put(outer, key, labels)
			labels = outer
		}
		put(rest, "spec", labels)
	}
	return compact(rest)
}

// pick returns a mapping with some of the keys of n.
func pick(n *yaml.Node, keys ...string) *yaml.Node {
	some := mapping.New()
	for _, key := range keys {
		switch v := mapping.Value(n, key); {
		case v == nil:
		case key == "namespace" && mapping.IsString(v):
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
		n, _ = texts.LoadOrStore(strings.Clone(text), mapping.Scalar(strings.Clone(text)))
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
	some := mapping.New()
	for key, value := range mapping.Entries(annotations) {
		domain, _, _ := strings.Cut(key.Value, "/")
		if key.Value == AllowAnonymous || domain != "kubectl.kubernetes.io" && (strings.HasSuffix(domain, "kubernetes.io") || strings.HasSuffix(domain, "k8s.io")) {
			some.Content = append(some.Content, key, value)
		}
	}
	return some
}
