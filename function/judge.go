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
	j := &judge{
		plan:               p,
		cure:               cure.New(p.settings.Settings, p.repositories),
		judged:             map[*inventory.Resource]bool{},
		targets:            map[*inventory.Resource][]*reference.Reference{},
		conflicting:        map[inventory.Key]bool{},
		reportedUnselected: map[*inventory.Resource]bool{},
		keyrings:           map[*reference.Reference]*pull.Keyring{},
		servedBy:           map[*reference.Reference]string{},
		notUsable:          map[*reference.Reference]string{},
		emitted:            map[inventory.Key]*pull.Content{},
	}
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
	for _, r := range j.references {
		isUnknown := func(c inventory.Image) bool {
			_, ok := pull.Repository(c.Image)
			return !ok && c.IsPulled()
		}
		if len(r.Repositories()) == 0 || slices.ContainsFunc(r.Containers(), isUnknown) || coversAny(content, r.Repositories()) {
			return false
		}
	}
	return len(j.references) > 0
}

// coversAny reports whether the content authenticates any of the repositories.
func coversAny(content pull.Content, repositories []string) bool {
	ring := pull.NewKeyring([]pull.Secret{{Name: "any", Content: content}})
	return slices.ContainsFunc(repositories, func(repository string) bool { return ring.Judge(repository).Outcome == pull.Authenticated })
}

// doubtFormat is the message about a doubtful user name or password.
const doubtFormat = "the %s for %s %s\nhint: fix the value: if the registry refuses the login, kubelet pulls no image from there"

func (j *judge) add(r *inventory.Resource, path, check string, severity fn.Severity, format string, a ...any) {
	j.findings = append(j.findings, r.Finding(check, severity, path, format, a...))
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
