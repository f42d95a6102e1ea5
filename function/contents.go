// SPDX-License-Identifier: Apache-2.0

package function

import (
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/lazy"
	"example.com/calico-pull-secrets/internal/pull"
	"example.com/calico-pull-secrets/internal/reference"
)

// contentOf returns the content, after the plan, of the Secret with a name in a list of r.
func (j *judge) contentOf(r *reference.Reference, name string) pull.Content {
	if content := j.emitted[r.Key("Secret", r.Resource.SecretNamespace(), name)]; content != nil {
		return *content
	}
	return j.contentFor(r, name)
}

// contentFor returns the content of the Secret to which r refers by a name, as the resources show
// it. Where they do not show it, the setting servers counts.
func (j *judge) contentFor(r *reference.Reference, name string) pull.Content {
	if j.isDeclared(r, name) {
		return pull.Authenticating(j.settings.Servers...)
	}
	return j.set.ContentNamed(r.Resource, name)
}

// isDeclared reports whether the setting servers tells the content of the Secret that r means by a
// name, and the resources do not.
func (j *judge) isDeclared(r *reference.Reference, name string) bool {
	return name == j.settings.SecretName && len(j.settings.Servers) > 0 && j.set.ContentNamed(r.Resource, name).State == pull.Unknown &&
		!j.set.IsElsewhere(r.Resource, name) && !j.set.IsRenamed(r.Resource, name)
}

// keyring returns the list of the pods of r as kubelet merges it.
func (j *judge) keyring(r *reference.Reference) *pull.Keyring {
	return lazy.Value(j.keyrings, r, func() *pull.Keyring { return pull.NewKeyring(j.secretsNamed(r, r.After())) })
}

// auditKeyring returns the list of the pods of r as kubelet merges it. It holds nothing for a
// Secret that is only in another namespace: the pods cannot use it.
func (j *judge) auditKeyring(r *reference.Reference) *pull.Keyring {
	return lazy.Value(j.keyrings, r, func() *pull.Keyring {
		var secrets []pull.Secret
		for _, name := range finding.Distinct(r.After()) {
			content := j.contentFor(r, name)
			if j.isElsewhere(r, name) || j.set.IsRenamed(r.Resource, name) {
				content = pull.Authenticating()
			}
			secrets = append(secrets, pull.Secret{Name: name, Content: content})
		}
		return pull.NewKeyring(secrets)
	})
}

// secretsNamed returns the Secrets to which r refers by the names, each once.
func (j *judge) secretsNamed(r *reference.Reference, names []string) (all []pull.Secret) {
	for _, name := range finding.Distinct(names) {
		if r.IsOurs(name) {
			name = r.Secret
		}
		all = append(all, pull.Secret{Name: name, Content: j.contentOf(r, name)})
	}
	return all
}

func (j *judge) emits(r *inventory.Resource, name string) bool {
	_, emits := j.emitted[r.Key("Secret", r.SecretNamespace(), name)]
	return emits
}

// has reports whether the Secret is among the resources where r needs it, or is emitted there.
func (j *judge) has(r *reference.Reference, name string) bool {
	return j.set.IsRenamed(r.Resource, name) || j.set.Secret(r.Resource, name) != nil || len(j.set.MakersOf(r.Resource, name)) > 0 || j.emits(r.Resource, name)
}
