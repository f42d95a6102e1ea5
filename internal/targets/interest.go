// SPDX-License-Identifier: Apache-2.0

package targets

import (
	"maps"
	"slices"

	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/secrets"
	"example.com/calico-pull-secrets/internal/wire"
)

// addSecrets adds the Secrets, and what controllers make Secrets of.
func addSecrets(i wire.Interest) {
	i["Secret"] = nil
	maps.Copy(i, secrets.MakerKinds())
}

// everyKind is the interest in all that can be said to be there.
func everyKind() wire.Interest {
	i := wire.Interest{}
	for _, kind := range kinds.Names() {
		i[kind] = nil
	}
	addSecrets(i)
	i["ConfigMap"] = []string{"containers", "binaryData"} // which may have manifests in a text
	return i
}

// Everything is the interest in all that can be said to be there, where a target is not.
func Everything(s config.Settings) wire.Interest {
	i := everyKind()
	if words := QuestionOf(s).Words(); len(words) > 0 {
		i[""] = append(words, wire.Wrapped)
		maps.Copy(i, inventory.RendererKinds())
	}
	return i
}

// QuestionOf returns which registries matter.
func QuestionOf(s config.Settings) inventory.Question {
	if s.Mode == config.ModeAudit {
		return inventory.About(s.Audited)
	}
	var registries []string
	for _, t := range s.Targets {
		if t.Registry != "" {
			registries = append(registries, t.Registry)
		}
	}
	return inventory.About(registries)
}

// AsksForRendered reports whether it matters that something is rendered later: to whoever
// looks, and to whoever changes objects only where nothing may be left unproven, or
// everything that pulls from a registry is wanted.
func AsksForRendered(s config.Settings) bool {
	switch s.Mode {
	case config.ModeAudit:
		return true
	case config.ModeCheck:
		return s.Preflight != config.PolicyIgnore
	}
	return s.Preflight == config.PolicyStrict || slices.ContainsFunc(s.Targets, func(t config.Target) bool { return t.Registry != "" })
}

// Interest returns what matters to Process, unless a target is missing: then it is
// said what there is instead, and every kind matters.
func Interest(s config.Settings) wire.Interest {
	if s.Mode == config.ModeAudit {
		return Everything(s)
	}
	targets := s.Targets
	if s.Preflight != config.PolicyIgnore { // other workloads of Calico's may lack the Secret
		targets = append(slices.Clone(targets), config.PresetNamed("calico").Target())
	}
	i := wire.Interest{"ServiceAccount": nil, config.Kind: {"password"}}
	if len(QuestionOf(s).Words()) > 0 { // of a registry everything is selected that pulls from there
		i = Everything(s)
	}
	if slices.ContainsFunc(s.Targets, func(t config.Target) bool {
		return slices.ContainsFunc(t.Selectors, func(s config.Selector) bool { return s.NamesKind("ServiceAccount") })
	}) { // which is judged by the pods that use it
		i = everyKind()
		i[""] = []string{"containers", "initContainers"}
	}
	addSecrets(i)
	if AsksForRendered(s) {
		maps.Copy(i, inventory.RendererKinds())
	}
	for _, kind := range kinds.Names() {
		if _, all := i[kind]; all && i[kind] == nil {
			continue
		}
		if names, selected := namesOfKind(kind, targets); selected {
			i[kind] = names
			if len(names) > 0 { // a template may make the name
				i[kind] = append(slices.Clip(names), "{{", "{%")
			}
		}
	}
	addCustom(i, s.Targets)
	if s.Mode == config.ModeRemove && (s.Secret != nil || s.External != nil) { // whatever names the Secret keeps it
		i[""] = append(slices.Clip(i[""]), s.SecretName)
	}
	if _, selected := namesOfKind(kinds.Installation, targets); selected { // the operator says where its Secret belongs
		if names, there := i["Deployment"]; !there || len(names) > 0 {
			i["Deployment"] = append(slices.Clone(names), inventory.OperatorName)
		}
	}
	return i
}

// podWords are those of which each pod spec has one.
var podWords = []string{"containers", "initContainers"}

// addCustom adds the kinds that are not known here and that selectors name. One that names
// no kind, or a pattern, may select whatever has a pod spec.
func addCustom(i wire.Interest, all []config.Target) {
	for _, t := range all {
		for _, s := range t.Selectors {
			names := s.Kinds()
			if t.Registry == "" && (names == nil || slices.ContainsFunc(names, func(kind string) bool { return !isWord(kind) })) {
				i[""] = append(slices.Clip(i[""]), podWords...)
			}
			for _, kind := range names {
				if _, known := i[kind]; !known && isWord(kind) {
					i[kind] = nil
				}
			}
		}
	}
}

// isWord reports whether a kind is a name that an Interest takes.
func isWord(kind string) bool {
	return kind != "" && (kind[0] >= 'A' && kind[0] <= 'Z' || kind[0] >= 'a' && kind[0] <= 'z')
}

// namesOfKind returns the names that any of the targets selects of a kind, none
// for all of them, and whether any selects the kind.
func namesOfKind(kind string, targets []config.Target) (names []string, selected bool) {
	all := false
	for _, t := range targets {
		for _, s := range t.Selectors {
			if !s.MatchesKind(kind) {
				continue
			}
			selected = true
			all = all || s.Names() == nil // not just names
			names = append(names, s.Names()...)
		}
	}
	if all || slices.Contains(names, "") {
		return nil, selected
	}
	return names, selected
}
