// SPDX-License-Identifier: Apache-2.0

package function

import (
	"fmt"
	"slices"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/emitted"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/pull"
	"example.com/calico-pull-secrets/internal/reference"
)

// secretsOf reports Secrets in the list of r that kubelet ignores or cannot read, and our Secret if
// it is only in another namespace. Under strict it also reports missing ones.
func (j *judge) secretsOf(r *reference.Reference) {
	namespace := r.Resource.SecretNamespace()
	for _, name := range r.After() {
		j.findings = append(j.findings, ambiguousSecrets(j.set, r.Resource, name, j.judged)...)
		if by := j.set.RenamedBy(r.Resource, name); by != "" {
			j.add(r.Resource, r.Spec.Path(), finding.RenamedReference, fn.Error,
				"names Secret %q, but %s renames only the Secret, not this reference\nhint: remove namePrefix and nameSuffix there: kustomize changes references only in built-in kinds, and only to a Secret of the same kustomization", name, finding.ShowName(by))
		} else if j.set.IsRenamed(r.Resource, name) {
			j.add(r.Resource, r.Spec.Path(), finding.RenamedReference, fn.Error,
				"names Secret %q, but kustomize renames only the Secret, not the reference in objects of kind %s\nhint: set disableNameSuffixHash: true for the Secret, or reference its final name",
				name, finding.ShowName(r.GVK.Kind))
		}
		j.writers(r.Resource, name)
		if secret := j.set.Secret(r.Resource, name); secret != nil && !j.judged[secret] {
			j.judged[secret] = true
			j.contentFound(secret, j.contentOf(r, name), "")
		}
	}
	if elsewhere := j.elsewhere(r); elsewhere != "" && slices.ContainsFunc(r.After(), r.IsOurs) {
		j.add(r.Resource, r.Spec.Path(), finding.SecretNamespace, fn.Warning,
			"needs Secret %q in namespace %s, but that Secret is in namespace %s\nhint: %s", r.Secret, finding.ShowName(namespace), finding.ShowName(elsewhere), j.bringSecretHint(r, namespace))
		return
	}
	if j.settings.Preflight != finding.PolicyStrict || r.Resource.IsInstallation() {
		return
	}
	for _, name := range r.After() {
		if name != "" && !j.has(r, name) && (!r.IsOurs(name) || len(j.settings.Servers) == 0) {
			j.add(r.Resource, r.Spec.Path(), finding.SecretMissing, fn.Error, "Secret %q is not among the resources\nhint: give the program the Secret, too, or set servers to the registries of the Secret", name)
		}
	}
}

// contentFound reports what is wrong with the Secret that a resource is or makes.
func (j *judge) contentFound(about *inventory.Resource, content pull.Content, makes string) {
	switch content.State {
	case pull.Refused:
		j.add(about, "", finding.SecretRefused, fn.Error, "%s%s\nhint: %s", makes, content.Problem, content.Hint)
	case pull.Ignored:
		j.add(about, "", finding.SecretType, fn.Warning, "%s%s\nhint: %s", makes, content.Problem, content.Hint)
	case pull.Malformed:
		j.add(about, "", finding.SecretMalformed, fn.Error, "%s%s\nhint: %s", makes, content.Problem, content.Hint)
	case pull.Known:
		for _, d := range content.Doubts() {
			j.add(about, "", finding.Placeholder, fn.Warning, doubtFormat, d.Field, finding.ShowServer(d.Endpoint), d.Problem)
		}
	}
}

// writers reports Secrets that a controller makes and kubelet ignores, and Secrets that two objects
// write.
func (j *judge) writers(r *inventory.Resource, name string) {
	makers := j.set.MakersOf(r, name)
	var writers []string
	switch {
	case j.set.Secret(r, name) != nil, j.emits(r, name) && len(j.externals) == 0:
		writers = append(writers, "Secret")
	case j.emits(r, name):
		writers = append(writers, kinds.ExternalSecret)
	}
	for _, made := range makers {
		isOurs := slices.ContainsFunc(j.externals, func(e *emitted.External) bool { return e.Current == made.Of })
		if made.Merges || isOurs {
			continue
		}
		if !made.Everywhere {
			writers = append(writers, finding.ShowName(made.Of.GVK.Kind))
		}
		if !j.judged[made.Of] && !j.emits(r, name) && made.Content.State != pull.Unknown {
			j.judged[made.Of] = true
			j.contentFound(made.Of, made.Content, fmt.Sprintf("makes Secret %q, but this Secret ", name))
		}
	}
	if key := r.Key("Secret", r.SecretNamespace(), name); len(writers) > 1 && !j.conflicting[key] {
		j.conflicting[key] = true
		last := makers[len(makers)-1].Of
		j.add(last, "", finding.SecretConflict, fn.Warning, "writes Secret %q, and so does another object (kind %s)\nhint: keep one of them", name, finding.Enumerate(writers[:len(writers)-1]))
	}
}

// elsewhere returns the namespace of our Secret if r needs it in another one; empty if not.
func (j *judge) elsewhere(r *reference.Reference) (elsewhere string) {
	namespace := r.Resource.SecretNamespace()
	if j.has(r, r.Secret) || namespace == "" || r.Cluster != 0 {
		return ""
	}
	for _, s := range j.secrets {
		elsewhere = s.Namespace
	}
	if elsewhere == "" {
		elsewhere = j.set.NamespaceOf(r.Secret)
	}
	return elsewhere
}

// bringSecretHint returns a hint how to get the Secret into a namespace.
func (j *judge) bringSecretHint(r *reference.Reference, namespace string) string {
	if s := j.settings.Secret; s != nil && s.Namespace != "" {
		return "leave secret.namespace out: each namespace with a target gets the Secret"
	}
	if hosts := inventory.HostsOf(j.pulledWith(r)); len(hosts) == 1 {
		if command := createSecret(r.Secret, namespace, hosts[0]); len(command) <= finding.LongestHint {
			return command
		}
	}
	return "create the Secret in namespace " + finding.ShowName(namespace) + ", too"
}

// servers reports servers of the settings that match only images from their own host, if no image
// names that host.
func (j *judge) servers() {
	hosts := inventory.HostsOf(j.repositories)
	var p config.Problems
	check := func(field, server string) {
		if pull.OnlyOwnHost(server) && !slices.Contains(hosts, pull.Host(pull.Endpoint(server))) {
			p = append(p, config.Problem{Check: finding.ServerUnusable, Field: field,
				Text: "matches only images that name this host, but no image here does: for Docker Hub write " + pull.DockerHub})
		}
	}
	for _, server := range j.settings.Servers {
		check("servers", server)
	}
	all := func(block string, servers []string, areEntries bool) {
		for i, server := range servers {
			field := block + ".server"
			if areEntries {
				field = config.EntryPath(block+".registries", i) + ".server"
			}
			check(field, server)
		}
	}
	if s := j.settings.Secret; s != nil {
		all("secret", s.Servers(), len(s.Registries) > 0)
	}
	if e := j.settings.External; e != nil {
		all("externalSecret", e.Servers(), len(e.Registries) > 0)
	}
	j.findings = append(j.findings, p.Findings(fn.Warning, j.config)...)
}
