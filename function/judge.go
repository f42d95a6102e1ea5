// SPDX-License-Identifier: Apache-2.0

package function

import (
	"slices"
	"strconv"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/cure"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/imagetext"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/pull"
	"example.com/calico-pull-secrets/internal/reference"
	"example.com/calico-pull-secrets/internal/secrets"
	"example.com/calico-pull-secrets/internal/unseen"
)

// A judge predicts what kubelet and the API server will do once a plan is carried out.
type judge struct {
	*plan
	findings finding.List
	judged   map[*inventory.Resource]bool                   // Secrets and ServiceAccounts, which several targets may share
	targets  map[*inventory.Resource][]*reference.Reference // the references of each target
	cure     cure.Cure
	// conflicting has the Secrets that two objects write, once a finding says so.
	conflicting        map[inventory.Key]bool
	users              map[*inventory.Resource][]string // by ServiceAccount, the images that pods pull with its list; nil until pulledWith needs it
	reportedUnselected map[*inventory.Resource]bool     // resources that unselected has reported
	keyrings           map[*reference.Reference]*pull.Keyring
	notUsable          map[*reference.Reference]string // the answers of whyNotUsable
	servedBy           map[*reference.Reference]string // what the Secrets of the list authenticate, for messages
	emitted            map[inventory.Key]*pull.Content // contents of the emitted Secrets; nil for one that keeps its content
}

func newJudge(p *plan) *judge {
	j := &judge{plan: p, judged: map[*inventory.Resource]bool{}, targets: map[*inventory.Resource][]*reference.Reference{}, cure: cure.New(p.settings.Settings, p.repositories), keyrings: map[*reference.Reference]*pull.Keyring{}, notUsable: map[*reference.Reference]string{}, emitted: map[inventory.Key]*pull.Content{}, reportedUnselected: map[*inventory.Resource]bool{}, servedBy: map[*reference.Reference]string{}, conflicting: map[inventory.Key]bool{}}
	for _, r := range p.references {
		j.targets[r.Resource] = append(j.targets[r.Resource], r)
	}
	j.readEmitted()
	return j
}

// readEmitted notes the contents of the Secrets that the plan emits, under every name that
// references have for them.
func (j *judge) readEmitted() {
	if len(j.secrets) > 0 {
		content := pull.Authenticating(j.secrets[0].Servers...) // the same for all
		for _, s := range j.secrets {
			emitted := &content
			if s.Content == nil && s.Current != nil {
				emitted = nil
			}
			j.emitted[inventory.Key{Kind: "Secret", Namespace: s.Namespace, Name: s.Name}] = emitted
			if s.Current != nil {
				for _, id := range s.Current.Identities() {
					j.emitted[inventory.Key{Kind: "Secret", Namespace: s.Namespace, Name: id.Name}] = emitted
				}
			}
		}
	}
	for _, e := range j.externals {
		content := e.Content()
		j.emitted[inventory.Key{Kind: "Secret", Namespace: e.Namespace, Name: e.Name}] = &content
	}
}

// found returns the findings on the plan. It also sets the coverage of each reference.
func (j *judge) found() finding.List {
	if j.settings.Mode == config.ModeRemove {
		return j.removals()
	}
	for _, r := range j.references {
		r.Coverage = j.coverage(r)
	}
	return j.check()
}

// check returns the findings, graded by the policy of the settings.
func (j *judge) check() finding.List {
	if j.settings.Preflight == finding.PolicyIgnore {
		return nil
	}
	j.servers()
	any := imagetext.About([]string{"*"})
	for _, r := range j.references {
		j.sameObject(r.Resource)
		j.duplicates(r)
		j.serviceAccount(r)
		j.operatorOwned(r)
		j.operator(r)
		j.inside(r)
		j.secretsOf(r)
		j.findings = append(j.findings, unseen.Unclear(r.Resource, any, j.settings.Preflight)...)
		if !j.settings.isDry() || r.IsDone() {
			j.registries(r)
		}
	}
	j.uncovered()
	j.unselected()
	j.emittedSecrets()
	for _, e := range j.externals {
		j.findings = append(j.findings, e.Bootstrap())
	}
	return j.findings.Graded(j.settings.Preflight)
}

// emittedSecrets reports credentials that most likely no registry accepts: with them pulls fail
// that succeed without a Secret. If the Secret is for no image of any target, registry-mismatch
// becomes an error.
func (j *judge) emittedSecrets() {
	if len(j.secrets) == 0 {
		return
	}
	first := j.secrets[0] // the others have the same content
	if first.Content != nil {
		content := pull.ParseSecret(secrets.Type, first.Content)
		for _, d := range content.Doubts() {
			j.findings = append(j.findings, first.Finding(finding.Placeholder, fn.Warning, doubtFormat, d.Field, finding.ShowServer(d.Endpoint), d.Problem))
		}
	}
	if j.coversNoImage(pull.Authenticating(first.Servers...)) {
		for i := range j.findings {
			if j.findings[i].Check == finding.RegistryMismatch {
				j.findings[i].Severity = finding.Error
			}
		}
	}
}

// coversNoImage reports whether the content authenticates no image of the targets. It returns false
// if one of their images is unknown.
func (j *judge) coversNoImage(content pull.Content) bool {
	ring := pull.NewKeyring([]pull.Secret{{Name: "emitted", Content: content}})
	for _, r := range j.references {
		isUnknown := func(c inventory.Image) bool {
			_, ok := pull.Repository(c.Image)
			return !ok && c.IsPulled()
		}
		if len(r.Repositories()) == 0 || slices.ContainsFunc(r.Containers(), isUnknown) {
			return false
		}
		for _, repository := range r.Repositories() {
			if ring.Judge(repository).Outcome == pull.Authenticated {
				return false
			}
		}
	}
	return len(j.references) > 0
}

// doubtFormat is the message about a doubtful user name or password.
const doubtFormat = "the %s for %s %s\nhint: put it right: if the registry refuses a login, kubelet pulls nothing from there"

func (j *judge) add(r *inventory.Resource, path, check string, severity fn.Severity, format string, a ...any) {
	j.findings = append(j.findings, r.Finding(check, severity, path, format, a...))
}

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
	if j.keyrings[r] == nil {
		j.keyrings[r] = pull.NewKeyring(j.secretsNamed(r, once(r.After())))
	}
	return j.keyrings[r]
}

// once returns the names, each once. Of two equal names kubelet reads the same Secret.
func once(names []string) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(names, func(name string) bool {
		again := seen[name]
		seen[name] = true
		return again
	})
}

// duplicates reports names that the list has twice, and entries without a name.
func (j *judge) duplicates(r *reference.Reference) {
	times := map[string]int{}
	for _, name := range r.After() {
		if times[name]++; name != "" && times[name] == 2 {
			j.add(r.Resource, r.Spec.Path(), finding.DuplicateReference, fn.Warning, "names %q twice, and server-side apply refuses that\nhint: remove one", name)
		}
	}
	switch nameless := times[""]; {
	case nameless == 1:
		j.add(r.Resource, r.Spec.Path(), finding.DuplicateReference, fn.Warning, "has an entry without a name, and client-side apply fails on it\nhint: remove it")
	case nameless > 1:
		j.add(r.Resource, r.Spec.Path(), finding.DuplicateReference, fn.Warning, "has %d entries without a name, and server-side apply refuses them\nhint: remove them", nameless)
	}
}

// enforceMountableSecrets makes the API server refuse a pod with a Secret that is not in the list
// of its ServiceAccount.
const enforceMountableSecrets = "kubernetes.io/enforce-mountable-secrets"

// serviceAccount reports a ServiceAccount whose pods the API server would refuse.
func (j *judge) serviceAccount(r *reference.Reference) {
	if r.Account == nil {
		return
	}
	j.findings = append(j.findings, ambiguousAccounts(j.set, r.Account, j.judged)...)
	if enforced, _ := strconv.ParseBool(r.Account.GetAnnotation(enforceMountableSecrets)); !enforced {
		return
	}
	allowed := r.Account.PullSecrets()
	if target := j.targets[r.Account]; target != nil {
		allowed = target[0].After()
	}
	if !slices.Contains(allowed, r.Secret) {
		j.add(r.Resource, r.Spec.Path(), finding.ServiceAccount, fn.Warning,
			"ServiceAccount %q has %s, so the API server refuses pods with Secret %q\nhint: add ServiceAccount/%s to targets",
			r.Account.GetName(), enforceMountableSecrets, r.Secret, finding.ShowName(r.Account.GetName()))
	}
}

// operatorOwned reports a change that the Tigera operator undoes, and a missing Secret without
// which it installs nothing.
func (j *judge) operatorOwned(r *reference.Reference) {
	if r.Resource.IsOwnedByOperator() && !(r.IsDone() && j.has(r, r.Secret)) { // then nothing changes
		j.add(r.Resource, r.Spec.Path(), finding.OperatorOwned, fn.Warning,
			"the Tigera operator made this object and overwrites the change\nhint: hand over its Installation, and set targets=operator")
	}
	if r.Resource.IsInstallation() && !j.has(r, r.Secret) {
		j.add(r.Resource, r.Spec.Path(), finding.SecretMissing, fn.Warning,
			"Secret %q is not among the resources, and without it in namespace %s the operator installs nothing", r.Secret, finding.ShowName(r.Resource.SecretNamespace()))
	}
}

// operator reports an operator that pulls without a Secret. The list of the Installation does not
// help it: the operator's own pod starts before it reads that list.
func (j *judge) operator(r *reference.Reference) {
	if !r.Resource.IsInstallation() {
		return
	}
	if len(r.Repositories()) == 0 {
		j.add(r.Resource, "spec.registry", finding.RegistryUnknown, fn.Info, "cannot tell which registry the operator uses\nhint: %s", r.Resource.RegistryHint())
	}
	o := r.Operator
	if o == nil || j.targets[o] != nil {
		return
	}
	own, problems := reference.New(o, j.set, j.settings.SecretName)
	if len(problems) > 0 || len(own.Listed) > 0 || len(own.Account.PullSecrets()) > 0 {
		return
	}
	if j.contentOf(r, r.Secret).State == pull.Known && !j.coversAny(r, own.Repositories()) {
		return // the Secret is not for the operator's image
	}
	if hosts := inventory.HostsOf(r.Repositories()); j.contentOf(r, r.Secret).State == pull.Known || slices.ContainsFunc(inventory.HostsOf(own.Repositories()), func(host string) bool { return slices.Contains(hosts, host) }) {
		j.add(o, own.Spec.Path(), finding.UncoveredWorkload, fn.Info,
			"pulls %s without a Secret: the list of the Installation is not for the operator itself\nhint: add Deployment/%s to targets", finding.Enumerate(own.Repositories()), finding.ShowName(o.GetName()))
	}
}

// coversAny reports whether the Secret of r authenticates any of the repositories.
func (j *judge) coversAny(r *reference.Reference, repositories []string) bool {
	ring := pull.NewKeyring([]pull.Secret{{Name: r.Secret, Content: j.contentOf(r, r.Secret)}})
	return slices.ContainsFunc(repositories, func(repository string) bool { return ring.Judge(repository).Outcome == pull.Authenticated })
}

// inside reports a target inside another object, which goes to another cluster. The emitted Secret
// does not go there.
func (j *judge) inside(r *reference.Reference) {
	if r.Cluster != 0 && (j.settings.Secret != nil || j.settings.External != nil) && !j.has(r, r.Secret) {
		outer := j.set.Objects[r.Cluster-1]
		j.add(r.Resource, r.Spec.Path(), finding.SecretMissing, fn.Warning, "belongs to the cluster of %[2]s, and Secret %[1]q is not in there\nhint: write it in there by hand", r.Secret, outer)
	}
}
