// SPDX-License-Identifier: Apache-2.0

package targets

import (
	"maps"
	"slices"

	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/imagetext"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/prefilter"
	"example.com/calico-pull-secrets/internal/secrets"
)

// addSecrets adds Secrets, and the kinds from which controllers make Secrets.
func addSecrets(i prefilter.Interest) {
	i["Secret"] = nil
	maps.Copy(i, secrets.MakerKinds())
}

// everyKind is the interest in all kinds that a message on a missing target may name.
func everyKind() prefilter.Interest {
	i := prefilter.Interest{}
	for _, kind := range kinds.Names() {
		i[kind] = nil
	}
	addSecrets(i)
	i["ConfigMap"] = []string{"containers", "binaryData"} // it may have manifests in a text
	return i
}

// Everything is the interest in all objects that a message on a missing target may name.
func Everything(s config.Settings) prefilter.Interest {
	i := everyKind()
	if q := QuestionOf(s); q.Asks() {
		if i[""] = q.Words(); i[""] != nil {
			i[""] = append(i[""], prefilter.Encoded)
		}
		maps.Copy(i, inventory.RendererKinds())
		for _, kind := range kinds.OperatedNames() {
			i[kind] = nil
		}
	}
	return i
}

// QuestionOf returns the question for the registries that matter to the settings.
func QuestionOf(s config.Settings) imagetext.Question {
	if s.Mode == config.ModeAudit {
		return imagetext.About(s.Audited)
	}
	var registries []string
	for _, t := range s.Targets {
		if t.Registry != "" {
			registries = append(registries, t.Registry)
		}
	}
	return imagetext.About(registries)
}

// AsksForRendered reports whether it matters that a tool renders something later. It matters in
// mode audit, and in mode check unless the policy is ignore. In the other modes it matters under
// strict, or if a target selects by registry.
func AsksForRendered(s config.Settings) bool {
	switch s.Mode {
	case config.ModeAudit:
		return true
	case config.ModeCheck:
		return s.Preflight != finding.PolicyIgnore
	}
	return s.Preflight == finding.PolicyStrict || slices.ContainsFunc(s.Targets, func(t config.Target) bool { return t.Registry != "" })
}

// Interest returns the objects that matter to Process. If a target is missing, Everything matters:
// the finding says what there is instead.
func Interest(s config.Settings) prefilter.Interest {
	if s.Mode == config.ModeAudit {
		return Everything(s)
	}
	targets := s.Targets
	if s.Preflight != finding.PolicyIgnore { // other workloads of Calico may lack the Secret
		targets = append(slices.Clone(targets), config.PresetNamed("calico").Target())
	}
	i := prefilter.Interest{"ServiceAccount": nil, config.Kind: {"password"}}
	if QuestionOf(s).Asks() { // a registry selects every object that pulls from there
		i = Everything(s)
	}
	if slices.ContainsFunc(s.Targets, func(t config.Target) bool {
		return slices.ContainsFunc(t.Selectors, func(s config.Selector) bool { return s.NamesKind("ServiceAccount") })
	}) { // the pods that use a ServiceAccount decide its verdict
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
	if s.Mode == config.ModeRemove && (s.Secret != nil || s.External != nil) { // any object that names the Secret keeps it
		i[""] = append(slices.Clip(i[""]), s.SecretName)
	}
	if _, selected := namesOfKind(kinds.Installation, targets); selected { // the operator's namespace is that of the Secret
		if names, there := i["Deployment"]; !there || len(names) > 0 {
			i["Deployment"] = append(slices.Clone(names), inventory.OperatorName)
		}
	}
	return i
}

// podWords are words of which each pod spec has one.
var podWords = []string{"containers", "initContainers"}

// addCustom adds the custom kinds that selectors name. A selector without a kind, or with a
// pattern, may select any object with a pod spec.
func addCustom(i prefilter.Interest, all []config.Target) {
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

// namesOfKind returns the names of a kind that the targets select, nil for all names. selected
// reports whether a target selects the kind.
func namesOfKind(kind string, targets []config.Target) (names []string, selected bool) {
	all := false
	for _, t := range targets {
		for _, s := range t.Selectors {
			if !s.MatchesKind(kind) {
				continue
			}
			selected = true
			all = all || s.Names() == nil // not only words
			names = append(names, s.Names()...)
		}
	}
	if all || slices.Contains(names, "") {
		return nil, selected
	}
	return names, selected
}
