// SPDX-License-Identifier: Apache-2.0

package reference

import (
	"errors"
	"slices"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/mapping"
)

// A Removal is a reference that mode remove takes away.
type Removal struct{ *Reference }

// Removal returns the change that takes the Secret out of the list.
func (r *Reference) Removal() *Removal {
	r.missing, r.formerAt = nil, -1
	return &Removal{r}
}

// IsDone reports whether the list does not have the Secret.
func (r *Removal) IsDone() bool { return !r.IsListed() }

func (r *Removal) Missing() finding.List {
	if r.IsDone() {
		return nil
	}
	return finding.List{r.Finding(finding.Reference, fn.Error, r.Spec.Path(), "still references Secret %q", r.Secret)}
}

// Apply removes the entries, and a list that has no entry left. An Installation that has nothing
// else loses its spec, too.
func (r *Removal) Apply(*fn.ResourceList) error {
	if r.IsDone() {
		return nil
	}
	holder := r.Holder(r.Spec.Fields, false)
	if holder == nil {
		return errors.New("the list is not where it was")
	}
	inventory.RemoveEntries(holder, r.Entries())
	if r.Resource.IsInstallation() && len(holder.Content) == 0 {
		mapping.Set(r.Node, r.Spec.Fields[0], nil)
	}
	return nil
}

func (r *Removal) State() finding.List {
	state := finding.List{r.Finding(finding.Reference, fn.Info, r.Spec.Path(), "does not reference Secret %q", r.Secret)}
	account := r.Account.PullSecrets()
	rest := r.Rest()
	if len(rest) > 0 && !slices.ContainsFunc(rest, func(name string) bool { return !slices.Contains(account, name) }) {
		state = append(state, r.Finding(finding.ServiceAccount, fn.Info, r.Spec.Path(),
			"keeps pull secrets that its ServiceAccount has, too: %s\nhint: if mode add copied them, remove imagePullSecrets. Pods without a list of their own get them from the ServiceAccount", finding.Enumerate(finding.Unique(rest, finding.ShowName))))
	}
	return state
}
