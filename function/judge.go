// SPDX-License-Identifier: Apache-2.0

package function

import (
	"slices"
	"strconv"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"calico-pull-secrets/internal/pull"
)

// A judge says of a plan what kubelet and the API server will make of it: of the
// resources as they will be once it is carried out.
type judge struct {
	*plan
	findings findings
	judged   map[*resource]bool       // Secrets and ServiceAccounts, which several targets may share
	targets  map[*resource]*reference // by what they are of
	keyrings map[*reference]*pull.Keyring
}

func newJudge(p *plan) *judge {
	j := &judge{plan: p, judged: map[*resource]bool{}, targets: map[*resource]*reference{}, keyrings: map[*reference]*pull.Keyring{}}
	for _, r := range p.references {
		j.targets[r.resource] = r
	}
	return j
}

// check returns what is found, graded by the policy of the settings.
func (j *judge) check() findings {
	if j.settings.Preflight == PolicyIgnore {
		return nil
	}
	j.servers()
	for _, r := range j.references {
		j.twice(r.resource)
		j.duplicates(r)
		j.serviceAccount(r)
		j.operatorOwned(r)
		j.secretsOf(r)
		j.invalidImages(r.resource)
		if j.settings.Mode != ModeCheck || r.isDone() {
			j.registries(r)
		}
	}
	j.uncovered()
	for _, e := range j.externals {
		j.findings = append(j.findings, e.bootstrap())
	}
	return j.findings.strict(j.settings.Preflight).graded(j.settings.Preflight)
}

// strict returns findings with those that say what cannot be proven made errors, if the
// policy is strict.
func (f findings) strict(policy Policy) findings {
	for _, r := range f {
		if policy == PolicyStrict && slices.Contains([]string{checkRegistryUnknown, checkUncoveredWorkload, checkSecretMissing, checkInvalidImage}, r.Tags[checkTag]) {
			r.Severity = fn.Error
		}
	}
	return f
}

func (j *judge) add(r *resource, path, check string, severity fn.Severity, format string, a ...any) {
	j.findings = append(j.findings, r.says(check, severity, path, format, a...))
}

// contentOf returns what will be in the Secret that the pods of r know by a name.
func (j *judge) contentOf(r *reference, name string) pull.Content {
	namespace := secretNamespace(r.resource, j.set)
	for _, e := range j.externals {
		if e.namespace == namespace && e.name == name {
			return pull.Authenticating(e.settings.Server)
		}
	}
	for _, s := range j.secrets {
		isIt := s.namespace == namespace && (s.name == name || s.current != nil && wasCalled(s.current, name))
		if isIt && (s.content != nil || s.current == nil) {
			return pull.Authenticating(s.servers...)
		}
	}
	return j.settings.contentIn(j.set, namespace, name)
}

// contentIn returns what is in a Secret, or will be once it is in the cluster, as far
// as the resources and the settings say.
func (s Settings) contentIn(set resources, namespace, name string) pull.Content {
	var content pull.Content
	if r := set.secret(namespace, name); r != nil {
		content = readSecret(r)
	}
	if content.State == pull.Unknown && name == s.SecretName && len(s.Servers) > 0 {
		return pull.Authenticating(s.Servers...)
	}
	return content
}

// keyring returns the list of the pods of r as kubelet merges it.
func (j *judge) keyring(r *reference) *pull.Keyring {
	if j.keyrings[r] == nil {
		var secrets []pull.Secret
		for _, name := range r.after() {
			secret := pull.Secret{Name: name, Content: j.contentOf(r, name)}
			if r.isOurs(name) {
				secret = pull.Secret{Name: r.secret, Content: j.contentOf(r, r.secret)}
			}
			secrets = append(secrets, secret)
		}
		j.keyrings[r] = pull.NewKeyring(secrets)
	}
	return j.keyrings[r]
}

// authenticated returns those of the repositories of r for which kubelet is offered a
// credential of our Secret.
func (j *judge) authenticated(r *reference) (ours []string) {
	for _, repository := range r.repositories() {
		if slices.Contains(j.keyring(r).Judge(repository).By(), r.secret) {
			ours = append(ours, repository)
		}
	}
	return ours
}

// servers finds servers of the settings that are right for their own host only, while
// no image names that host.
func (j *judge) servers() {
	hosts := hostsOf(repositoriesOf(j.references))
	var p problems
	check := func(field, server string) {
		if pull.OnlyOwnHost(server) && !slices.Contains(hosts, pull.Host(pull.Endpoint(server))) {
			p = append(p, problem{check: checkServerUnusable, field: field,
				text: "matches only images that name that very host, and none does here: for Docker Hub write " + pull.DockerHub})
		}
	}
	for _, server := range j.settings.Servers {
		check("servers", server)
	}
	if s := j.settings.Secret; s != nil {
		for i, server := range s.servers() {
			field := "secret.server"
			if len(s.Registries) > 0 {
				field = "secret.registries[" + strconv.Itoa(i) + "].server"
			}
			check(field, server)
		}
	}
	if j.settings.External != nil {
		check("externalSecret.server", j.settings.External.Server)
	}
	j.findings = append(j.findings, findingsOf(p.results(fn.Warning, j.config))...)
}

// twice finds resources of one kind, namespace and name, of which only one can be in a
// cluster.
func (j *judge) twice(r *resource) {
	if j.set.original[uniqueKeyOf(r)] != r {
		j.add(r, "", checkAmbiguous, fn.Warning, "is there twice: most likely these are two clusters. Run the program once for each, or with --each")
	}
}

// ambiguous finds Secrets and ServiceAccounts that are there more than once: which one
// counts cannot be told, so they must say the same.
func (j *judge) ambiguous(kind, namespace, name string, say func(*resource) any) {
	var first *resource
	for _, r := range j.set.named[resourceKey{kind, namespace, name}] {
		switch {
		case r.GetName() != name:
		case first == nil:
			first = r
		case j.judged[r]:
		default:
			j.judged[r] = true
			severity, and := fn.Warning, "with the same content"
			if !sameJSON(say(first), say(r)) {
				severity, and = fn.Error, "and what they say differs"
			}
			j.add(r, "", checkAmbiguous, severity, "is there twice, %s: most likely these are two clusters. Run the program once for each, or with --each", and)
		}
	}
}

// duplicates finds names that the list has twice, or entries without one.
func (j *judge) duplicates(r *reference) {
	seen := map[string]bool{}
	for _, name := range r.after() {
		switch {
		case name == "" && seen[name]:
			j.add(r.resource, r.spec.path(), checkDuplicateReference, fn.Warning, "has several entries without a name, which the API server refuses in server-side apply: remove them")
		case name == "":
			j.add(r.resource, r.spec.path(), checkDuplicateReference, fn.Warning, "has an entry without a name, with which client-side apply fails: remove it")
		case seen[name]:
			j.add(r.resource, r.spec.path(), checkDuplicateReference, fn.Warning, "names %q twice, which server-side apply refuses: remove one", name)
		}
		seen[name] = true
	}
}

// enforceMountableSecrets makes the API server refuse pods with a Secret that
// their ServiceAccount does not have in its own list.
const enforceMountableSecrets = "kubernetes.io/enforce-mountable-secrets"

// serviceAccount finds a ServiceAccount whose pods would be refused.
func (j *judge) serviceAccount(r *reference) {
	if r.account == nil {
		return
	}
	j.serviceAccountTwice(r.account)
	if enforced, _ := strconv.ParseBool(r.account.GetAnnotation(enforceMountableSecrets)); !enforced {
		return
	}
	allowed := r.account.pullSecrets()
	if target := j.targets[r.account]; target != nil {
		allowed = target.after()
	}
	if !slices.Contains(allowed, r.secret) {
		j.add(r.resource, r.spec.path(), checkServiceAccount, fn.Warning,
			"ServiceAccount %q has %s, so pods with Secret %q are refused: add ServiceAccount/%s to targets",
			r.account.GetName(), enforceMountableSecrets, r.secret, r.account.GetName())
	}
}

// serviceAccountTwice finds ServiceAccounts of one name.
func (j *judge) serviceAccountTwice(account *resource) {
	j.ambiguous("ServiceAccount", account.GetNamespace(), account.GetName(), func(a *resource) any {
		return []any{a.pullSecrets(), a.GetAnnotation(enforceMountableSecrets)}
	})
}

// operatorOwned finds what the Tigera operator undoes, and what stops it.
func (j *judge) operatorOwned(r *reference) {
	if isOwnedByOperator(r.resource) {
		j.add(r.resource, r.spec.path(), checkOperatorOwned, fn.Warning,
			"the Tigera operator made this and overwrites the change: set targets=operator, with its Installation among the resources")
	}
	if isInstallation(r.resource) && !j.has(r, r.secret) {
		j.add(r.resource, r.spec.path(), checkSecretMissing, fn.Warning,
			"Secret %q is not among the resources: unless namespace %s has it already, the operator installs nothing", r.secret, secretNamespace(r.resource, j.set))
	}
}

// has reports whether a Secret is emitted where r needs it, or is there.
func (j *judge) has(r *reference, name string) bool {
	namespace := secretNamespace(r.resource, j.set)
	return j.set.secret(namespace, name) != nil || j.set.makesSecret(namespace, name) || j.emits(namespace, name)
}

func (j *judge) emits(namespace, name string) bool {
	return slices.ContainsFunc(j.secrets, func(s *pullSecret) bool {
		return s.namespace == namespace && (s.name == name || s.current != nil && wasCalled(s.current, name))
	}) || slices.ContainsFunc(j.externals, func(e *externalSecret) bool { return e.namespace == namespace && e.name == name })
}

// secretsOf finds, among the Secrets that r references, those that kubelet ignores or
// fails with, those that are not there, and ours if it is in another namespace.
func (j *judge) secretsOf(r *reference) {
	namespace := secretNamespace(r.resource, j.set)
	for _, name := range r.after() {
		j.ambiguous("Secret", namespace, name, func(s *resource) any { return contentFields(s) })
		secret := j.set.secret(namespace, name)
		if secret == nil || j.judged[secret] {
			continue
		}
		j.judged[secret] = true
		switch content := j.contentOf(r, name); content.State {
		case pull.Ignored, pull.Refused:
			j.add(secret, "", checkSecretType, fn.Warning, "%s", content.Problem)
		case pull.Malformed:
			j.add(secret, "", checkSecretMalformed, fn.Error, "%s", content.Problem)
		}
	}
	if elsewhere := j.elsewhere(r); elsewhere != "" {
		j.add(r.resource, r.spec.path(), checkSecretNamespace, fn.Warning,
			"Secret %q is in namespace %s, and only one in %s is used here", r.secret, elsewhere, namespace)
		return
	}
	if j.settings.Preflight != PolicyStrict || isInstallation(r.resource) {
		return
	}
	for _, name := range r.after() {
		if name != "" && !j.has(r, name) && (!r.isOurs(name) || len(j.settings.Servers) == 0) {
			j.add(r.resource, r.spec.path(), checkSecretMissing, fn.Error, "Secret %q is not among the resources, and servers does not say what is in it", name)
		}
	}
}

// elsewhere returns the namespace that our Secret is in if it is in another one than
// that in which r needs it; empty if it is not.
func (j *judge) elsewhere(r *reference) (elsewhere string) {
	namespace := secretNamespace(r.resource, j.set)
	if j.has(r, r.secret) || namespace == "" {
		return ""
	}
	for _, s := range j.secrets {
		elsewhere = s.namespace
	}
	if elsewhere == "" {
		elsewhere = j.set.namespaceOf(r.secret)
	}
	return elsewhere
}

// namespaceOf returns a namespace that a Secret of the name is in, or will be, empty if
// there is none or it says none.
func (set resources) namespaceOf(name string) (namespace string) {
	for _, other := range set.secrets {
		if other.GetNamespace() != "" && (other.gvk.Kind == "Secret" && wasCalled(other, name) || makesSecret(other, name)) {
			namespace = other.GetNamespace()
		}
	}
	return namespace
}

func (j *judge) invalidImages(r *resource) {
	for _, c := range r.containers() {
		if _, ok := pull.Repository(c.image); !ok {
			j.add(r, c.field, checkInvalidImage, fn.Info, "container %q has an image that kubelet refuses as it stands here", c.name)
		}
	}
}

// anonymousUnlessNode says what becomes of a pull for which the list has nothing.
const anonymousUnlessNode = "these pulls stay anonymous, unless the node has a credential of its own"

// registries finds images whose pulls the Secret does not authenticate.
func (j *judge) registries(r *reference) {
	images := r.repositories()
	ours := j.contentOf(r, r.secret)
	if len(images) == 0 {
		return
	}
	if ours.State == pull.Unknown {
		j.add(r.resource, r.spec.path(), checkRegistryUnknown, fn.Info,
			"pulls from %s; what is in Secret %q is not known here: make sure that it is for %s", strings.Join(hostsOf(images), ", "), r.secret, strings.Join(serversOf(images), ", "))
		return
	}
	if ours.State != pull.Known || j.keyring(r).Judge(images[0]).Outcome == pull.Fails {
		return
	}
	covered := j.authenticated(r)
	hidden := j.hidden(r)
	var anonymous []string
	for _, image := range images {
		if j.keyring(r).Judge(image).Outcome == pull.Anonymous && !slices.Contains(hidden, image) {
			anonymous = append(anonymous, image)
		}
	}
	only := "authenticates " + enumerate(ours.Servers()) + " only"
	switch none := len(covered)+len(hidden) == 0; {
	case len(ours.Servers()) == 0:
		j.add(r.resource, r.spec.path(), checkRegistryMismatch, fn.Warning,
			"Secret %q has no password that kubelet can read, such as one in docker's credential store or an identity token: %s. Make it with kubectl create secret docker-registry", r.secret, anonymousUnlessNode)
	case none && len(anonymous) == 0:
		j.add(r.resource, r.spec.path(), checkRegistryMismatch, fn.Warning, "Secret %q %s, and no image here is from there: drop it", r.secret, only)
	case none:
		j.add(r.resource, r.spec.path(), checkRegistryMismatch, fn.Warning, "pulls %s; Secret %q %s: %s. %sdrop the Secret",
			enumerate(anonymous), r.secret, only, anonymousUnlessNode, cure(anonymous))
	case len(anonymous) > 0:
		j.add(r.resource, r.spec.path(), checkRegistryPartial, fn.Warning, "pulls %s, too; Secret %q %s: %s. %s",
			enumerate(anonymous), r.secret, only, anonymousUnlessNode, j.more(anonymous))
	}
}

// hidden returns the repositories for which kubelet has a credential of our Secret and
// does not offer it, and says by what it is hidden.
func (j *judge) hidden(r *reference) (hidden []string) {
	var by []string
	for _, image := range r.repositories() {
		v := j.keyring(r).Judge(image)
		isOurs := func(o pull.Offer) bool { return o.Secret == r.secret && o.Usable }
		if !slices.ContainsFunc(v.Hidden, isOurs) || slices.ContainsFunc(v.Offers, isOurs) {
			continue
		}
		hidden = append(hidden, image)
		for _, o := range v.Offers {
			entry := "entry " + o.Endpoint + " of Secret " + strconv.Quote(o.Secret)
			if !o.Usable {
				entry += ", which has no user name or password,"
			}
			by = append(by, entry)
		}
	}
	if len(hidden) > 0 {
		j.add(r.resource, r.spec.path(), checkHiddenCredential, fn.Warning,
			"kubelet does not ask Secret %q for %s, because the %s matches first: remove that entry, or set secret.server=docker.io",
			r.secret, enumerate(hidden), enumerate(each(by, func(s string) string { return s })))
	}
	return hidden
}

// cure returns the beginning of a sentence that says what to set for the repositories
// to be pulled with a Secret, or drop it.
func cure(repositories []string) string {
	servers := serversOf(repositories)
	switch len(servers) {
	case 0:
		return "No server matches them: "
	case 1:
		return "Use server " + servers[0] + ", or "
	}
	return "Use secret.registries with an entry for each of " + strings.Join(servers, ", ") + ", or "
}

// more returns what to add for the rest of the repositories.
func (j *judge) more(repositories []string) string {
	servers := serversOf(repositories)
	if len(servers) == 0 {
		return "No server matches them"
	}
	if s := j.settings.Secret; s != nil && s.DockerConfig == "" {
		return "Add to secret.registries an entry with server " + strings.Join(servers, " and one with server ")
	}
	return "Add another Secret, for " + strings.Join(servers, ", ")
}

// uncovered finds other workloads of Calico's that pull from the same registries
// with no Secret at all.
func (j *judge) uncovered() {
	hosts := hostsOf(repositoriesOf(j.references))
	calico := presetNamed("calico").target()
	for _, o := range j.set.all {
		if j.targets[o] != nil || !calico.matches(o) {
			continue
		}
		r, problems := newReference(o, j.set, j.settings.SecretName)
		if len(problems) > 0 || len(r.names) > 0 || len(r.account.pullSecrets()) > 0 {
			continue
		}
		images := r.repositories()
		if len(without(hostsOf(images), hosts)) < len(hostsOf(images)) {
			j.add(o, r.spec.path(), checkUncoveredWorkload, fn.Info, "pulls %s without a Secret: targets=calico has it reference %q, too", enumerate(images), j.settings.SecretName)
		}
	}
}
