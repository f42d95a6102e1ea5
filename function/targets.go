// SPDX-License-Identifier: Apache-2.0

package function

import (
	"slices"
	"strings"

	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/kinds"
)

// matches reports whether t selects r, by its name and namespace or by those
// that it had before kustomize changed them.
func matches(t config.Target, r *resource) bool {
	return pulledBy(t, r) && selects(t, r, true)
}

// pulledBy reports whether an image of r is from the registry of t, if it has one.
func pulledBy(t config.Target, r *resource) bool {
	return t.Registry == "" || slices.Contains(hostsOf(r.repositories()), t.Registry)
}

// selects reports whether t selects r, wherever its images are from. What cannot be
// changed in a cluster, such as a Job, it selects only if it names the kind; if that is
// not to count, as any other.
func selects(t config.Target, r *resource, ifNamed bool) bool {
	spec := fieldSpecOf(r)
	if spec == nil {
		return false
	}
	return r.cluster == 0 && slices.ContainsFunc(t.Selectors, func(s config.Selector) bool {
		return isSelected(s, r) && (!ifNamed || !spec.Has(kinds.Immutable) || s.NamesKind(spec.Kind))
	})
}

// isSelected reports whether a selector selects r, by its name and namespace or by those
// that it had before kustomize changed them.
func isSelected(s config.Selector, r *resource) bool {
	return s.MatchesGVK(r.gvk) && s.MatchesLabels(r.GetLabels()) && slices.ContainsFunc(identities(r), func(id identity) bool {
		return s.MatchesName(id.name) && s.MatchesNamespace(id.namespace)
	})
}

// nearest returns the candidate that has a name which t selects or nearly does,
// whatever its kind; nil if none has.
func nearest(t config.Target, candidates []*resource) *resource {
	var nearest *resource
	best := 0
	for _, r := range candidates {
		for _, s := range t.Selectors {
			for wanted := range strings.SplitSeq(s.Name, "|") {
				if d := nameDistance(wanted, r.GetName()); d >= 0 && (nearest == nil || d < best) {
					nearest, best = r, d
				}
			}
		}
	}
	return nearest
}

// nameDistance returns how far a name is from the wanted one, negative if it is
// something else. One with a prefix, such as rke2-canal, a suffix or both is near.
func nameDistance(wanted, name string) int {
	d := finding.Distance(wanted, name)
	switch {
	case wanted == "" || name == "":
		return -1
	case d <= max(2, len(wanted)/4):
		return d
	case strings.Contains(name, "windows") && !strings.Contains(wanted, "windows"): // other nodes
		return -1
	case strings.Contains("-"+name+"-", "-"+wanted+"-"):
		return d
	}
	return -1
}
