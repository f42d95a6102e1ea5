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
		return nil, finding.Errorf("is an empty list\nhint: leave it out for the default, %s", presets[0].Name)
	}
	var problems []error
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
			for _, problem := range eachOf(err) {
				problems = append(problems, fmt.Errorf("%s%w", place, problem))
			}
		}
		targets = append(targets, t)
	}
	return targets, joined(problems)
}

// parseTarget reads one entry of the string form.
func parseTarget(entry string) (t Target, err error) {
	group, rest := cutGroup(entry)
	kind, name, explicit := strings.Cut(rest, "/")
	if err := slip(entry); err != nil {
		return Target{}, err
	}
	switch {
	case entry == "":
		return Target{}, errEmpty
	case explicit && name == "" && isRegistry(kind):
		return Target{}, notHostAlone(entry)
	case !explicit && isRegistry(entry):
		return registryTarget(entry, types.Selector{})
	case !explicit:
		return presetTarget(entry)
	case kind == "" || name == "":
		return Target{}, finding.Errorf("is neither a preset, a registry nor Kind/name\nhint: %s", hintOfEntry())
	case isRegistry(kind) && kinds.Named(kinds.Meant(kind)) == nil && !kinds.IsPattern(kind):
		return Target{}, notHostAlone(entry)
	case strings.Contains(name, "/"):
		return Target{}, finding.Errorf("contains more than a kind and a name\nhint: write Kind/name; a namespace needs a list of selectors: {kind: DaemonSet, name: NAME, namespace: NAMESPACE}")
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
	switch {
	case pull.IsNoRegistry(registry):
		return Target{}, finding.Errorf("is a host from which no image comes\nhint: write docker.io for Docker Hub")
	case !ok || !isRegistry(registry) || strings.Contains(registry, "/"):
		return Target{}, finding.Errorf("is not the host of a registry\nhint: write a host, such as docker.io, or Kind/name, such as DaemonSet/calico-node")
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

// DockerHub returns the target of what pulls from Docker Hub: targets=docker.io.
func DockerHub() Target {
	t, err := registryTarget("docker.io", types.Selector{})
	if err != nil {
		panic(err) // a test selects it
	}
	return t
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
		return Target{}, finding.Errorf(": is neither a preset nor a selector\nhint: write one such as {preset: calico-node} or {kind: DaemonSet, name: calico-node}")
	}
	var e targetEntry
	if problems := setEntry(&e, fieldsOf[targetEntry](), v); len(problems) > 0 {
		return Target{}, joined(problems)
	}
	s := types.Selector{ResId: resid.ResId{Gvk: resid.Gvk{Group: e.Group, Version: e.Version, Kind: kinds.Meant(e.Kind)}, Name: e.Name, Namespace: e.Namespace}, LabelSelector: e.LabelSelector}
	switch {
	case e == targetEntry{}:
		err = finding.Errorf("is empty, and would select everything\nhint: write a kind, such as {kind: DaemonSet}, or leave it out")
	case e.Preset != "" && e != targetEntry{Preset: e.Preset}:
		err = finding.Errorf("a preset takes no other field in its entry\nhint: write the selector as an entry of its own")
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
		return Target{}, notSelector(err)
	}
	t = Target{Name: name, Selectors: []Selector{sel}}
	if slices.ContainsFunc(kinds.Names(), t.MaySelect) || isKind(s.Kind) && (s.Group != "" || finding.ShowIfNear(s.Kind, kinds.Names()) == "") {
		return t, nil
	}
	hint := cmp.Or(finding.DidYouMean(s.Kind, kinds.Names()), "write Kind/name, such as DaemonSet/calico-node; kinds begin with a capital")
	return Target{}, finding.Errorf("kind %s gets no pull secret\nhint: %s", strings.TrimSpace(cmp.Or(finding.ShowIfNear(s.Kind, kinds.Names()), "(not shown)")), strings.TrimSpace(hint))
}

// notSelector returns the error for a selector that cannot be compiled.
func notSelector(err error) error {
	var syntaxError *syntax.Error
	if errors.As(err, &syntaxError) { // the whole error shows the anchors
		return finding.Errorf("is not a regular expression: %s\nhint: write .* for any text, and a backslash before ( ) [ ] and +", syntaxError.Code)
	}
	return finding.Errorf("is not a label selector\nhint: write one such as app=calico or app in (calico, canal)")
}
