// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/kinds"
)

// Holder returns the mapping at a path of r. The path has elements as in results, such as
// "replicatedJobs[0]". If make is set, Holder creates mappings that are missing or null.
// It returns nil if there is no mapping, or if another value is in the way.
func (r *Resource) Holder(fields []string, make bool) *yaml.Node {
	n := r.Node
	for _, field := range fields {
		if n.Kind != yaml.MappingNode {
			return nil
		}
		below := at(n, field)
		if make && (below == nil || isNull(below)) {
			below = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
			SetKey(n, field, below)
		}
		if n = below; n == nil {
			return nil
		}
	}
	if n.Kind != yaml.MappingNode {
		return nil
	}
	return n
}

// at returns the value of a field of a mapping, with its elements. It returns nil if
// there is none.
func at(n *yaml.Node, field string) *yaml.Node {
	if found := value(n, field); found != nil || !strings.HasSuffix(field, "]") {
		return found
	}
	key, elements, _ := strings.Cut(field, "[")
	n = value(n, key)
	for index := range strings.SplitSeq(strings.TrimSuffix(elements, "]"), "][") {
		i, err := strconv.Atoi(index)
		if err != nil || n == nil || n.Kind != yaml.SequenceNode || i < 0 || i >= len(n.Content) {
			return nil
		}
		n = n.Content[i]
	}
	return n
}

// Value returns the value of a key of a mapping. It returns nil if there is none, or if
// it is null.
func Value(n *yaml.Node, key string) *yaml.Node {
	if v := value(n, key); v != nil && !isNull(v) {
		return v
	}
	return nil
}

// SetKey sets the value of a key of a mapping. A nil value removes the key.
func SetKey(n *yaml.Node, key string, v *yaml.Node) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		switch {
		case n.Content[i].Value != key:
			continue
		case v == nil:
			n.Content = append(n.Content[:i:i], n.Content[i+2:]...)
		default:
			n.Content[i+1] = v
		}
		return
	}
	if v != nil {
		n.Content = append(n.Content, Scalar(key), v)
	}
}

// Scalar returns a string node with the text.
func Scalar(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
}

// AddNames appends entries with the names to the list of pull Secrets in holder. It
// creates the list if there is none.
func AddNames(holder *yaml.Node, names []string) {
	list := Value(holder, kinds.ImagePullSecrets)
	if list == nil {
		list = &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		SetKey(holder, kinds.ImagePullSecrets, list)
	}
	for _, name := range names {
		list.Content = append(list.Content, &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*yaml.Node{Scalar("name"), Scalar(name)}})
	}
}

// RemoveEntries removes entries from the list of pull Secrets in holder. It removes the
// list, too, if no entry is left.
func RemoveEntries(holder *yaml.Node, entries []*yaml.Node) {
	list := Value(holder, kinds.ImagePullSecrets)
	list.Content = slices.DeleteFunc(list.Content, func(n *yaml.Node) bool { return slices.Contains(entries, n) })
	if len(list.Content) == 0 {
		SetKey(holder, kinds.ImagePullSecrets, nil)
	}
}
