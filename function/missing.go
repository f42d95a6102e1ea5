// SPDX-License-Identifier: Apache-2.0

package function

import (
	"fmt"
	"slices"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
)

// missing returns what to say of a target that selects none of the resources:
// what there is, and the setting that would select it.
func missing(t Target, config Config, there resources) fn.Results {
	severity := fn.Error
	switch {
	case config.OnMissing == PolicyIgnore, there.from == kustomizeGenerator && (config.Secret != nil || config.External != nil):
		return nil
	case there.from == kustomizeGenerator:
		return fn.Results{newResult(checkMissingTarget, fn.Warning,
			"nothing to generate: a generator sees no resources, and the config has no secret")}
	case config.OnMissing == PolicyWarn:
		severity = fn.Warning
	}
	message := fmt.Sprintf("no target: nothing matches %s", shown(t.Name))
	candidates := slices.DeleteFunc(slices.Clone(there.all), func(r *resource) bool { return fieldSpecOf(r) == nil || r.gvk.Kind == "ServiceAccount" })
	if len(candidates) == 0 {
		return fn.Results{newResult(checkMissingTarget, severity, message+"; there is no workload at all")}
	}
	meant, setting := hint(t, config, candidates)
	if meant != nil { // first, so that it is seen
		i := slices.Index(candidates, meant)
		candidates = slices.Insert(slices.Delete(candidates, i, i+1), 0, meant)
	}
	const most = 5
	var found []string
	for _, r := range candidates[:min(most, len(candidates))] {
		found = append(found, r.String())
	}
	if more := len(candidates) - most; more > 0 {
		found = append(found, fmt.Sprintf("%d more", more))
	}
	message += "; found " + strings.Join(found, ", ")
	if setting != "" {
		message += ": " + setting
	}
	return fn.Results{newResult(checkMissingTarget, severity, message)}
}

// hint returns that of the candidates which t most likely means, and the setting
// that selects it; nil and nothing if there is none.
func hint(t Target, config Config, candidates []*resource) (meant *resource, setting string) {
	set := func(entry string) string {
		if len(config.Targets) == 1 {
			return "set targets=" + entry
		}
		return fmt.Sprintf("in targets write %s instead of %s", entry, shown(t.Name))
	}
	candidates = slices.DeleteFunc(slices.Clone(candidates), func(r *resource) bool { // those of other targets
		return slices.ContainsFunc(config.Targets, func(t Target) bool { return t.matches(r) })
	})
	if i := slices.IndexFunc(candidates, t.anywhere().matches); i >= 0 {
		return candidates[i], "set namespace: " + candidates[i].GetNamespace()
	}
	near := t.nearest(candidates)
	if near == nil || t.isPreset() {
		for _, p := range presets {
			if i := slices.IndexFunc(candidates, p.target().matches); i >= 0 {
				return candidates[i], set(p.name)
			}
		}
		if i := slices.IndexFunc(candidates, isOperator); i >= 0 {
			return candidates[i], "the operator installs Calico here: add its Installation to the resources and " + set("operator")
		}
	}
	for _, p := range presets {
		if near == nil {
			near = p.target().nearest(candidates)
		}
	}
	if near == nil {
		return nil, ""
	}
	return near, set(near.gvk.Kind + "/" + near.GetName())
}
