// SPDX-License-Identifier: Apache-2.0

package function

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/resid"

	"example.com/calico-pull-secrets/internal/finding"
)

// A Target selects resources that get the reference: by any of its selectors, and
// by its registry.
type Target struct {
	Name      string // as the user spelt it: a preset, a registry, Kind/name, or a selector
	Registry  string // that at least one image is pulled from, as kubelet calls it; empty for any
	selectors []selector
}

// A selector has the meaning of the target of a kustomize patch: group, version,
// kind, name and namespace are patterns.
type selector struct {
	types.Selector
	group, version, kind, name, namespace pattern
	labels                                labels.Selector
}

func newSelector(given types.Selector) (s selector, err error) {
	s.Selector = given
	for _, part := range []struct {
		to         *pattern
		expression string
	}{{&s.group, given.Group}, {&s.version, given.Version}, {&s.kind, given.Kind}, {&s.name, given.Name}, {&s.namespace, given.Namespace}} {
		if *part.to, err = newPattern(part.expression); err != nil {
			return selector{}, err
		}
	}
	s.labels, err = labels.Parse(given.LabelSelector)
	return s, err
}

// matchesGVK reports whether s selects resources of a group, version and kind,
// whatever else it says.
func (s selector) matchesGVK(gvk resid.Gvk) bool {
	return s.group.matches(gvk.Group) && s.version.matches(gvk.Version) && s.kind.matches(gvk.Kind)
}

// maySelect reports whether t may select a resource of a kind.
func (t Target) maySelect(kind string) bool {
	return slices.ContainsFunc(t.selectors, func(s selector) bool { return s.kind.matches(kind) })
}

// names reports whether the selector selects a kind because it says so, and not
// because it says nothing or matches every kind there is.
func (s selector) names(kind string) bool {
	return s.kind.matches(kind) && !s.kind.matches("*")
}

// matches reports whether t selects r, by its name and namespace or by those
// that it had before kustomize changed them.
func (t Target) matches(r *resource) bool {
	return t.pulledBy(r) && t.selects(r, true)
}

// pulledBy reports whether an image of r is from the registry of t, if it has one.
func (t Target) pulledBy(r *resource) bool {
	return t.Registry == "" || slices.Contains(hostsOf(r.repositories()), t.Registry)
}

// selects reports whether t selects r, wherever its images are from. What cannot be
// changed in a cluster, such as a Job, it selects only if it names the kind; if that is
// not to count, as any other.
func (t Target) selects(r *resource, ifNamed bool) bool {
	spec := fieldSpecOf(r)
	if spec == nil {
		return false
	}
	for _, s := range t.selectors {
		if !s.matchesGVK(r.gvk) || !s.labels.Matches(labels.Set(r.GetLabels())) || ifNamed && spec.has(immutable) && !s.names(spec.kind) {
			continue
		}
		for _, id := range identities(r) {
			if s.name.matches(id.name) && s.namespace.matches(id.namespace) {
				return true
			}
		}
	}
	return false
}

// isPreset reports whether t is one of the presets.
func (t Target) isPreset() bool {
	return slices.ContainsFunc(presets, func(p preset) bool { return p.name == t.Name })
}

// anywhere returns t for all namespaces.
func (t Target) anywhere() Target {
	all := Target{Name: t.Name, Registry: t.Registry}
	for _, s := range t.selectors {
		if s.Namespace == "" {
			continue
		}
		s.Namespace, s.namespace = "", pattern{}
		all.selectors = append(all.selectors, s)
	}
	return all
}

// nearest returns the candidate that has a name which t selects or nearly does,
// whatever its kind; nil if none has.
func (t Target) nearest(candidates []*resource) *resource {
	var nearest *resource
	best := 0
	for _, r := range candidates {
		for _, s := range t.selectors {
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

// inMessage returns how the target is called in a message. A name that is near none of
// those known may be a credential in the wrong place, and is not shown.
func (t Target) inMessage(known []string) string {
	if t.isPreset() {
		return t.Name
	}
	var parts []string
	for _, s := range t.selectors {
		kind := "an object"
		if slices.Contains(kinds(), s.Kind) {
			kind = s.Kind
		}
		name := s.Name
		isKnown := func(k string) bool { return k != "" && s.name.matches(k) || finding.IsNear(name, k) }
		if name != "" && !slices.ContainsFunc(known, isKnown) {
			name = "… (the name is not shown, as it is near none that is here)"
		}
		namespace := ""
		if s.Namespace != "" && slices.Contains(known, s.Namespace) {
			namespace = " in namespace " + s.Namespace
		}
		parts = append(parts, strings.TrimSuffix(kind+"/"+name, "/")+namespace)
	}
	return strings.Join(parts, ", ")
}
