// SPDX-License-Identifier: Apache-2.0

package config

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/resid"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/pull"
)

// targets reads a list of targets. As a string it has entries with commas between them: presets,
// registries, Kind/name or group/Kind/name. As a list it has these entries, or selectors. An error
// names the problems of all entries.
func (v value) targets() (targets []Target, err error) {
	if v.node.Kind == yaml.ScalarNode && v.node.Value == "" && !v.isNull() {
		return nil, errEmpty
	}
	elements, err := v.elements()
	if err != nil {
		return nil, err
	}
	if len(elements) == 0 {
		return nil, errors.New("is an empty list: leave it out for the default, " + presets[0].Name)
	}
	var problems []string
	var hint string
	for i, element := range elements {
		var t Target
		var place string
		if v.node.Kind == yaml.SequenceNode {
			place = fmt.Sprintf("[%d]", i)
			t, err = decodeTarget(element)
		} else {
			if len(elements) > 1 {
				place = fmt.Sprintf("entry %d: ", i+1)
			}
			t, err = parseTarget(element.node.Value)
		}
		if err != nil {
			problems = append(problems, place+err.Error())
			hint = cmp.Or(hint, finding.HintOf(err))
		}
		targets = append(targets, t)
	}
	return targets, finding.WithHint(joined(problems), hint)
}

// parseTarget reads one entry of the string form.
func parseTarget(entry string) (t Target, err error) {
	group, rest := cutGroup(entry)
	kind, name, explicit := strings.Cut(rest, "/")
	errNotHostAlone := errors.New("has a path or scheme: a registry is written as its host alone, such as docker.io")
	switch {
	case entry == "":
		return Target{}, errEmpty
	case explicit && name == "" && isRegistry(kind):
		return Target{}, errNotHostAlone
	case !explicit && isRegistry(entry):
		return registryTarget(entry, types.Selector{})
	case !explicit:
		return presetTarget(entry)
	case kind == "" || name == "":
		return Target{}, errors.New("is neither a preset, a registry nor Kind/name")
	case isRegistry(kind) && kinds.Named(kinds.Meant(kind)) == nil && !kinds.IsPattern(kind):
		return Target{}, errNotHostAlone
	}
	return selectorTarget(entry, types.Selector{ResId: resid.ResId{Gvk: resid.Gvk{Group: group, Kind: kinds.Meant(kind)}, Name: name}})
}

// cutGroup returns the group of group/Kind/name, as a pattern, and the rest. It does not take a
// registry with a path for a group: no repository begins with a capital.
func cutGroup(entry string) (group, rest string) {
	before, rest, found := strings.Cut(entry, "/")
	if !found || !strings.Contains(rest, "/") || rest[0] < 'A' || rest[0] > 'Z' || strings.Contains(before, ":") || kinds.IsPattern(before) {
		return "", entry
	}
	return regexp.QuoteMeta(before), rest
}

// isRegistry reports whether an entry is the host of a registry. No preset has a dot or a colon.
func isRegistry(entry string) bool { return strings.ContainsAny(entry, ".:") || entry == "localhost" }

// registryTarget returns the target of objects that s selects and that pull from a registry.
func registryTarget(registry string, s types.Selector) (t Target, err error) {
	repository, ok := pull.Repository(registry + "/x/y")
	host := pull.Host(repository)
	if !ok || !isRegistry(registry) || strings.Contains(registry, "/") {
		return Target{}, errors.New("is not the host of a registry, such as docker.io")
	}
	if s == (types.Selector{}) {
		sel, err := newSelector(s)
		if err != nil {
			return Target{}, errors.New("is not valid")
		}
		return Target{Name: host, Registry: host, Selectors: []Selector{sel}}, nil
	}
	t, err = selectorTarget("", s)
	t.Name, t.Registry = host, host
	return t, err
}

// A targetEntry is an entry of the list form.
type targetEntry struct {
	Preset        string `field:"preset"`
	Registry      string `field:"registry"`
	Group         string `field:"group"`
	Version       string `field:"version"`
	Kind          string `field:"kind"`
	Name          string `field:"name"`
	Namespace     string `field:"namespace"`
	LabelSelector string `field:"labelSelector"`
}

// decodeTarget reads one entry of the list form. An error is for display after the place of the
// entry.
func decodeTarget(v value) (t Target, err error) {
	if s, err := v.string(); err == nil && v.node.Kind == yaml.ScalarNode && !v.isNull() {
		if t, err = parseTarget(s); err != nil {
			return Target{}, fmt.Errorf(": %w", err)
		}
		return t, nil
	}
	if v.node.Kind != yaml.MappingNode {
		return Target{}, errors.New(": is neither a preset nor a selector, such as {preset: calico-node} or {kind: DaemonSet, name: calico-node}")
	}
	var e targetEntry
	if problems := setEntry(&e, fieldsOf[targetEntry](), v); len(problems) > 0 {
		return Target{}, errors.New(strings.Join(problems, ", and "))
	}
	s := types.Selector{ResId: resid.ResId{Gvk: resid.Gvk{Group: e.Group, Version: e.Version, Kind: kinds.Meant(e.Kind)}, Name: e.Name, Namespace: e.Namespace}, LabelSelector: e.LabelSelector}
	switch {
	case e == targetEntry{}:
		err = errors.New("is empty: it would select everything")
	case e.Preset != "" && e != targetEntry{Preset: e.Preset}:
		err = errors.New("a preset takes nothing beside it: write the selector as an entry of its own")
	case e.Preset != "":
		t, err = presetTarget(e.Preset)
	case e.Registry != "":
		t, err = registryTarget(e.Registry, s)
	default:
		t, err = selectorTarget("", s)
	}
	if err != nil {
		return Target{}, fmt.Errorf(": %w", err)
	}
	return t, nil
}

// isKind reports whether a kind may be a custom one. All of these begin with a capital.
func isKind(kind string) bool {
	return kind != "" && (kind[0] >= 'A' && kind[0] <= 'Z' || kinds.IsPattern(kind))
}

func selectorTarget(name string, s types.Selector) (t Target, err error) {
	sel, err := newSelector(s)
	if err != nil {
		problem := "a label selector, or a regular expression, that is none"
		var syntaxError *syntax.Error
		if errors.As(err, &syntaxError) { // the whole error shows the anchors
			problem = syntaxError.Code.String()
		}
		return Target{}, errors.New("is not a valid selector: " + problem)
	}
	t = Target{Name: name, Selectors: []Selector{sel}}
	if slices.ContainsFunc(kinds.Names(), t.MaySelect) || isKind(s.Kind) && (s.Group != "" || finding.ShowIfNear(s.Kind, kinds.Names()) == "") {
		return t, nil
	}
	return Target{}, fmt.Errorf("kind %s gets no pull secret: %skinds are %s", strings.TrimSpace(cmp.Or(finding.ShowIfNear(s.Kind, kinds.Names()), "(not shown)")), finding.DidYouMean(s.Kind, kinds.Names()), strings.Join(kinds.Names(), ", "))
}
