// SPDX-License-Identifier: Apache-2.0

package config

import (
	"cmp"
	"errors"
	"fmt"
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

// targets reads a list of targets: a string of entries separated by commas, each a
// preset, a registry or Kind/name, or a list of presets and selectors.
func (v value) targets() (targets []Target, wrong string) {
	var problems []string
	switch v.node.Kind {
	case yaml.ScalarNode:
		s, wrong := v.string()
		if wrong == "" && s == "" {
			wrong = isEmpty
		}
		if wrong != "" {
			return nil, wrong
		}
		for i, entry := range strings.Split(s, ",") {
			t, wrong := parseTarget(strings.TrimSpace(entry))
			if wrong != "" {
				problems = append(problems, entryOf(i, strings.Count(s, ",")+1)+wrong)
			}
			targets = append(targets, t)
		}
	case yaml.SequenceNode:
		for i, entry := range v.node.Content {
			t, wrong := decodeTarget(value{entry, v.asText})
			if wrong != "" {
				problems = append(problems, fmt.Sprintf("[%d]%s", i, wrong))
			}
			targets = append(targets, t)
		}
		if len(targets) == 0 {
			return nil, "is an empty list: leave it out for the default, " + presets[0].Name
		}
	default:
		return nil, "is neither a list nor a string"
	}
	return targets, strings.Join(problems, "; ")
}

// entryOf says which of several entries something is about.
func entryOf(i, n int) string {
	if n == 1 {
		return ""
	}
	return fmt.Sprintf("entry %d: ", i+1)
}

// parseTarget reads one entry of the string form.
func parseTarget(entry string) (t Target, wrong string) {
	kind, name, explicit := strings.Cut(entry, "/")
	const notHostAlone = "has a path or scheme: a registry is written as its host alone, such as docker.io"
	switch {
	case entry == "":
		return Target{}, isEmpty
	case explicit && name == "" && isRegistry(kind):
		return Target{}, notHostAlone
	case !explicit && isRegistry(entry):
		return registryTarget(entry, types.Selector{})
	case !explicit:
		return presetTarget(entry)
	case kind == "" || name == "":
		return Target{}, "is neither a preset, a registry nor Kind/name"
	case isRegistry(kind) && !slices.ContainsFunc(kinds.Names(), func(k string) bool { return kindNamed(kind) == k }) && !strings.ContainsAny(kind, "*+?[(|"):
		return Target{}, notHostAlone
	}
	return selectorTarget(entry, types.Selector{ResId: resid.ResId{Gvk: resid.Gvk{Kind: kindNamed(kind)}, Name: name}})
}

// shortNames are the kinds as kubectl takes them, beside those in lower case and in
// plural.
var shortNames = map[string]string{
	"ds": "DaemonSet", "deploy": "Deployment", "sts": "StatefulSet", "rs": "ReplicaSet", "rc": "ReplicationController", "cj": "CronJob", "po": "Pod", "sa": "ServiceAccount",
}

// kindNamed returns the kind that a user means, and what was given if that is none,
// such as a regular expression.
func kindNamed(given string) string {
	lower, _, _ := strings.Cut(strings.ToLower(given), ".") // daemonsets.apps
	if kind := shortNames[lower]; kind != "" {
		return kind
	}
	for _, kind := range kinds.Names() {
		if k := strings.ToLower(kind); (lower == k || lower == k+"s") && !strings.ContainsAny(given, "*+?[(|") {
			return kind
		}
	}
	return given
}

// isRegistry reports whether an entry is the host of a registry: no preset has a dot
// or colon in it.
func isRegistry(entry string) bool { return strings.ContainsAny(entry, ".:") || entry == "localhost" }

// registryTarget returns the target of what pulls from a registry, and is selected.
func registryTarget(registry string, s types.Selector) (t Target, wrong string) {
	repository, ok := pull.Repository(registry + "/x/y")
	host := pull.Host(repository)
	if !ok || !isRegistry(registry) || strings.Contains(registry, "/") {
		return Target{}, "is not the host of a registry, such as docker.io"
	}
	if s == (types.Selector{}) {
		sel, err := newSelector(s)
		if err != nil {
			return Target{}, "is not valid"
		}
		return Target{Name: host, Registry: host, Selectors: []Selector{sel}}, ""
	}
	t, wrong = selectorTarget("", s)
	t.Name, t.Registry = host, host
	return t, wrong
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

// decodeTarget reads one entry of the list form. What is wrong with it is to be read behind
// its place.
func decodeTarget(v value) (t Target, wrong string) {
	if v.node.Kind != yaml.MappingNode {
		return Target{}, ": is neither a preset nor a selector, such as {preset: calico-node} or {kind: DaemonSet, name: calico-node}"
	}
	var e targetEntry
	if problems := setEntry(&e, fieldsOf[targetEntry](), v); len(problems) > 0 {
		return Target{}, strings.Join(problems, ", and ")
	}
	s := types.Selector{ResId: resid.ResId{Gvk: resid.Gvk{Group: e.Group, Version: e.Version, Kind: kindNamed(e.Kind)}, Name: e.Name, Namespace: e.Namespace}, LabelSelector: e.LabelSelector}
	switch {
	case e == targetEntry{}:
		wrong = "is empty: it would select everything"
	case e.Preset != "" && e != targetEntry{Preset: e.Preset}:
		wrong = "a preset stands alone: write the selector as an entry of its own"
	case e.Preset != "":
		t, wrong = presetTarget(e.Preset)
	case e.Registry != "":
		t, wrong = registryTarget(e.Registry, s)
	default:
		t, wrong = selectorTarget("", s)
	}
	if wrong != "" {
		wrong = ": " + wrong
	}
	return t, wrong
}

func selectorTarget(name string, s types.Selector) (t Target, wrong string) {
	sel, err := newSelector(s)
	if err != nil {
		problem := "a label selector, or a regular expression, that is none"
		var syntaxError *syntax.Error
		if errors.As(err, &syntaxError) { // the whole has the anchors in it
			problem = syntaxError.Code.String()
		}
		return Target{}, "is not a valid selector: " + problem
	}
	t = Target{Name: name, Selectors: []Selector{sel}}
	if slices.ContainsFunc(kinds.Names(), t.MaySelect) {
		return t, ""
	}
	return Target{}, fmt.Sprintf("kind %s gets no pull secret: %skinds are %s", strings.TrimSpace(cmp.Or(finding.ShowIfNear(s.Kind, kinds.Names()), "(not shown)")), finding.DidYouMean(s.Kind, kinds.Names()), strings.Join(kinds.Names(), ", "))
}
