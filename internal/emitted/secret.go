// SPDX-License-Identifier: Apache-2.0

// Package emitted has the Secrets and ExternalSecrets that a configuration describes. For each it
// knows the wanted object, whether the existing one differs, and how to change it. It promises:
//
//   - The content of a Secret is byte for byte what kubectl create secret docker-registry
//     makes from the same input.
//   - It changes an existing object in place, and only where it differs.
//   - No credential, nor anything derived from one, is in a finding or an error.
//
// It does not know which pulls need a Secret: Needs says where one must be.
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

// A Secret is a Secret that the program emits.
type Secret struct {
	settings  *config.SecretSettings
	Name      string
	Namespace string
	Servers   []string            // the servers that it authenticates, sorted
	Content   []byte              // nil if unknown: mode check needs no credential
	path      string              // the file for it, if kpt must know
	IsOnDisk  bool                // kpt writes it into a package
	Current   *inventory.Resource // the existing one, nil if there is none
	known     pull.Content        // the content of Current
}

// Needs says what the references to a Secret need.
type Needs struct {
	Namespaces   []string              // where the Secret must be, in the order of the references
	Repositories []string              // the repositories that pods pull from with it, each once
	NotRenamed   []*inventory.Resource // objects in which kustomize does not correct the name
}

// Secrets returns the Secrets that the settings describe, one for each namespace with a target. It
// returns findings if it cannot make them.
func Secrets(s config.Settings, access credential.Access, needs Needs, set *secrets.Set, object *fn.KubeObject) ([]*Secret, finding.List) {
	if s.Secret == nil {
		return nil, nil
	}
	auths, p := readAuths(s.Secret, access, needs.Repositories)
	p = append(p, hashProblems(s, needs.NotRenamed, set.From)...)
	var content []byte
	servers := slices.Sorted(maps.Keys(auths))
	if len(p) > 0 && s.Mode == config.ModeCheck { // mode check needs no credential
		servers = finding.Distinct(s.Secret.Servers())
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

// cannotBeSeen returns an error for an object to emit, if it may already exist where the function
// cannot see it.
func cannotBeSeen(kind, name string) finding.Finding {
	return finding.New(finding.Secret, fn.Error,
		"kpt gives the function only some of the resources: %s %q may be in the package already, and would then be there twice\nhint: leave out --match-*, selectors and exclude: the setting targets selects objects", kind, name)
}

// hashProblems returns why kustomize will not add the configured hash to the name.
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

// secretNamespaces returns the namespaces that need the Secret, each once, in the order of the
// references. It returns only the given one, unless that is empty.
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

// namespaceUnseen returns the namespace of the Secret if no target is visible, as in a generator.
// It is the operator's if the targets can select only Installations.
func namespaceUnseen(s config.Settings) string {
	for _, t := range s.Targets {
		if slices.ContainsFunc(kinds.Names(), func(kind string) bool { return kind != kinds.Installation && t.MaySelect(kind) }) {
			return config.DefaultNamespace
		}
	}
	return inventory.OperatorName
}

func (s *Secret) Subject() *inventory.Resource { return s.Current }

// IsDone reports whether the existing Secret is the wanted one.
func (s *Secret) IsDone() bool {
	return s.Current != nil && (s.Content == nil && s.mayHaveContent() || s.Content != nil && s.hasContent()) &&
		hasEntries(s.Current, s.settings.Labels, "labels") && hasEntries(s.Current, s.settings.Annotations, "annotations")
}

// mayHaveContent reports whether the existing Secret may be the wanted one, if there is no
// credential to compare. It must have a credential for each server, if its content is known.
func (s *Secret) mayHaveContent() bool {
	if s.known.State != pull.Known {
		return true
	}
	return !slices.ContainsFunc(s.Servers, func(server string) bool { return !slices.Contains(s.known.Servers(), pull.Endpoint(server)) })
}

// Missing returns what mode check reports on a Secret that add would make or change.
func (s *Secret) Missing() finding.List {
	switch {
	case s.IsDone():
		return nil
	case s.Current == nil:
		return finding.List{s.Finding(finding.SecretMissing, fn.Error, "is not among the resources")}
	}
	return finding.List{s.Finding(finding.SecretMissing, fn.Error, "differs from the settings in its content, labels or annotations")}
}

// Apply adds the Secret to rl, or changes the existing one to the wanted one.
func (s *Secret) Apply(rl *fn.ResourceList) error {
	if s.Current == nil {
		var err error
		s.Current, err = added(rl, s.newObject())
		return err
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

// State returns the findings that hold after Apply.
func (s *Secret) State() finding.List {
	state := finding.List{s.Finding(finding.Secret, fn.Info, "authenticates pulls from %s", finding.ShowServers(s.Servers))}
	if s.Current != nil && s.settings.Path != "" && s.Current.Path() != "" && !s.Current.IsForNew && s.Current.Path() != s.settings.Path {
		state = append(state, s.Finding(finding.Secret, fn.Info, "stays in its file: secret.path is for a new Secret\nhint: move it by hand"))
	}
	return state
}

// Finding returns a finding about the Secret, whether or not it exists yet. It names no file: a new
// Secret has no file before kpt writes it, and a second run must report the same.
func (s *Secret) Finding(check string, severity fn.Severity, format string, a ...any) finding.Finding {
	name := s.Name
	if s.Current != nil {
		name = s.Current.GetName()
	}
	return output(finding.New(check, severity, format, a...), s.Current, finding.Place{APIVersion: "v1", Kind: "Secret", Namespace: s.Namespace, Name: name})
}

// output returns f as a finding on output at a place. r is the existing object, or nil.
func output(f finding.Finding, r *inventory.Resource, p finding.Place) finding.Finding {
	if f.IsOutput = true; r != nil {
		p.Object = r.Number
	}
	return f.At(p)
}
