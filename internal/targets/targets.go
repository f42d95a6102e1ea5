// SPDX-License-Identifier: Apache-2.0

// Package targets says which resources the targets of a configuration select. It also says which
// kinds of objects the program must read for that. For a target that selects nothing it says what
// there is instead. It changes nothing and judges no pull.
package targets

import (
	"slices"

	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
)

// A selection has the resources that the targets of the settings select.
type selection struct {
	settings config.Settings
	set      *inventory.Set
	targets  []*inventory.Resource        // each once, in the order of the input
	selected map[*inventory.Resource]bool // the same resources
}

// mostMissing limits the detailed findings on missing targets: each looks at all resources.
const mostMissing = 5

// Select returns the resources that the settings select, each once, in the order of the input. It
// also returns findings on targets that select none.
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

// targetsByName returns the indexes of targets that select by words, keyed by word. others has the
// indexes of the other targets.
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

// candidateTargets returns the indexes of the targets that may select r.
func candidateTargets(r *inventory.Resource, named map[string][]int, others []int) []int {
	all := others[:len(others):len(others)]
	for _, id := range r.Identities() {
		all = append(all, named[id.Name]...)
	}
	return slices.Compact(all)
}
