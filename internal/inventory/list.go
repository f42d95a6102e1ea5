// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"fmt"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/mapping"
)

// A List is a list of pull Secrets.
type List struct {
	Names   []string // in their order; empty for an entry without a name
	Problem string   // what is wrong with the list, empty if it is right
	IsSet   bool     // there is a value other than null; it may be no list
}

const notAListOfReferences = "not a list"

// IsNone reports whether the value is no list at all.
func (l List) IsNone() bool { return l.Problem == notAListOfReferences }

// listOf returns the list of pull Secrets in a mapping. No list and null give an empty
// list.
func listOf(holder *yaml.Node) (l List) {
	n := mapping.Value(holder, kinds.ImagePullSecrets)
	switch {
	case mapping.IsNull(n):
		return l
	case n.Kind != yaml.SequenceNode:
		return List{IsSet: true, Problem: notAListOfReferences}
	}
	l.IsSet = true
	for i, entry := range n.Content {
		name := mapping.Value(entry, "name")
		switch {
		case entry.Kind != yaml.MappingNode && l.Problem == "":
			l.Problem = fmt.Sprintf("[%d] is not an object with a name", i)
		case entry.Kind != yaml.MappingNode:
		case mapping.IsNull(name):
			l.Names = append(l.Names, "")
		case mapping.IsString(name):
			l.Names = append(l.Names, name.Value)
		case l.Problem == "":
			l.Problem = fmt.Sprintf("[%d].name is not a string", i)
		}
	}
	return l
}
