// SPDX-License-Identifier: Apache-2.0

package function

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"calico-pull-secrets/internal/registry"
)

// A preflight judges the resources as the function is about to leave them, by what
// kubelet and the API server make of them.
type preflight struct {
	config     Config
	references []*reference
	emitted    []*pullSecret
	external   []*externalSecret
	there      resources
	results    fn.Results
	judged     map[*resource]bool // Secrets, which several targets may share
	targets    map[*resource]*reference
}

// check returns the findings, graded by the policy of the configuration.
func (p *preflight) check() fn.Results {
	if p.config.Preflight == PolicyIgnore {
		return nil
	}
	p.judged = map[*resource]bool{}
	p.targets = map[*resource]*reference{}
	for _, r := range p.references {
		p.targets[r.resource] = r
	}
	for _, r := range p.references {
		p.duplicates(r)
		p.serviceAccount(r)
		p.operator(r)
		p.secrets(r)
		p.registries(r)
	}
	p.uncovered()
	return graded(p.results, p.config.Preflight)
}

// contentOf returns what will be in a Secret.
func (p *preflight) contentOf(namespace, name string) content {
	for _, e := range p.external {
		if e.namespace == namespace && e.name == name {
			return content{state: known, config: registry.Config{Servers: []string{e.config.Server}}}
		}
	}
	return contentOf(namespace, name, p.emitted, p.there)
}

// graded returns results with each warning made an error if the policy is error.
func graded(results fn.Results, policy Policy) fn.Results {
	for _, r := range results {
		if r.Severity == fn.Warning && policy == PolicyError {
			r.Severity = fn.Error
		}
	}
	return results
}

// add adds a finding about r; path may be empty.
func (p *preflight) add(r *resource, path, check string, severity fn.Severity, format string, a ...any) {
	p.results = append(p.results, about(newResult(check, severity, fmt.Sprintf(format, a...)), r, path))
}

// duplicates finds names that the list has twice, or entries without one.
func (p *preflight) duplicates(r *reference) {
	seen := map[string]bool{}
	for _, name := range r.after() {
		switch {
		case name == "":
			p.add(r.resource, r.spec.path(), checkDuplicateReference, fn.Warning, "has an entry without a name, which server-side apply refuses: remove it")
		case seen[name]:
			p.add(r.resource, r.spec.path(), checkDuplicateReference, fn.Warning, "names %q twice, which server-side apply refuses: remove one", name)
		}
		seen[name] = true
	}
}

// enforceMountableSecrets makes the API server refuse pods with a Secret that
// their ServiceAccount does not have in its own list.
const enforceMountableSecrets = "kubernetes.io/enforce-mountable-secrets"

// serviceAccount finds a ServiceAccount whose pods would be refused.
func (p *preflight) serviceAccount(r *reference) {
	if r.account == nil {
		return
	}
	if enforced, _ := strconv.ParseBool(r.account.GetAnnotation(enforceMountableSecrets)); !enforced {
		return
	}
	allowed := r.account.pullSecrets()
	if target := p.targets[r.account]; target != nil {
		allowed = target.after()
	}
	if !slices.Contains(allowed, r.secret) {
		p.add(r.resource, r.spec.path(), checkServiceAccount, fn.Warning,
			"ServiceAccount %q has %s, so pods with Secret %q are refused: add ServiceAccount/%s to targets",
			r.account.GetName(), enforceMountableSecrets, r.secret, r.account.GetName())
	}
}

// operator finds what the Tigera operator undoes, and what stops it.
func (p *preflight) operator(r *reference) {
	if isOwnedByOperator(r.resource) {
		p.add(r.resource, r.spec.path(), checkOperatorOwned, fn.Warning,
			"the Tigera operator made this and undoes the change: set targets=operator, with its Installation among the resources")
	}
	if isInstallation(r.resource) && !p.has(r) {
		p.add(r.resource, r.spec.path(), checkSecretMissing, fn.Warning,
			"Secret %q is not among the resources: unless namespace %s has it already, the operator installs nothing", r.secret, secretNamespace(r.resource, p.there))
	}
}

// has reports whether the Secret of r is emitted where r needs it, or is there.
func (p *preflight) has(r *reference) bool {
	namespace := secretNamespace(r.resource, p.there)
	return p.there.secret(namespace, r.secret) != nil ||
		slices.ContainsFunc(p.emitted, func(s *pullSecret) bool { return s.namespace == namespace }) ||
		slices.ContainsFunc(p.external, func(e *externalSecret) bool { return e.namespace == namespace }) ||
		slices.ContainsFunc(p.there.secrets, func(o *resource) bool { return o.GetNamespace() == namespace && makesSecret(o, r.secret) })
}

// secrets finds, among the Secrets that r references, those that kubelet ignores or
// fails with, and ours if it is in another namespace.
func (p *preflight) secrets(r *reference) {
	namespace := secretNamespace(r.resource, p.there)
	for _, name := range r.after() {
		c := p.contentOf(namespace, name)
		if c.at == nil || p.judged[c.at] {
			continue
		}
		p.judged[c.at] = true
		switch c.state {
		case ignored:
			p.add(c.at, "", checkSecretType, fn.Warning, "%s", c.problem)
		case malformed:
			p.add(c.at, "", checkSecretMalformed, fn.Error, "%s", c.problem)
		}
	}
	if p.has(r) || namespace == "" {
		return
	}
	elsewhere := ""
	for _, other := range p.there.secrets {
		if other.gvk.Kind == "Secret" && wasCalled(other, r.secret) && other.GetNamespace() != "" {
			elsewhere = other.GetNamespace()
		}
	}
	for _, s := range p.emitted {
		elsewhere = s.namespace
	}
	if elsewhere != "" {
		p.add(r.resource, r.spec.path(), checkSecretNamespace, fn.Warning,
			"Secret %q is in namespace %s, and only one in %s is used here", r.secret, elsewhere, namespace)
	}
}

// registries finds images whose pulls the Secret does not authenticate.
func (p *preflight) registries(r *reference) {
	images := r.images()
	if len(images) == 0 {
		return
	}
	namespace := secretNamespace(r.resource, p.there)
	ours := p.contentOf(namespace, r.secret)
	switch ours.state {
	case unknown:
		p.add(r.resource, r.spec.path(), checkRegistryUnknown, fn.Info,
			"pulls from %s; what is in Secret %q is not known here: make sure that it is for %s", strings.Join(hostsOf(images), ", "), r.secret, strings.Join(serversOf(images), ", "))
		return
	case ignored, malformed:
		return
	}
	uncovered, byOthers := ours.uncovered(images), images
	for _, name := range r.after() {
		if name == r.secret || name == "" {
			continue
		}
		other := p.contentOf(namespace, name)
		if other.state == unknown { // it may cover the rest
			byOthers = nil
		}
		byOthers = other.uncovered(byOthers)
	}
	anonymous := intersection(uncovered, byOthers)
	switch none := len(uncovered) == len(images); {
	case len(ours.config.Servers) == 0:
		p.add(r.resource, r.spec.path(), checkRegistryMismatch, fn.Warning,
			"Secret %q has no password that kubelet can read, such as one in docker's credential store or an identity token: pulls stay anonymous. Make it with kubectl create secret docker-registry", r.secret)
	case none && len(anonymous) == 0:
		p.add(r.resource, r.spec.path(), checkRegistryMismatch, fn.Warning, "Secret %q %s, and no image here is from there: drop it", r.secret, ours.authenticates())
	case none:
		p.add(r.resource, r.spec.path(), checkRegistryMismatch, fn.Warning, "pulls %s; Secret %q %s: these pulls stay anonymous. %s, or drop the Secret",
			enumerate(anonymous), r.secret, ours.authenticates(), cure(anonymous))
	case len(anonymous) > 0:
		p.add(r.resource, r.spec.path(), checkRegistryPartial, fn.Warning, "pulls %s, too; Secret %q %s: these pulls stay anonymous. Add another Secret, for %s",
			enumerate(anonymous), r.secret, ours.authenticates(), strings.Join(serversOf(anonymous), ", "))
	}
}

// uncovered finds other workloads of Calico's that pull from the same registries
// with no Secret at all.
func (p *preflight) uncovered() {
	hosts := hostsOf(imagesOf(p.references))
	calico := presetNamed("calico").target()
	for _, o := range p.there.all {
		if p.targets[o] != nil || !calico.matches(o) {
			continue
		}
		r, err := newReference(o, p.there, p.config.SecretName)
		if err != nil || len(r.names) > 0 || len(r.account.pullSecrets()) > 0 {
			continue
		}
		if images := r.images(); len(intersection(hostsOf(images), hosts)) > 0 {
			p.add(o, r.spec.path(), checkUncoveredWorkload, fn.Info, "pulls %s without a Secret: targets=calico has it reference %q, too", enumerate(images), p.config.SecretName)
		}
	}
}

// authenticates returns what the Secret does, for a message.
func (c content) authenticates() string {
	var endpoints []string
	for _, server := range c.config.Servers {
		if e := registry.Endpoint(server); e != "" && !slices.Contains(endpoints, e) {
			endpoints = append(endpoints, e)
		}
	}
	return "authenticates " + strings.Join(endpoints, ", ") + " only"
}

// uncovered returns those of the images that the Secret does not authenticate.
func (c content) uncovered(images []string) []string {
	return slices.DeleteFunc(slices.Clone(images), func(image string) bool {
		return len(registry.Matches(c.config.Servers, image)) > 0
	})
}

// cure returns what to set for the images to be pulled with a Secret.
func cure(images []string) string {
	servers := serversOf(images)
	if len(servers) == 1 {
		return "Use server " + servers[0]
	}
	return "Use a Secret for each of " + strings.Join(servers, ", ")
}

func hostsOf(images []string) []string { return each(images, registry.Host) }

func serversOf(images []string) []string {
	return each(images, func(image string) string { return registry.Server(registry.Host(image)) })
}

// each returns what f makes of the images, each once.
func each(images []string, f func(string) string) (made []string) {
	for _, image := range images {
		if m := f(image); !slices.Contains(made, m) {
			made = append(made, m)
		}
	}
	return made
}

func intersection(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return !slices.Contains(b, s) })
}

// enumerate returns the images as a text, with a number for the rest if they are many.
func enumerate(images []string) string {
	const most = 6
	if len(images) > most {
		images = append(slices.Clone(images[:most]), fmt.Sprintf("%d more", len(images)-most))
	}
	return strings.Join(images, ", ")
}
