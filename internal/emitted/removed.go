// SPDX-License-Identifier: Apache-2.0

package emitted

import (
	"errors"
	"slices"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/mapping"
	"example.com/calico-pull-secrets/internal/secrets"
)

// Removals returns the Secrets or ExternalSecrets with the configured name in the namespaces of the
// targets: each once, in their order. One stays if the settings do not describe it, or if anything
// else than the nodes in going names it. A text that may name it counts, too.
func Removals(s config.Settings, set *secrets.Set, targets []*inventory.Resource, going map[*yaml.Node]bool, texts []Text) (all []*Removed) {
	kind := "Secret"
	if s.External != nil {
		kind = kinds.ExternalSecret
	}
	found := map[*inventory.Resource]bool{}
	add := func(namespace string) {
		for _, r := range set.Alike(inventory.Key{Kind: kind, Namespace: namespace, Name: s.SecretName}) {
			found[r] = true
		}
	}
	if s.Secret != nil && s.Secret.Namespace != "" {
		add(s.Secret.Namespace)
	}
	for _, r := range targets {
		if r.Cluster != 0 {
			continue
		}
		add(r.SecretNamespace())
		if secret := set.Configured(r, s.SecretName); secret != nil && kind == "Secret" {
			found[secret] = true // also one that kustomize renamed
		}
	}
	var names []string
	for r := range found {
		names = append(names, r.Names()...)
	}
	names = finding.Distinct(names)
	mentioning := slices.DeleteFunc(slices.Clone(set.Objects), func(o *inventory.Resource) bool {
		return o.Reading.IsList || o.GVK.Kind == config.Kind || !mentions(o.Node, names, going)
	})
	for _, r := range set.All {
		if found[r] && r.Cluster == 0 {
			all = append(all, &Removed{r, set.Set, whyItStays(s, mentioning, r, going, texts)})
		}
	}
	return all
}

// whyItStays returns why the program keeps a Secret, empty if it removes it. mentioning are the objects
// that mention one of the Secrets.
func whyItStays(s config.Settings, mentioning []*inventory.Resource, r *inventory.Resource, going map[*yaml.Node]bool, texts []Text) string {
	switch {
	case s.Secret == nil && s.External == nil:
		return "the settings have no secret, so the program must not remove it"
	case r.GVK.Kind == "Secret" && r.TextAt("type") != secrets.Type:
		return "it has " + finding.ShowSecretType(r.TextAt("type")) + ", so it is no pull Secret"
	}
	for _, o := range mentioning {
		isHere := o.GetNamespace() == r.GetNamespace() || o.GetNamespace() == "" || o.SecretNamespace() == r.GetNamespace()
		if o == r || o.Cluster != r.Cluster {
			continue
		}
		if isHere && mentions(o.Node, r.Names(), going) {
			return o.String() + " names it, too"
		}
		if !isHere {
			if how := mentionsFrom(o.Node, r.Names(), r.GetNamespace(), going); how != "" {
				return o.String() + " " + how + " it, too"
			}
		}
	}
	for _, t := range texts {
		if t.mayName(r.Names()) {
			return t.Name + " may name it, too"
		}
	}
	return ""
}

// A Removed is a Secret or an ExternalSecret that mode remove may take away.
type Removed struct {
	*inventory.Resource
	set   *inventory.Set
	stays string // why it stays, empty if it goes
}

func (o *Removed) Subject() *inventory.Resource { return o.Resource }

// IsDone reports whether the object stays.
func (o *Removed) IsDone() bool { return o.stays != "" }

// Missing returns what mode check reports on an object that goes.
func (o *Removed) Missing() finding.List {
	return finding.List{o.Finding(finding.Secret, fn.Error, "", "is still among the resources")}
}

// Apply removes the object from the list, or from the List around it. It also removes a List that
// is then empty.
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
		items := mapping.Value(outer.Node, "items")
		if mapping.IsNull(items) {
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
