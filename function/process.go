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
	"slices"

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

	config, err := ParseConfig(rl.FunctionConfig)
	if err != nil {
		rl.LogResult(err)
		return false, nil
	}
	there := newResources(rl)
	targets, results := selectTargets(config, there)
	var references []*reference
	for _, r := range targets {
		ref, err := newReference(r, there, config.SecretName)
		if err != nil {
			rl.LogResult(err)
			continue
		}
		references = append(references, ref)
	}
	secrets, err := pullSecrets(config, references, there, rl)
	if err != nil {
		rl.LogResult(err)
	}
	externals, err := externalSecrets(config, references, there, rl)
	if err != nil {
		rl.LogResult(err)
	}
	rl.Results = append(rl.Results, results...)
	if hasErrors(rl.Results[others:]) {
		return false, nil
	}

	check := preflight{config: config, references: references, emitted: secrets, external: externals, there: there}
	findings := append(check.check(), plaintext(config, secrets, rl.FunctionConfig)...)
	for _, e := range externals {
		findings = append(findings, e.results(config.Preflight)...)
	}
	if hasErrors(findings) {
		rl.Results = append(rl.Results, findings...)
		return false, nil
	}

	for _, ref := range references {
		if err := ref.apply(); err != nil {
			rl.LogResult(refused(ref.resource))
			return false, nil
		}
	}
	for _, s := range secrets {
		if err := s.apply(rl); err != nil {
			rl.LogResult(refused(s.object))
			return false, nil
		}
	}
	for _, e := range externals {
		if err := e.apply(rl); err != nil {
			rl.LogResult(refused(e.object))
			return false, nil
		}
	}
	for _, ref := range references {
		content := check.contentOf(secretNamespace(ref.resource, there), ref.secret)
		rl.Results = append(rl.Results, ref.results(content)...)
	}
	for _, s := range secrets {
		rl.Results = append(rl.Results, s.result())
	}
	rl.Results = distinct(append(rl.Results, findings...))
	return true, nil
}

// refused returns an error for a change that the SDK did not make. What the SDK
// says of it quotes the value, which may be the Secret's.
func refused(r *resource) error {
	result := newResult(checkConfig, fn.Error, "cannot be changed")
	if r != nil {
		about(result, r, "")
	}
	return result
}

// selectTargets returns the resources that config selects, each once, in their
// order, and results on the targets that select none.
func selectTargets(config Config, there resources) ([]*resource, fn.Results) {
	var targets []*resource
	var results fn.Results
	found := make([]bool, len(config.Targets))
	for _, r := range there.all {
		selected := false
		for i, t := range config.Targets {
			if t.matches(r) {
				selected, found[i] = true, true
			}
		}
		if selected {
			targets = append(targets, r)
		}
	}
	for i, t := range config.Targets {
		if !found[i] {
			results = append(results, missing(t, config, there)...)
		}
	}
	return targets, results
}

// plaintext returns warnings if a password stands in the configuration o, or is
// about to be written to disk.
func plaintext(config Config, secrets []*pullSecret, o *fn.KubeObject) fn.Results {
	var results fn.Results
	if config.Secret != nil && config.Secret.Password.Value != "" {
		results = problems{{
			check: checkPlaintext,
			field: "secret.password",
			text:  "the password is in the function config: use secret.passwordEnv or secret.passwordFile",
		}}.as(fn.Warning, o)
	}
	for _, s := range secrets {
		if s.onDisk {
			results = append(results, s.about(newResult(checkPlaintext, fn.Warning,
				"is written into the package on disk, where the password can be read: keep the file out of Git")))
		}
	}
	return graded(results, config.Preflight)
}
