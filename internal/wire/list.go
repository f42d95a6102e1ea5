// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"errors"
	"fmt"
	"slices"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"calico-pull-secrets/internal/edit"
)

const defaultAPIVersion = "config.kubernetes.io/v1"

// readList returns the ResourceList whose parsed root is given. Its items are
// taken out one by one where the text allows it, and the whole of it is
// rewritten as one object where it does not: a list in flow style or JSON, one
// without items, anchors that reach from one item into another.
func readList(text *edit.Text, input []byte, root *yaml.Node, interest Interest) (document, error) {
	if list, ok := readBlockList(text, input, root, interest); ok {
		return list, nil
	}
	tree, err := edit.Resolve(root)
	if err != nil {
		return nil, err
	}
	items := valueOf(tree, "items")
	switch {
	case items == nil:
		return nil, errors.New("ResourceList has no items")
	case items.Kind == yaml.ScalarNode && items.ShortTag() == "!!null": // as if it were []
	case items.Kind != yaml.SequenceNode:
		return nil, errors.New("ResourceList: items is not a list")
	}
	for i, item := range items.Content {
		if item.Kind != yaml.MappingNode {
			return nil, fmt.Errorf("ResourceList: items[%d] is not an object", i)
		}
	}
	h, err := readHeader(input, tree)
	if err != nil {
		return nil, err
	}
	return &wholeList{header: h, root: root, tree: tree, items: items}, nil
}

// readHeader returns what the ResourceList has that the mapping root is: a
// resolved tree, or one of which the parser made functionConfig and results.
func readHeader(input []byte, root *yaml.Node) (header, error) {
	h := header{input: input, config: fn.NewEmptyKubeObject()}
	if config := valueOf(root, "functionConfig"); config != nil && config.ShortTag() != "!!null" {
		if config.Kind != yaml.MappingNode {
			return h, errors.New("ResourceList: functionConfig is not an object")
		}
		tree, err := edit.Resolve(config)
		if err != nil {
			return h, fmt.Errorf("functionConfig: %w", err)
		}
		h.config = kubeObject(tree)
	}
	if results := valueOf(root, "results"); results != nil {
		if err := results.Decode(&h.results); err != nil || slices.Contains(h.results, nil) {
			return h, errors.New("ResourceList: results is not a list of results")
		}
	}
	return h, nil
}

// A header is what a ResourceList has beside its items.
type header struct {
	input   []byte
	config  *fn.KubeObject
	results fn.Results // that came in
}

func (h header) isResourceList() bool { return true }

// listOf returns the ResourceList with the given items. Its results are a copy.
func (h header) listOf(items []*fn.KubeObject) *fn.ResourceList {
	return &fn.ResourceList{
		Items:          items,
		FunctionConfig: h.config,
		Results:        append(fn.Results(nil), h.results...),
	}
}

// resultsNode returns results as a YAML sequence, nil if there are none.
func resultsNode(results fn.Results) (*yaml.Node, error) {
	if len(results) == 0 {
		return nil, nil
	}
	var n yaml.Node
	if err := n.Encode(results); err != nil {
		return nil, errors.New("results cannot be written as YAML")
	}
	return &n, nil
}
