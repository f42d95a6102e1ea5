// SPDX-License-Identifier: Apache-2.0

package function

import (
	"maps"
	"slices"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/caller"
	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/names"
	"example.com/calico-pull-secrets/internal/pull"
	"example.com/calico-pull-secrets/internal/secrets"
	"example.com/calico-pull-secrets/internal/targets"
)

// A pullSecret is a Secret that is to be among the items.
type pullSecret struct {
	settings  *config.SecretSettings
	name      string
	namespace string
	servers   []string            // that it authenticates, sorted
	content   []byte              // nil if it is not known: mode check does without a credential
	path      string              // the file it goes into, if kpt is to be told
	onDisk    bool                // it is written into a package
	current   *inventory.Resource // the one that is there, nil if none
	known     pull.Content        // what is in that
}

// pullSecrets returns the Secrets that the settings ask for: one for each namespace
// that has a target. If they cannot be made, it says why.
func (s task) pullSecrets(references []*reference, set *secrets.Set, config *fn.KubeObject) ([]*pullSecret, finding.List) {
	if s.Secret == nil {
		return nil, nil
	}
	auths, p := s.auths(repositoriesOf(references))
	p = append(p, s.hashProblems(references, set.From)...)
	var content []byte
	servers := slices.Sorted(maps.Keys(auths))
	if len(p) > 0 && s.Mode == ModeCheck { // no credential is needed to check
		servers = finding.Unique(s.Secret.Servers(), func(server string) string { return server })
	} else if len(p) > 0 {
		return nil, p.Findings(fn.Error, config)
	} else {
		var err error
		if content, err = dockerConfigJSON(auths, s.Secret.Email); err != nil {
			return nil, finding.List{finding.New(finding.Secret, fn.Error, "the credential cannot be written as JSON")}
		}
	}
	path, onDisk := "", set.From.WritesFiles(set.Items)
	if onDisk {
		path = s.Secret.Path
	}
	var secrets []*pullSecret
	var failed finding.List
	for _, namespace := range s.secretNamespaces(s.Secret.Namespace, references) {
		secret := &pullSecret{
			settings: s.Secret, name: s.SecretName, namespace: namespace, servers: servers, content: content,
			path: path, onDisk: onDisk, current: set.There("Secret", namespace, s.SecretName),
		}
		if secret.current != nil {
			secret.known = set.ContentOf(secret.current)
		}
		if secret.current == nil && caller.IsSelection(set.Items) {
			return nil, finding.List{cannotBeSeen("Secret", s.SecretName)}
		}
		if secret.current != nil {
			if problem := secret.refusal(); problem != "" {
				failed = append(failed, secret.current.Finding(finding.Secret, fn.Error, "", "%s", problem))
			}
		}
		secrets = append(secrets, secret)
	}
	return secrets, failed
}

// cannotBeSeen returns an error for an object that is to be emitted, and may be
// there already where the function cannot see it.
func cannotBeSeen(kind, name string) finding.Finding {
	return finding.New(finding.Secret, fn.Error,
		"kpt hands over a selection of the resources, so %s %q that the package may have cannot be seen, and would be there twice: "+
			"leave out --match-*, selectors and exclude, since targets select already", kind, name)
}

// hashProblems returns why kustomize will not add a hash to the name, if it is to.
func (s task) hashProblems(references []*reference, from caller.Caller) config.Problems {
	var p config.Problems
	const field = "secret.nameSuffixHash"
	if !s.Secret.HashSuffix {
		return nil
	}
	if !from.IsKustomize() {
		p.Add(field, "only kustomize build adds the hash to the name and to the references: leave it out, or run the function there")
	}
	for _, r := range references {
		if r.spec.Has(kinds.NotRenamed) {
			p.Add(field, "kustomize does not add the hash to the reference in %s: leave it out", r)
		}
	}
	return p
}

// secretNamespaces returns where the Secret is needed, each once, in order of the
// references; only the given one, if it is not empty.
func (s task) secretNamespaces(given string, references []*reference) []string {
	if given != "" {
		return []string{given}
	}
	var namespaces []string
	seen := map[string]bool{}
	for _, r := range references {
		if namespace := r.Resource.SecretNamespace(); !seen[namespace] {
			seen[namespace] = true
			namespaces = append(namespaces, namespace)
		}
	}
	if len(namespaces) == 0 {
		return []string{s.namespaceUnseen()}
	}
	return namespaces
}

// namespaceUnseen returns where the Secret goes if no target can be seen, as in a
// generator: that of the operator if the targets are for it alone.
func (s task) namespaceUnseen() string {
	for _, t := range s.Targets {
		if slices.ContainsFunc(kinds.Names(), func(kind string) bool { return kind != kinds.Installation && t.MaySelect(kind) }) {
			return targets.DefaultNamespace
		}
	}
	return inventory.OperatorName
}

func (s *pullSecret) subject() *inventory.Resource { return s.current }

// isDone reports whether the Secret that is there is what is wanted.
func (s *pullSecret) isDone() bool {
	return s.current != nil && (s.content == nil && s.mayHaveContent() || s.content != nil && s.hasContent()) &&
		hasEntries(s.current, s.settings.Labels, "labels") && hasEntries(s.current, s.settings.Annotations, "annotations")
}

// mayHaveContent reports whether the Secret that is there may be what is wanted, where no
// credential is known to compare: it has one for each server, if that can be seen.
func (s *pullSecret) mayHaveContent() bool {
	if s.known.State != pull.Known {
		return true
	}
	return !slices.ContainsFunc(s.servers, func(server string) bool { return !slices.Contains(s.known.Servers(), pull.Endpoint(server)) })
}

// lacks returns what mode check says of a Secret that add would make or change.
func (s *pullSecret) lacks() finding.List {
	switch {
	case s.isDone():
		return nil
	case s.current == nil:
		return finding.List{s.says(finding.SecretMissing, fn.Error, "is not among the resources")}
	}
	return finding.List{s.says(finding.SecretMissing, fn.Error, "is not what the settings ask for: its content, labels or annotations differ")}
}

// apply adds the Secret to rl, or makes the one that is there what is wanted.
func (s *pullSecret) apply(rl *fn.ResourceList) error {
	if s.current == nil {
		o, err := s.newObject()
		if err != nil {
			return err
		}
		s.current = inventory.NewResource(o, nil)
		rl.Items = append(rl.Items, o)
		return nil
	}
	o := s.current
	if !s.hasContent() {
		if err := s.replaceContent(); err != nil {
			return err
		}
	}
	if err := setEntries(o, s.settings.Labels, "labels"); err != nil {
		return err
	}
	if err := setEntries(o, s.settings.Annotations, "annotations"); err != nil {
		return err
	}
	if s.settings.HashSuffix {
		if err := o.SetAnnotation(names.NeedsHash, names.Enabled); err != nil {
			return err
		}
	}
	if immutable, _, _ := o.NestedBool("immutable"); s.settings.Immutable && !immutable {
		return o.SetNestedBool(true, "immutable")
	}
	return nil
}

// states returns the state that apply leaves.
func (s *pullSecret) states(*judge) finding.List {
	states := finding.List{s.says(finding.Secret, fn.Info, "authenticates pulls from %s", finding.ShowServers(s.servers))}
	if s.current != nil && s.settings.Path != "" && s.current.Path() != "" && !s.current.IsHome && s.current.Path() != s.settings.Path {
		states = append(states, s.says(finding.Secret, fn.Info, "stays in the file that it is in, and secret.path does not count: move it there by hand"))
	}
	return states
}

// says returns a finding about the Secret, whether it is there yet or not. It names no
// file: a new Secret has none before kpt has written it, and a second run has to
// report the same.
func (s *pullSecret) says(check string, severity fn.Severity, format string, a ...any) finding.Finding {
	name := s.name
	if s.current != nil {
		name = s.current.GetName()
	}
	return output(finding.New(check, severity, format, a...), s.current, finding.Place{APIVersion: "v1", Kind: "Secret", Namespace: s.namespace, Name: name})
}

// output returns f as a finding on what comes out at a place, where r is already unless it
// is nil.
func output(f finding.Finding, r *inventory.Resource, p finding.Place) finding.Finding {
	if f.IsOutput = true; r != nil {
		p.Object = r.Number
	}
	return f.At(p)
}
