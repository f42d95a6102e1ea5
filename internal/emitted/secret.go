// SPDX-License-Identifier: Apache-2.0

// Package emitted has the Secrets and ExternalSecrets that a configuration asks for: what each
// is to be, whether the one that is there is so, and how it becomes so. It promises:
//
//   - The content of a Secret is byte for byte what kubectl create secret docker-registry
//     makes of the same input.
//   - What is there already is changed in place, and only where it differs.
//   - No credential, nor anything derived from one, is in a finding or an error.
//
// It does not know which pulls a Secret is for: Needs says where one must be.
package emitted

import (
	"maps"
	"slices"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/caller"
	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/credential"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/names"
	"example.com/calico-pull-secrets/internal/pull"
	"example.com/calico-pull-secrets/internal/secrets"
)

// A Secret is a Secret that is to be among the items.
type Secret struct {
	settings  *config.SecretSettings
	Name      string
	Namespace string
	Servers   []string            // that it authenticates, sorted
	Content   []byte              // nil if it is not known: mode check does without a credential
	path      string              // the file it goes into, if kpt is to be told
	IsOnDisk  bool                // it is written into a package
	Current   *inventory.Resource // the one that is there, nil if none
	known     pull.Content        // what is in that
}

// Needs are what the references to a Secret need of it.
type Needs struct {
	Namespaces   []string              // where it must be, in the order of the references
	Repositories []string              // what is pulled with it, each once
	NotRenamed   []*inventory.Resource // in which kustomize does not correct the name
}

// Secrets returns the Secrets that the settings ask for: one for each namespace
// that has a target. If they cannot be made, it says why.
func Secrets(s config.Settings, access credential.Access, needs Needs, set *secrets.Set, object *fn.KubeObject) ([]*Secret, finding.List) {
	if s.Secret == nil {
		return nil, nil
	}
	auths, p := readAuths(s.Secret, access, needs.Repositories)
	p = append(p, hashProblems(s, needs.NotRenamed, set.From)...)
	var content []byte
	servers := slices.Sorted(maps.Keys(auths))
	if len(p) > 0 && s.Mode == config.ModeCheck { // no credential is needed to check
		servers = finding.Unique(s.Secret.Servers(), func(server string) string { return server })
	} else if len(p) > 0 {
		return nil, p.Findings(fn.Error, object)
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
	var secrets []*Secret
	var failed finding.List
	for _, namespace := range secretNamespaces(s, s.Secret.Namespace, needs) {
		secret := &Secret{
			settings: s.Secret, Name: s.SecretName, Namespace: namespace, Servers: servers, Content: content,
			path: path, IsOnDisk: onDisk, Current: set.There("Secret", namespace, s.SecretName),
		}
		if secret.Current != nil {
			secret.known = set.ContentOf(secret.Current)
		}
		if secret.Current == nil && caller.IsSelection(set.Items) {
			return nil, finding.List{cannotBeSeen("Secret", s.SecretName)}
		}
		if secret.Current != nil {
			if problem := secret.refusal(); problem != "" {
				failed = append(failed, secret.Current.Finding(finding.Secret, fn.Error, "", "%s", problem))
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
		"kpt hands over some of the resources only: %s %q may be in the package already, and would be there twice\nhint: leave out --match-*, selectors and exclude: targets select", kind, name)
}

// hashProblems returns why kustomize will not add a hash to the name, if it is to.
func hashProblems(s config.Settings, notRenamed []*inventory.Resource, from caller.Caller) config.Problems {
	var p config.Problems
	const field = "secret.nameSuffixHash"
	if !s.Secret.HashSuffix {
		return nil
	}
	if !from.IsKustomize() {
		p.Add(field, "only kustomize build adds the hash to the name and to the references: leave it out, or run the function there")
	}
	for _, r := range notRenamed {
		p.Add(field, "kustomize does not add the hash to the reference in %s: leave it out", r)
	}
	return p
}

// secretNamespaces returns where the Secret is needed, each once, in order of the
// references; only the given one, if it is not empty.
func secretNamespaces(s config.Settings, given string, needs Needs) []string {
	if given != "" {
		return []string{given}
	}
	var namespaces []string
	seen := map[string]bool{}
	for _, namespace := range needs.Namespaces {
		if !seen[namespace] {
			seen[namespace] = true
			namespaces = append(namespaces, namespace)
		}
	}
	if len(namespaces) == 0 {
		return []string{namespaceUnseen(s)}
	}
	return namespaces
}

// namespaceUnseen returns where the Secret goes if no target can be seen, as in a
// generator: that of the operator if the targets are for it alone.
func namespaceUnseen(s config.Settings) string {
	for _, t := range s.Targets {
		if slices.ContainsFunc(kinds.Names(), func(kind string) bool { return kind != kinds.Installation && t.MaySelect(kind) }) {
			return config.DefaultNamespace
		}
	}
	return inventory.OperatorName
}

func (s *Secret) Subject() *inventory.Resource { return s.Current }

// IsDone reports whether the Secret that is there is what is wanted.
func (s *Secret) IsDone() bool {
	return s.Current != nil && (s.Content == nil && s.mayHaveContent() || s.Content != nil && s.hasContent()) &&
		hasEntries(s.Current, s.settings.Labels, "labels") && hasEntries(s.Current, s.settings.Annotations, "annotations")
}

// mayHaveContent reports whether the Secret that is there may be what is wanted, where no
// credential is known to compare: it has one for each server, if that can be seen.
func (s *Secret) mayHaveContent() bool {
	if s.known.State != pull.Known {
		return true
	}
	return !slices.ContainsFunc(s.Servers, func(server string) bool { return !slices.Contains(s.known.Servers(), pull.Endpoint(server)) })
}

// Missing returns what mode check says of a Secret that add would make or change.
func (s *Secret) Missing() finding.List {
	switch {
	case s.IsDone():
		return nil
	case s.Current == nil:
		return finding.List{s.Finding(finding.SecretMissing, fn.Error, "is not among the resources")}
	}
	return finding.List{s.Finding(finding.SecretMissing, fn.Error, "is not what the settings ask for: its content, labels or annotations differ")}
}

// Apply adds the Secret to rl, or makes the one that is there what is wanted.
func (s *Secret) Apply(rl *fn.ResourceList) error {
	if s.Current == nil {
		o, err := s.newObject()
		if err != nil {
			return err
		}
		s.Current = inventory.NewResource(o, nil)
		rl.Items = append(rl.Items, o)
		return nil
	}
	o := s.Current
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

// State returns the state that apply leaves.
func (s *Secret) State() finding.List {
	state := finding.List{s.Finding(finding.Secret, fn.Info, "authenticates pulls from %s", finding.ShowServers(s.Servers))}
	if s.Current != nil && s.settings.Path != "" && s.Current.Path() != "" && !s.Current.IsForNew && s.Current.Path() != s.settings.Path {
		state = append(state, s.Finding(finding.Secret, fn.Info, "stays in its file: secret.path is for a new Secret\nhint: move it by hand"))
	}
	return state
}

// Finding returns a finding about the Secret, whether it is there yet or not. It names no
// file: a new Secret has none before kpt has written it, and a second run has to
// report the same.
func (s *Secret) Finding(check string, severity fn.Severity, format string, a ...any) finding.Finding {
	name := s.Name
	if s.Current != nil {
		name = s.Current.GetName()
	}
	return output(finding.New(check, severity, format, a...), s.Current, finding.Place{APIVersion: "v1", Kind: "Secret", Namespace: s.Namespace, Name: name})
}

// output returns f as a finding on what comes out at a place, where r is already unless it
// is nil.
func output(f finding.Finding, r *inventory.Resource, p finding.Place) finding.Finding {
	if f.IsOutput = true; r != nil {
		p.Object = r.Number
	}
	return f.At(p)
}
