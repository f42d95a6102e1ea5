// SPDX-License-Identifier: Apache-2.0

package function

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/resid"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// A Target selects objects that get the reference: by any of its selectors.
type Target struct {
	Name      string // as the user spelt it: a preset, Kind/name, or a selector
	selectors []selector
}

// A selector has the meaning of the target of a kustomize patch, and is
// implemented by kustomize: group, version, kind, name and namespace are regular
// expressions that match the whole, and what is left out matches everything.
type selector struct {
	regex  *types.SelectorRegex
	kind   *types.SelectorRegex // of the kind alone
	labels labels.Selector
}

// A preset is a target that has a name.
type preset struct {
	name  string
	kind  string
	names []string // of the objects
}

// presets are all there are. The first is the default.
var presets = []preset{
	{"calico-node", "DaemonSet", []string{"calico-node"}},
	{"canal", "DaemonSet", []string{"canal", "canal-node"}},
}

func (p preset) target() Target {
	t := Target{Name: p.name}
	for _, name := range p.names {
		s, err := newSelector(types.Selector{ResId: resid.ResId{Gvk: resid.Gvk{Kind: p.kind}, Name: name}})
		if err != nil {
			panic(fmt.Sprintf("preset %s: %v", p.name, err))
		}
		t.selectors = append(t.selectors, s)
	}
	return t
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
	return selector{regex, kind, l}, err
}

// maySelect reports whether t may select an object of a kind.
func (t Target) maySelect(kind string) bool {
	for _, s := range t.selectors {
		if s.kind.MatchGvk(resid.Gvk{Kind: kind}) {
			return true
		}
	}
	return false
}

// matches reports whether t selects o, by its name and namespace or by those
// that it had before kustomize changed them.
func (t Target) matches(o *fn.KubeObject) bool {
	gvk := o.GroupVersionKind()
	if fieldsOf(o) == nil {
		return false
	}
	for _, s := range t.selectors {
		if !s.regex.MatchGvk(resid.Gvk{Group: gvk.Group, Version: gvk.Version, Kind: gvk.Kind}) || !s.labels.Matches(labels.Set(o.GetLabels())) {
			continue
		}
		for _, id := range identities(o) {
			if s.regex.MatchName(id.name) && s.regex.MatchNamespace(id.namespace) {
				return true
			}
		}
	}
	return false
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

func presetTarget(name string) (t Target, wrong string) {
	var names []string
	for _, p := range presets {
		if p.name == name {
			return p.target(), ""
		}
		names = append(names, p.name)
	}
	hint := "presets are " + strings.Join(names, ", ")
	if near := closest(name, names); near != "" {
		hint = "did you mean " + near + "? " + hint
	}
	return Target{}, fmt.Sprintf("no preset %q: %s; any other object is Kind/name, such as DaemonSet/%s", name, hint, presets[0].name)
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
	return Target{}, fmt.Sprintf("kind %q gets no pull secret: kinds are %s", s.Kind, strings.Join(kinds(), ", "))
}
