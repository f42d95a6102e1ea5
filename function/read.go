// SPDX-License-Identifier: Apache-2.0

package function

import (
	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/prefilter"
	"example.com/calico-pull-secrets/internal/secrets"
	"example.com/calico-pull-secrets/internal/targets"
)

// list returns the objects that matter to the settings. object is the configuration if it did not
// come with the list. If a target is missing, it returns all objects that a message on it may name.
func (r *run) list(s task, object *fn.KubeObject, p config.Problems) (rl *fn.ResourceList, set *secrets.Set, err error) {
	interests := []prefilter.Interest{targets.Interest(s.Settings), targets.Everything(s.Settings)}
	if len(p) > 0 { // only the marks of the caller matter
		interests = []prefilter.Interest{{}}
	}
	about, read := targets.QuestionOf(s.Settings), s.reader(r.in.IsResourceList())
	r.in.Prove(s.Preflight == finding.PolicyStrict)
	if r.isTextless() {
		r.in.Distil(func(tree *yaml.Node) (any, *yaml.Node) { return distilled(read(tree), s.Mode != config.ModeAudit) })
	}
	for i, interest := range interests {
		if rl, err = r.in.List(interest); err != nil {
			return nil, set, err
		}
		if object != nil {
			rl.FunctionConfig = object
		}
		if i == 0 {
			r.unread = r.in.Unread()
		}
		set = secrets.New(inventory.NewSet(rl, about, func(o *fn.KubeObject) []inventory.Object {
			if known, ok := r.in.Value(o).([]inventory.Object); ok {
				return known
			}
			return read(r.in.Tree(o))
		}, r.origin))
		r.set = set
		if s.Mode == config.ModeAudit {
			break
		}
		if _, missing := targets.Select(s.Settings, set.Set); len(missing) == 0 {
			break
		}
	}
	return rl, set, nil
}

// distilled returns the content of an object that stays as it is, and the rest to keep of its tree;
// nil: all. It keeps all of a kind for which later questions need more than an inventory has.
func distilled(read []inventory.Object, withLabels bool) (kept []inventory.Object, rest *yaml.Node) {
	for i := range read {
		if !isKeptWhole(read[i].Reading) {
			read[i].Node = inventory.Rest(read[i].Node, withLabels)
		}
	}
	if isKeptWhole(read[0].Reading) {
		return read, nil
	}
	return read, read[0].Node
}

// isKeptWhole reports whether an object is or becomes a Secret, has pull Secrets for pods, is the
// configuration, or tells what an operator installs.
func isKeptWhole(r *inventory.Reading) bool {
	_, makes := secrets.MakerKinds()[r.Kind]
	return makes || r.Kind == "Secret" || r.Kind == "ServiceAccount" && r.List.IsSet || r.Kind == config.Kind || r.Kind == kinds.Installation
}

// origin returns the input that an item came from.
func (r *run) origin(item *fn.KubeObject) (from inventory.Origin) {
	if r.in.IsResourceList() {
		return from
	}
	i := r.in.Source(item)
	if i < 0 {
		return from
	}
	from.Source, from.IsForNew, from.Helps = r.sources[i].Name, r.sources[i].ForNew, r.inputs[r.numbers[i]].Helps
	if listing := r.inputs[r.numbers[i]].Listing; listing != nil {
		from.Listing = *listing
	}
	return from
}
