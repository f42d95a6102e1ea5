// SPDX-License-Identifier: Apache-2.0

package function

import (
	"slices"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/emitted"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/reference"
	"example.com/calico-pull-secrets/internal/secrets"
	"example.com/calico-pull-secrets/internal/targets"
)

// A change is one thing that the plan adds, changes or removes.
type change interface {
	Subject() *inventory.Resource // the object that changes, nil for a new one
	IsDone() bool                 // nothing must change
	Missing() finding.List        // what mode check reports
	Apply(*fn.ResourceList) error // makes the change
	State() finding.List          // what holds after Apply
}

// A plan has the changes to make.
type plan struct {
	settings     task
	set          *secrets.Set
	config       *fn.KubeObject
	references   []*reference.Reference
	repositories []string // what all targets pull, each once
	secrets      []*emitted.Secret
	externals    []*emitted.External
	removals     []change     // of mode remove, which has none of the others
	problems     finding.List // errors, and missing targets
}

// selected returns the targets, and a plan with their references and problems.
func (s task) selected(set *secrets.Set, config *fn.KubeObject) (p *plan, found []*inventory.Resource) {
	p = &plan{settings: s, set: set, config: config, problems: slices.Clone(set.Problems)}
	found, missing := targets.Select(s.Settings, set.Set)
	p.problems = append(p.problems, missing...)
	for _, r := range found {
		references, problems := reference.Of(r, set, s.SecretName)
		p.references, p.problems = append(p.references, references...), append(p.problems, problems...)
	}
	return p, found
}

// plan returns the plan of the modes add and check.
func (s task) plan(set *secrets.Set, config *fn.KubeObject) *plan {
	p, _ := s.selected(set, config)
	p.repositories = repositoriesOf(p.references)
	p.problems = append(p.problems, p.conflicts()...)
	needs := p.needs()
	if len(p.references) > 0 && len(needs.Namespaces) == 0 {
		return p // all are for other clusters, where a Secret of this one does not help
	}
	secrets, problems := emitted.Secrets(s.Settings, s.access, needs, set, config)
	p.secrets, p.problems = secrets, append(p.problems, problems...)
	externals, problems := emitted.Externals(s.Settings, needs, set)
	p.externals, p.problems = externals, append(p.problems, problems...)
	return p
}

// needs returns what the references need of the Secret.
func (p *plan) needs() emitted.Needs {
	needs := emitted.Needs{Repositories: p.repositories}
	for _, r := range p.references {
		if r.Cluster == 0 { // for another cluster, the Secret must be inside the outer object
			needs.Namespaces = append(needs.Namespaces, r.SecretNamespace())
		}
		if r.Spec.Has(kinds.NotRenamed) {
			needs.NotRenamed = append(needs.NotRenamed, r.Resource)
		}
	}
	return needs
}

// changes returns all planned changes, in the order in which apply makes them.
func (p *plan) changes() (all []change) {
	if p.settings.Mode == config.ModeRemove {
		return p.removals
	}
	for _, r := range p.references {
		all = append(all, r)
	}
	for _, s := range p.secrets {
		all = append(all, s)
	}
	for _, e := range p.externals {
		all = append(all, e)
	}
	return all
}

// apply carries out the plan. An error of the SDK may quote the Secret, so no message repeats it.
func (p *plan) apply(rl *fn.ResourceList) finding.List {
	for _, c := range p.changes() {
		if err := c.Apply(rl); err != nil {
			if r := c.Subject(); r != nil {
				return finding.List{r.Finding(finding.Config, fn.Error, "", "cannot be changed")}
			}
			return finding.List{finding.New(finding.Config, fn.Error, "cannot be added")}
		}
	}
	return nil
}

// applyKnown carries out the plan without a credential: a Secret gets no content if the content is
// unknown. Only whether the Secret would be created matters.
func (p *plan) applyKnown(rl *fn.ResourceList) {
	for _, c := range p.changes() {
		if !c.IsDone() {
			_ = c.Apply(rl) // mode add reports a refusal
		}
	}
}

// state returns what holds once the plan is carried out.
func (p *plan) state() (all finding.List) {
	for _, c := range p.changes() {
		all = append(all, c.State()...)
	}
	return all
}

// missing returns what is wrong with the plan, what it would change, and the state of what it
// would not.
func (p *plan) missing() finding.List {
	changes := p.changes()
	all := slices.Grow(slices.Clone(p.problems), len(changes)) // there may be thousands
	for _, c := range changes {
		if c.IsDone() {
			all = append(all, c.State()...)
		} else {
			all = append(all, c.Missing()...)
		}
	}
	return all
}

// hideSecret returns how to keep a Secret that kpt writes into the package out of Git.
func (p *plan) hideSecret() string {
	if path := p.settings.Secret.Path; path != "" {
		return "put " + finding.ShowName(path) + " into .gitignore, or pipe the output to kubectl: kpt fn eval -o unwrap"
	}
	return "choose its file, secret.path=regcred.yaml, and put that into .gitignore; or pipe the output: kpt fn eval -o unwrap"
}

// plaintext returns warnings if a password is in the configuration, or if kpt writes it to disk. No
// policy makes the second an error: where kpt writes the package, there is no better way.
func (p *plan) plaintext() (all finding.List) {
	if s := p.settings.Secret; s != nil {
		for i, l := range s.Logins() {
			if l.Password.Value == "" {
				continue
			}
			field, source := "secret.password", "secret."
			if len(s.Registries) > 0 {
				field, source = "secret.registries", "its "
			}
			if i == 0 || field == "secret.password" {
				found := config.Problems{{Check: finding.Plaintext, Field: field, Text: "the password is in the function config", Hint: "use " + source + "passwordEnv or " + source + "passwordFile"}}
				all = append(all, found.Findings(fn.Warning, p.config)...)
			}
		}
	}
	all = all.Graded(p.settings.Preflight)
	for _, s := range p.secrets {
		if s.IsOnDisk && !p.settings.isDry() {
			all = append(all, s.Finding(finding.Plaintext, fn.Warning, "kpt writes it into the package, and the password can be read there\nhint: %s", p.hideSecret()))
		}
	}
	return all
}
