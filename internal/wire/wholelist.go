// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"reflect"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"calico-pull-secrets/internal/edit"
)

// A wholeList is a ResourceList that is rewritten as one object.
type wholeList struct {
	header
	root, tree, items *yaml.Node
}

func (l *wholeList) list() *fn.ResourceList {
	var items []*fn.KubeObject
	for _, item := range l.items.Content {
		items = append(items, kubeObject(item))
	}
	return l.listOf(items)
}

func (l *wholeList) write(added []*yaml.Node, results *fn.Results) ([][]byte, error) {
	if len(added) > 0 {
		*l.items = yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Style: l.items.Style, Content: append(l.items.Content, added...)}
	}
	out, extent, err := l.rewrite(l.tree, *results)
	if err == nil && extent == edit.Anew {
		*results = append(*results, &fn.Result{
			Message:  "the whole ResourceList is encoded anew: its YAML left no place for the change",
			Severity: fn.Info,
			Tags:     map[string]string{checkTag: checkEncoding},
		})
		out, _, err = l.rewrite(l.tree, *results)
	}
	return [][]byte{out}, err
}

func (l *wholeList) fail(results fn.Results) [][]byte {
	received, err := edit.Resolve(l.root)
	if err != nil {
		return [][]byte{l.input}
	}
	out, _, err := l.rewrite(received, results)
	if err != nil {
		return [][]byte{l.input}
	}
	return [][]byte{out}
}

func (l *wholeList) rewrite(tree *yaml.Node, results fn.Results) ([]byte, edit.Extent, error) {
	n, err := resultsNode(results)
	if err != nil {
		return nil, edit.Nothing, err
	}
	if !reflect.DeepEqual(results, l.results) {
		set(tree, "results", n)
	}
	if valueOf(tree, "apiVersion") == nil {
		set(tree, "apiVersion", &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: defaultAPIVersion})
		if out, extent, err := edit.Rewrite(l.input, tree); err == nil {
			return out, extent, nil
		}
		set(tree, "apiVersion", nil) // better without than not at all
	}
	return edit.Rewrite(l.input, tree)
}

// set makes value what the mapping n has under key; nil removes the key.
func set(n *yaml.Node, key string, value *yaml.Node) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value != key {
			continue
		}
		if value == nil {
			n.Content = append(n.Content[:i:i], n.Content[i+2:]...)
		} else {
			n.Content[i+1] = value
		}
		return
	}
	if value != nil {
		n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key}, value)
	}
}
