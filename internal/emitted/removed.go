// SPDX-License-Identifier: Apache-2.0

package emitted

import (
	"errors"
	"slices"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
)

// Mentions reports whether a text in n is one of the names, but for what the object itself is
// called and for what is going.
func Mentions(n *yaml.Node, names []string, going map[*yaml.Node]bool) bool {
	if going[n] {
		return false
	}
	if n.Kind == yaml.ScalarNode {
		return slices.Contains(names, n.Value)
	}
	for i, child := range n.Content {
		if n.Kind == yaml.MappingNode && (i%2 == 0 || n.Content[i-1].Value == "metadata") {
			continue
		}
		if Mentions(child, names, going) {
			return true
		}
	}
	return false
}

// A Removed is a Secret or an ExternalSecret that is to go.
type Removed struct {
	*inventory.Resource
	set   *inventory.Set
	stays string // why, empty if it goes
}

// NewRemoved returns the object of a set, and why it stays, empty if it goes.
func NewRemoved(r *inventory.Resource, set *inventory.Set, stays string) *Removed {
	return &Removed{r, set, stays}
}

func (o *Removed) Subject() *inventory.Resource { return o.Resource }

// IsDone reports whether the object stays.
func (o *Removed) IsDone() bool { return o.stays != "" }

// Missing returns what mode check says of an object that goes.
func (o *Removed) Missing() finding.List {
	return finding.List{o.Finding(finding.Secret, fn.Error, "", "is still among the resources")}
}

// Apply takes the object out of the list, or out of the List that it is in, and that if it has
// nothing left.
func (o *Removed) Apply(rl *fn.ResourceList) error {
	if o.IsDone() {
		return nil
	}
	r := o.Resource
	for {
		if r.Reading.Within == nil {
			rl.Items = slices.DeleteFunc(rl.Items, func(item *fn.KubeObject) bool { return item == r.Item })
			return nil
		}
		i := slices.IndexFunc(o.set.Objects, func(outer *inventory.Resource) bool { return outer.Reading == r.Reading.Within })
		outer := o.set.Objects[i]
		items := inventory.Value(outer.Node, "items")
		if items == nil {
			return errors.New("is in no List")
		}
		node := r.Node
		items.Content = slices.DeleteFunc(items.Content, func(n *yaml.Node) bool { return n == node })
		if len(items.Content) > 0 {
			return nil
		}
		r = outer
	}
}

// State returns why the object stays.
func (o *Removed) State() finding.List {
	if o.stays == "" {
		return nil
	}
	return finding.List{o.Finding(finding.Secret, fn.Info, "", "stays: %s", o.stays)}
}
