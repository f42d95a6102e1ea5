// SPDX-License-Identifier: Apache-2.0

package function

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/resid"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// A Target selects resources that get the reference: by any of its selectors.
type Target struct {
	Name      string // as the user spelt it: a preset, Kind/name, or a selector
	selectors []selector
}

// A selector has the meaning of the target of a kustomize patch, and is
// implemented by kustomize: group, version, kind, name and namespace are regular
// expressions that match the whole, and what is left out matches everything.
type selector struct {
	types.Selector
	regex  *types.SelectorRegex
	kind   *types.SelectorRegex // of the kind alone
	labels labels.Selector
}

func newSelector(s types.Selector) (selector, error) {
	regex, err := types.NewSelectorRegex(&s)
	if err != nil {
		return selector{}, err
	}
	kind, err := types.NewSelectorRegex(&types.Selector{ResId: resid.ResId{Gvk: resid.Gvk{Kind: s.Kind}}})
	if err != nil {
		return selector{}, err
	}
	l, err := labels.Parse(s.LabelSelector)
	return selector{s, regex, kind, l}, err
}

// maySelect reports whether t may select a resource of a kind.
func (t Target) maySelect(kind string) bool {
	return slices.ContainsFunc(t.selectors, func(s selector) bool { return s.kind.MatchGvk(resid.Gvk{Kind: kind}) })
}

// names reports whether the selector selects a kind because it says so, and not
// because it says nothing or matches every kind there is.
func (s selector) names(kind string) bool {
	return s.kind.MatchGvk(resid.Gvk{Kind: kind}) && !s.kind.MatchGvk(resid.Gvk{Kind: "*"})
}

// matches reports whether t selects r, by its name and namespace or by those
// that it had before kustomize changed them.
func (t Target) matches(r *resource) bool {
	spec := fieldSpecOf(r)
	if spec == nil {
		return false
	}
	for _, s := range t.selectors {
		if !s.regex.MatchGvk(r.gvk) || !s.labels.Matches(labels.Set(r.GetLabels())) || spec.has(immutable) && !s.names(spec.kind) {
			continue
		}
		for _, id := range identities(r) {
			if s.regex.MatchName(id.name) && s.regex.MatchNamespace(id.namespace) {
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
	all := Target{Name: t.Name}
	for _, s := range t.selectors {
		if s.Namespace == "" {
			continue
		}
		s.Namespace = ""
		if s, err := newSelector(s.Selector); err == nil {
			all.selectors = append(all.selectors, s)
		}
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
// something else. One with a prefix or suffix, such as rke2-canal, is near.
func nameDistance(wanted, name string) int {
	d := distance(wanted, name)
	switch {
	case wanted == "" || name == "":
		return -1
	case d <= max(2, len(wanted)/4):
		return d
	case strings.HasSuffix(name, "-"+wanted), strings.HasPrefix(name, wanted+"-"):
		return d
	}
	return -1
}

// setTargets reads targets: a string of entries separated by commas, each a
// preset or Kind/name, or a list of presets and selectors.
func setTargets(c *Config, v value) string {
	var targets []Target
	switch v.node.Kind {
	case yaml.ScalarNode:
		s, wrong := v.string()
		if wrong != "" {
			return wrong
		}
		if s == "" {
			return isEmpty
		}
		for entry := range strings.SplitSeq(s, ",") {
			t, wrong := parseTarget(strings.TrimSpace(entry))
			if wrong != "" {
				return wrong
			}
			targets = append(targets, t)
		}
	case yaml.SequenceNode:
		for i, entry := range v.node.Content {
			t, wrong := decodeTarget(entry)
			if wrong != "" {
				return fmt.Sprintf("[%d]: %s", i, wrong)
			}
			targets = append(targets, t)
		}
		if len(targets) == 0 {
			return "is an empty list: leave it out for the default, " + presets[0].name
		}
	default:
		return "is neither a list nor a string"
	}
	c.Targets = targets
	return ""
}

// parseTarget reads one entry of the string form.
func parseTarget(entry string) (t Target, wrong string) {
	kind, name, explicit := strings.Cut(entry, "/")
	if !explicit {
		return presetTarget(entry)
	}
	if kind == "" || name == "" {
		return Target{}, quote(entry) + " is neither a preset nor Kind/name"
	}
	return selectorTarget(entry, types.Selector{ResId: resid.ResId{Gvk: resid.Gvk{Kind: kind}, Name: name}})
}

// decodeTarget reads one entry of the list form.
func decodeTarget(n *yaml.Node) (t Target, wrong string) {
	if n.Kind != yaml.MappingNode {
		return Target{}, "is neither a preset nor a selector, such as {preset: calico-node} or {kind: DaemonSet, name: calico-node}"
	}
	var presetName string
	var s types.Selector
	settings := []struct {
		name string
		at   *string
	}{
		{"preset", &presetName}, {"group", &s.Group}, {"version", &s.Version}, {"kind", &s.Kind},
		{"name", &s.Name}, {"namespace", &s.Namespace}, {"labelSelector", &s.LabelSelector},
	}
	var names, given []string
	for _, setting := range settings {
		names = append(names, setting.name)
	}
next:
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i].Value
		for _, setting := range settings {
			if setting.name != key {
				continue
			}
			if *setting.at, wrong = (value{node: n.Content[i+1]}).string(); wrong != "" {
				return Target{}, key + " " + wrong
			}
			if *setting.at == "" {
				return Target{}, key + " " + isEmpty
			}
			given = append(given, key+"="+*setting.at)
			continue next
		}
		wrong = quote(key) + " is no part of a target: there are " + strings.Join(names, ", ")
		if near := closest(key, names); near != "" {
			wrong = quote(key) + " is no part of a target, did you mean " + near + "?"
		}
		return Target{}, wrong
	}
	switch {
	case len(given) == 0:
		return Target{}, "is empty: it would select everything"
	case presetName != "" && len(given) > 1:
		return Target{}, "a preset stands alone: write the selector as an entry of its own"
	case presetName != "":
		return presetTarget(presetName)
	}
	return selectorTarget(strings.Join(given, " "), s)
}

func selectorTarget(name string, s types.Selector) (t Target, wrong string) {
	sel, err := newSelector(s)
	if err != nil {
		problem := err.Error()
		var syntaxError *syntax.Error
		if errors.As(err, &syntaxError) { // the whole has the anchors in it
			problem = syntaxError.Code.String()
		}
		return Target{}, quote(name) + " is not a valid selector: " + problem
	}
	t = Target{Name: name, selectors: []selector{sel}}
	if slices.ContainsFunc(kinds(), t.maySelect) {
		return t, ""
	}
	hint := "kinds are " + strings.Join(kinds(), ", ")
	if near := closest(s.Kind, kinds()); near != "" {
		hint = "did you mean " + near + "? " + hint
	}
	return Target{}, fmt.Sprintf("kind %s gets no pull secret: %s", quote(s.Kind), hint)
}
