// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"strings"
	"sync"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Rest returns what has to stay of an object once it has been read: what it is called and
// who made it, and its labels if something is selected by them. Its lists and pods are in
// the reading.
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
			if some := orchestrators(annotations); len(some.Content) > 0 {
				put(kept, "annotations", some)
			}
		}
		put(rest, "metadata", kept)
	}
	if labels := lookup(n, []string{"spec", "template", "metadata", "labels"}); withLabels && labels != nil && text(labels, "k8s-app") != "" {
		labels = copyOf(labels)
		for _, key := range []string{"labels", "metadata", "template"} {
			outer := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
			put(outer, key, labels)
			labels = outer
		}
		put(rest, "spec", labels)
	}
	return rest
}

// pick returns a mapping with some of the keys of n.
func pick(n *yaml.Node, keys ...string) *yaml.Node {
	some := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for _, key := range keys {
		if v := value(n, key); v != nil {
			put(some, key, copyOf(v))
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

// shared returns a node for a text that thousands of objects have. Nobody changes it.
func shared(text string) *yaml.Node {
	n, found := texts.Load(text)
	if !found {
		n, _ = texts.LoadOrStore(strings.Clone(text), &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: strings.Clone(text)})
	}
	return n.(*yaml.Node)
}

var texts sync.Map

// copyOf returns a copy of n: the nodes of a tree may share memory, which must not stay for
// a few of them.
func copyOf(n *yaml.Node) *yaml.Node {
	c := &yaml.Node{Kind: n.Kind, Style: n.Style, Tag: n.Tag, Value: n.Value, Line: n.Line, Column: n.Column}
	for _, child := range n.Content {
		c.Content = append(c.Content, copyOf(child))
	}
	return c
}

// orchestrators returns those of the annotations that say something to orchestrators and
// the API server.
func orchestrators(annotations *yaml.Node) *yaml.Node {
	some := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for i := 0; i+1 < len(annotations.Content); i += 2 {
		domain, _, _ := strings.Cut(annotations.Content[i].Value, "/")
		if domain != "kubectl.kubernetes.io" && (strings.HasSuffix(domain, "kubernetes.io") || strings.HasSuffix(domain, "k8s.io")) {
			some.Content = append(some.Content, copyOf(annotations.Content[i]), copyOf(annotations.Content[i+1]))
		}
	}
	return some
}
