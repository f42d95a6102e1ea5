// SPDX-License-Identifier: Apache-2.0

package targets

import (
	"slices"
	"strings"

	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/kinds"
)

// Matches reports whether t selects r by its present name and namespace, or by those before
// kustomize changed them.
func Matches(t config.Target, r *inventory.Resource) bool {
	return pulledBy(t, r) && selects(t, r, true)
}

// pulledBy reports whether an image of r is from the registry of t. It returns true if t has no
// registry.
func pulledBy(t config.Target, r *inventory.Resource) bool {
	return t.Registry == "" || slices.Contains(inventory.HostsOf(r.Repositories()), t.Registry)
}

// selects reports whether t selects r, whatever its registry. Nobody can change some objects in a
// cluster, such as a Job. With ifNamed, t must name their kind.
func selects(t config.Target, r *inventory.Resource, ifNamed bool) bool {
	spec := r.Spec()
	if spec == nil && (t.IsPreset() || r.Misnamed() != nil) { // presets are for Kubernetes' own kinds
		return false
	}
	isNamed := func(s config.Selector) bool { return s.NamesKind(r.GVK.Kind) && s.Name != "" }
	return slices.ContainsFunc(t.Selectors, func(s config.Selector) bool {
		switch {
		case !IsSelected(s, r):
			return false
		case spec == nil && len(r.Reading.Templates()) == 0: // a controller may build the list
			return len(r.Reading.Pods) > 0 && isNamed(s)
		case spec != nil && spec.Has(kinds.Operated):
			return isNamed(s)
		}
		return !ifNamed || !r.RunsOnce() || s.NamesKind(r.GVK.Kind)
	})
}

// IsSelected reports whether a selector selects r by its present name and namespace, or by those
// before kustomize changed them.
func IsSelected(s config.Selector, r *inventory.Resource) bool {
	return s.MatchesGVK(r.GVK) && s.MatchesLabels(r.GetLabels()) && slices.ContainsFunc(r.Identities(), func(id inventory.Identity) bool {
		return s.MatchesName(id.Name) && s.MatchesNamespace(id.Namespace)
	})
}

// nearest returns the candidate whose name is nearest to a name in t, whatever its kind. It returns
// nil if no name is near.
func nearest(t config.Target, candidates []*inventory.Resource) *inventory.Resource {
	var nearest *inventory.Resource
	best := 0
	for _, r := range candidates {
		for _, s := range t.Selectors {
			for wanted := range strings.SplitSeq(s.Name, "|") {
				if d := NameDistance(wanted, r.GetName()); d >= 0 && (nearest == nil || d < best) {
					nearest, best = r, d
				}
			}
		}
	}
	return nearest
}

// NameDistance returns the distance of a name from the wanted one. It returns -1 if the name is not
// near. A name with a prefix, such as rke2-canal, or a suffix is near.
func NameDistance(wanted, name string) int {
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
