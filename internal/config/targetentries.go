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

// setTargets reads targets: a string of entries separated by commas, each a
// preset, a registry or Kind/name, or a list of presets and Selectors.
func setTargets(c *Settings, v value) string {
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
		for i, entry := range strings.Split(s, ",") {
			t, wrong := parseTarget(strings.TrimSpace(entry))
			if wrong != "" {
				return entryOf(i, strings.Count(s, ",")+1) + wrong
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
			return "is an empty list: leave it out for the default, " + presets[0].Name
		}
	default:
		return "is neither a list nor a string"
	}
	c.Targets = targets
	return ""
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

// decodeTarget reads one entry of the list form.
func decodeTarget(n *yaml.Node) (t Target, wrong string) {
	if n.Kind != yaml.MappingNode {
		return Target{}, "is neither a preset nor a selector, such as {preset: calico-node} or {kind: DaemonSet, name: calico-node}"
	}
	var presetName, registry string
	var s types.Selector
	settings := map[string]*string{
		"preset": &presetName, "registry": &registry, "group": &s.Group, "version": &s.Version, "kind": &s.Kind,
		"name": &s.Name, "namespace": &s.Namespace, "labelSelector": &s.LabelSelector,
	}
	names := []string{"preset", "registry", "group", "version", "kind", "name", "namespace", "labelSelector"}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i].Value
		at := settings[key]
		if at == nil {
			return Target{}, fmt.Sprintf("%sis no part of a target: %sthere are %s", finding.ShowIfNear(key, names), finding.DidYouMean(key, names), strings.Join(names, ", "))
		}
		if *at, wrong = (value{node: n.Content[i+1]}).string(); wrong != "" {
			return Target{}, key + " " + wrong
		}
		if *at == "" {
			return Target{}, key + " " + isEmpty
		}
	}
	s.Kind = kindNamed(s.Kind)
	switch {
	case len(n.Content) == 0:
		return Target{}, "is empty: it would select everything"
	case presetName != "" && len(n.Content) > 2:
		return Target{}, "a preset stands alone: write the selector as an entry of its own"
	case presetName != "":
		return presetTarget(presetName)
	case registry != "":
		return registryTarget(registry, s)
	}
	return selectorTarget("", s)
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
