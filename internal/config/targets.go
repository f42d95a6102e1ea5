// SPDX-License-Identifier: Apache-2.0

package config

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/resid"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/lazy"
)

// A Target selects the resources that get the reference. One of its Selectors and its registry must
// match.
type Target struct {
	Name      string // as the user wrote it: a preset, a registry, Kind/name, or a selector
	Registry  string // the registry of at least one image, as kubelet names it; empty for any
	Selectors []Selector
}

// A Selector matches like the target of a kustomize patch. group, version, kind, name and namespace
// are patterns.
type Selector struct {
	types.Selector
	group, version, kind, name, namespace pattern
	labels                                labels.Selector
}

func newSelector(given types.Selector) (s Selector, err error) {
	s.Selector = given
	for _, part := range []struct {
		to         *pattern
		expression string
	}{{&s.group, given.Group}, {&s.version, given.Version}, {&s.kind, given.Kind}, {&s.name, given.Name}, {&s.namespace, given.Namespace}} {
		if *part.to, err = newPattern(part.expression); err != nil {
			return Selector{}, err
		}
	}
	s.labels, err = labels.Parse(given.LabelSelector)
	return s, err
}

// MatchesGVK reports whether s selects a group, version and kind. It ignores the other parts.
func (s Selector) MatchesGVK(gvk resid.Gvk) bool {
	return s.group.matches(gvk.Group) && s.version.matches(gvk.Version) && s.kind.matches(gvk.Kind)
}

// Names returns the names that t selects. literal is false if t may select others.
func (t Target) Names() (names []string, literal bool) {
	for _, s := range t.Selectors {
		if s.name.words == nil {
			return nil, false
		}
		names = append(names, s.name.words...)
	}
	return names, true
}

// MaySelect reports whether t may select a resource of a kind.
func (t Target) MaySelect(kind string) bool {
	return slices.ContainsFunc(t.Selectors, func(s Selector) bool { return s.kind.matches(kind) })
}

// MatchesLabels, MatchesKind, MatchesName and MatchesNamespace each check one part.
func (s Selector) MatchesLabels(of map[string]string) bool { return s.labels.Matches(labels.Set(of)) }
func (s Selector) MatchesKind(kind string) bool            { return s.kind.matches(kind) }
func (s Selector) MatchesName(name string) bool            { return s.name.matches(name) }
func (s Selector) MatchesNamespace(namespace string) bool  { return s.namespace.matches(namespace) }

// Names returns the names that s selects, nil if it may select others.
func (s Selector) Names() []string { return s.name.words }

// NamesKind reports whether the selector names a kind. An empty selector, or one that matches every
// kind, does not name it.
func (s Selector) NamesKind(kind string) bool {
	return s.kind.matches(kind) && !s.kind.matches("*")
}

// Kinds returns the kinds that s selects, nil if it may select others.
func (s Selector) Kinds() []string { return s.kind.words }

// IsPreset reports whether t is one of the presets.
func (t Target) IsPreset() bool {
	return slices.ContainsFunc(presets, func(p Preset) bool { return p.Name == t.Name })
}

// Anywhere returns the selectors of t that name a namespace, for all namespaces.
func (t Target) Anywhere() Target {
	all := Target{Name: t.Name, Registry: t.Registry}
	for _, s := range t.Selectors {
		if s.Namespace == "" {
			continue
		}
		s.Namespace, s.namespace = "", pattern{}
		all.Selectors = append(all.Selectors, s)
	}
	return all
}

// isNamePattern matches names that Kubernetes allows, and patterns for such names.
var isNamePattern = lazy.Regexp(`^[a-z0-9.*|?()\[\]+-]+$`)

// InMessage returns the text for the target in a message. It shows an unknown name only behind a
// kind, and only if it could be a name. Any other text may be a credential in the wrong place.
func (t Target) InMessage(known []string) string {
	if t.IsPreset() {
		return t.Name
	}
	var parts []string
	for _, s := range t.Selectors {
		kind := "an object"
		if slices.Contains(kinds.Names(), s.Kind) || s.Kind != "" && slices.Contains(known, s.Kind) {
			kind = s.Kind
		}
		name := s.Name
		isKnown := func(k string) bool { return k != "" && s.name.matches(k) || finding.IsNear(name, k) }
		if name != "" && (kind == "an object" || !isNamePattern().MatchString(name)) && !slices.ContainsFunc(known, isKnown) {
			name = "… (not shown)"
		}
		namespace := ""
		if s.Namespace != "" && slices.Contains(known, s.Namespace) {
			namespace = " in namespace " + s.Namespace
		}
		parts = append(parts, strings.TrimSuffix(kind+"/"+name, "/")+namespace)
	}
	return strings.Join(parts, ", ")
}
