// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/mapping"
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
		if make && mapping.IsNull(below) {
			below = mapping.New()
			mapping.Set(n, field, below)
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
	if found := mapping.Value(n, field); found != nil || !strings.HasSuffix(field, "]") {
		return found
	}
	key, elements, _ := strings.Cut(field, "[")
	n = mapping.Value(n, key)
	for index := range strings.SplitSeq(strings.TrimSuffix(elements, "]"), "][") {
		i, err := strconv.Atoi(index)
		if err != nil || n == nil || n.Kind != yaml.SequenceNode || i < 0 || i >= len(n.Content) {
			return nil
		}
		n = n.Content[i]
	}
	return n
}

// AddNames appends entries with the names to the list of pull Secrets in holder. It
// creates the list if there is none.
func AddNames(holder *yaml.Node, names []string) {
	list := mapping.Value(holder, kinds.ImagePullSecrets)
	if mapping.IsNull(list) {
		list = mapping.List()
		mapping.Set(holder, kinds.ImagePullSecrets, list)
	}
	for _, name := range names {
		list.Content = append(list.Content, mapping.New(mapping.Scalar("name"), mapping.Scalar(name)))
	}
}

// RemoveEntries removes entries from the list of pull Secrets in holder. It removes the
// list, too, if no entry is left.
func RemoveEntries(holder *yaml.Node, entries []*yaml.Node) {
	list := mapping.Value(holder, kinds.ImagePullSecrets)
	list.Content = slices.DeleteFunc(list.Content, func(n *yaml.Node) bool { return slices.Contains(entries, n) })
	if len(list.Content) == 0 {
		mapping.Set(holder, kinds.ImagePullSecrets, nil)
	}
}
