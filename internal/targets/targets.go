// SPDX-License-Identifier: Apache-2.0

// Package targets says which resources the targets of a configuration select, which kinds of
// objects must be read to know that, and what is there instead of a target that selects
// nothing. It changes nothing and judges no pull.
package targets

import (
	"slices"

	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
)

// A selection is what the targets of the settings select.
type selection struct {
	settings config.Settings
	set      *inventory.Set
	targets  []*inventory.Resource        // each once, in their order
	selected map[*inventory.Resource]bool // the same
}

// mostMissing is of how many targets that select nothing it is said what there is
// instead, for which all resources are looked at.
const mostMissing = 5

// Select returns the resources that the settings select, each once, in their
// order, and findings on the targets that select none.
func Select(s config.Settings, set *inventory.Set) ([]*inventory.Resource, finding.List) {
	x := selection{settings: s, set: set, selected: map[*inventory.Resource]bool{}}
	found := make([]bool, len(s.Targets))
	named, others := targetsByName(s)
	for _, r := range set.All {
		for _, i := range candidateTargets(r, named, others) {
			if Matches(s.Targets[i], r) {
				x.selected[r], found[i] = !r.IsMergedAway(), true
			}
		}
		if x.selected[r] {
			x.targets = append(x.targets, r)
		}
	}
	var missing finding.List
	more := 0
	for i, t := range s.Targets {
		switch {
		case found[i]:
		case len(missing) < mostMissing:
			missing = append(missing, x.missing(t)...)
		default:
			more++
		}
	}
	if more > 0 {
		missing = append(missing, finding.New(finding.MissingTarget, missing[0].Severity, "no target: nothing matches %d more targets", more))
	}
	return x.targets, missing
}

// targetsByName returns the places of the targets that select by names which are no
// patterns, by each of these, and those of the others.
func targetsByName(s config.Settings) (named map[string][]int, others []int) {
	named = map[string][]int{}
	for i, t := range s.Targets {
		names, literal := t.Names()
		if !literal {
			others = append(others, i)
		}
		for _, name := range names {
			named[name] = append(named[name], i)
		}
	}
	return named, others
}

// candidateTargets returns the places of the targets that may select r.
func candidateTargets(r *inventory.Resource, named map[string][]int, others []int) []int {
	all := others[:len(others):len(others)]
	for _, id := range r.Identities() {
		all = append(all, named[id.Name]...)
	}
	return slices.Compact(all)
}
