// SPDX-License-Identifier: Apache-2.0

// Package function adds image pull secrets to Calico.
//
// [Process] is a KRM function on the SDK's ResourceList, for use by itself or in
// a chain with others. It promises:
//
//   - Each target references the Secret: its name stands in imagePullSecrets of
//     the pod template, behind the entries that were there, which stay.
//   - If the configuration describes the Secret, there is one in each namespace
//     that has a target, with the content that kubectl would give it.
//   - No other field of any object changes, and a second run changes nothing.
//   - It reports everything that is wrong at once, and then changes nothing.
//   - It reads no environment variable or file that the configuration does not
//     name, and nothing else from outside; it writes nothing but the list.
//   - No credential, nor anything derived from one, is in a result or an error.
//
// [Filter] runs Process on the bytes of a ResourceList or of manifests, and adds
// lines or replaces values in place instead of encoding everything anew.
package function

import (
	"fmt"
	"slices"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
)

// Process adds the reference to the targets among the items of rl and the Secret
// to the items, as the functionConfig asks for (see ParseConfig), and sets the
// results. It is a fn.ResourceListProcessorFunc.
//
// It returns false if a result is an error; then the items are as they were,
// unless the SDK refused a change half-way. The error is always nil.
func Process(rl *fn.ResourceList) (bool, error) {
	rl.Results = slices.DeleteFunc(rl.Results, isOurs)
	others := len(rl.Results)
	from := callerOf(rl)

	config, err := ParseConfig(rl.FunctionConfig)
	if err != nil {
		rl.LogResult(err)
		return false, nil
	}
	there := newInventory(rl.Items)
	targets, results := selectTargets(config, rl.Items, from)
	secrets, err := pullSecrets(config, targets, there, rl, from)
	if err != nil {
		rl.LogResult(err)
	}
	var references []*reference
	for _, o := range targets {
		r, err := newReference(o, there, config.SecretName, from)
		if err != nil {
			rl.LogResult(err)
			continue
		}
		references = append(references, r)
	}
	rl.Results = append(rl.Results, results...)
	if hasErrors(rl.Results[others:]) {
		return false, nil
	}

	for _, r := range references {
		if err := r.apply(); err != nil {
			rl.LogResult(refused(r.object, from))
			return false, nil
		}
		rl.Results = append(rl.Results, r.results(config.SecretName, from)...)
	}
	rl.Results = append(rl.Results, plaintext(config, rl.FunctionConfig)...)
	for _, s := range secrets {
		if err := s.apply(rl); err != nil {
			rl.LogResult(refused(s.object, from))
			return false, nil
		}
		rl.Results = append(rl.Results, s.results(from)...)
	}
	return true, nil
}

// refused returns an error for a change that the SDK did not make. What the SDK
// says of it quotes the value, which may be the Secret's.
func refused(o *fn.KubeObject, from caller) error {
	result := newResult(checkConfig, fn.Error, "cannot be changed")
	if o != nil {
		about(result, o, from, "")
	}
	return result
}

// selectTargets returns the items that config selects, each once, in their
// order, and results on the targets that select none.
func selectTargets(config Config, items fn.KubeObjects, from caller) ([]*fn.KubeObject, fn.Results) {
	var targets []*fn.KubeObject
	var results fn.Results
	found := make([]bool, len(config.Targets))
	for _, o := range items {
		selected := false
		for i, t := range config.Targets {
			if t.matches(o) {
				selected, found[i] = true, true
			}
		}
		if selected {
			targets = append(targets, o)
		}
	}
	for i, t := range config.Targets {
		if !found[i] {
			results = append(results, missing(t, config, items, from)...)
		}
	}
	return targets, results
}

// missing returns what to say of a target that selects none of the items.
func missing(t Target, config Config, items fn.KubeObjects, from caller) fn.Results {
	severity := fn.Error
	switch {
	case config.OnMissing == PolicyIgnore, from == kustomizeGenerator && config.Secret != nil:
		return nil
	case from == kustomizeGenerator:
		return fn.Results{newResult(checkMissingTarget, fn.Warning,
			"nothing to generate: a generator sees no resources, and the config has no secret")}
	case config.OnMissing == PolicyWarn:
		severity = fn.Warning
	}
	var there []string
	hint, lists := "", ""
	for _, o := range items {
		if strings.HasSuffix(o.GetKind(), "List") {
			lists = "; objects inside a kind: List are ignored"
		}
		if fieldsOf(o) == nil {
			continue
		}
		there = append(there, display(o.GetKind(), o.GetNamespace(), o.GetName()))
		for _, p := range presets {
			asked := slices.ContainsFunc(config.Targets, func(t Target) bool { return t.Name == p.name })
			if hint == "" && !asked && p.target().matches(o) {
				hint = fmt.Sprintf(": set targets=%s", p.name)
			}
		}
	}
	message := fmt.Sprintf("no target: nothing matches %s; there is no DaemonSet or Deployment at all", t.Name)
	if len(there) > 0 {
		const most = 5
		if len(there) > most {
			there = append(there[:most], fmt.Sprintf("%d more", len(there)-most))
		}
		message = fmt.Sprintf("no target: nothing matches %s; found %s%s", t.Name, strings.Join(there, ", "), hint)
	}
	return fn.Results{newResult(checkMissingTarget, severity, message+lists)}
}

// plaintext returns a warning if a password stands in the configuration o.
func plaintext(config Config, o *fn.KubeObject) fn.Results {
	if config.Secret == nil || config.Secret.Password.Value == "" {
		return nil
	}
	return problems{{
		check: checkPlaintext,
		field: "secret.password",
		text:  "the password is in the function config: use secret.passwordEnv or secret.passwordFile",
	}}.as(fn.Warning, o)
}
