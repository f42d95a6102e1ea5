// SPDX-License-Identifier: Apache-2.0

// Package function adds image pull secrets to Calico.
//
// [Process] is a KRM function on the SDK's ResourceList, for use by itself or in
// a chain with others. It promises:
//
//   - Each target references the Secret: its name stands in imagePullSecrets of
//     the pod template, behind the entries that were there, which stay.
//   - If the configuration describes the Secret, there is one in each namespace
//     that has a target, with the content that kubectl would give it.
//   - No other field of any object changes, and a second run changes nothing.
//   - It reports everything that is wrong at once, and then changes nothing.
//   - In the modes check and audit it changes nothing at all.
//   - It reads no environment variable or file that the configuration does not
//     name, and nothing else from outside; it writes nothing but the list.
//   - No credential, nor anything derived from one, is in a result or an error.
//
// [Run] does the same with the bytes of a ResourceList, of manifests, or of files, and
// says which lines to add and which values to replace, instead of encoding everything anew.
package function

import (
	"slices"
	"time"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/allowance"
	"example.com/calico-pull-secrets/internal/caller"
	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/emitted"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/secrets"
	"example.com/calico-pull-secrets/internal/targets"
	"example.com/calico-pull-secrets/internal/unseen"
	"example.com/calico-pull-secrets/internal/wire"
)

// Process does to the items of rl what its functionConfig asks for (see
// ParseSettings), and sets the results. It is a fn.ResourceListProcessorFunc.
//
// It returns false if a result is an error; then the items are as they were,
// unless the SDK refused a change half-way. The error is always nil.
func Process(rl *fn.ResourceList) (bool, error) {
	settings, problems := config.Parse(rl.FunctionConfig)
	if problems = append(problems, task{Settings: settings}.withoutFiles()...); len(problems) > 0 {
		return refuse(rl, problems).ok, nil
	}
	trees := map[*fn.KubeObject]*yaml.Node{}
	for i, o := range rl.Items {
		again, tree, err := wire.Reparsed(o)
		if err != nil {
			return refuse(rl, config.Problems{{Check: finding.Config, Text: "an item cannot be read"}}).ok, nil
		}
		rl.Items[i], trees[again] = again, tree
	}
	do := task{Settings: settings, showsResults: true, allow: Allow{Today: time.Now().UTC().Format(time.DateOnly)}}
	about := targets.QuestionOf(settings)
	set := secrets.New(inventory.NewSet(rl, about, func(o *fn.KubeObject) []inventory.Object { return inventory.Read(trees[o], about) }, nil))
	return do.process(rl, set).ok, nil
}

// A judgement is what came of processing a list, beside what is in the list.
type judgement struct {
	ok       bool
	from     caller.Caller
	findings finding.List
	images   []verdict       // of mode audit
	fails    bool            // one of them does
	gate     *allowance.Gate // of mode audit
	plan     *plan           // nil in mode audit
}

// refuse reports problems of the configuration of rl.
func refuse(rl *fn.ResourceList, p config.Problems) judgement {
	o := judgement{from: caller.Of(rl.FunctionConfig, caller.MarksOf(rl.Items)), findings: p.Findings(fn.Error, rl.FunctionConfig)}
	o.report(rl, task{showsResults: true})
	return o
}

// process does to the items of rl, which are the set, what the settings ask for, and
// sets the results.
func (s task) process(rl *fn.ResourceList, set *secrets.Set) judgement {
	o := judgement{from: set.From}
	if s.Mode == ModeAudit {
		o.images, o.findings = s.audit(set)
		o.findings, o.gate = s.letPass(set, o.images, o.findings)
		o.fails = slices.ContainsFunc(o.images, func(v verdict) bool { return v.isFailing })
		o.report(rl, s)
		return o
	}
	plan := s.plan
	if s.Mode == ModeRemove {
		plan = s.removalPlan
	}
	o.plan = plan(set, rl.FunctionConfig)
	o.findings = o.plan.problems
	later := slices.Concat(unseen.Rendered(s.Settings, set), unseen.Unlisted(s.Settings, set), s.homeless(o.plan))
	if o.findings.HasErrors() {
		o.findings = append(o.findings, later...)
	} else {
		j := newJudge(o.plan)
		found := j.found()
		found = slices.Concat(found, o.plan.plaintext(), later)
		switch {
		case s.isDry():
			o.findings = append(o.findings, o.plan.missing()...)
		case !found.HasErrors():
			if refused := o.plan.apply(rl); refused != nil {
				o.findings = append(o.findings, refused...)
				break
			}
			o.findings = append(o.findings, o.plan.state().AsStates()...)
		}
		o.findings = append(o.findings, found...)
	}
	o.report(rl, s)
	return o
}

// report brings the findings in order, the worst first, and sets the results of rl if these
// are shown: those of other functions, then ours.
func (o *judgement) report(rl *fn.ResourceList, s task) {
	o.findings = o.findings.Distinct().WorstFirst()
	o.ok = !o.findings.HasErrors() && !o.fails
	if s.showsResults {
		rl.Results = append(slices.DeleteFunc(rl.Results, finding.IsOurs), o.findings.Results(s.Quiet)...)
	}
}

// A change is something that the resources may lack: a reference, a Secret or an
// ExternalSecret.
type change interface {
	Subject() *inventory.Resource // that changes, nil if it is to be added
	IsDone() bool                 // nothing is missing
	Missing() finding.List        // what mode check says
	Apply(*fn.ResourceList) error // makes the change
	State() finding.List          // what can be said once it is made
}

// A plan is what there is to do.
type plan struct {
	settings   task
	set        *secrets.Set
	config     *fn.KubeObject
	references []*reference
	secrets    []*emitted.Secret
	externals  []*emitted.External
	removals   []change     // of mode remove, which has none of the others
	problems   finding.List // why it cannot be done, and what is missing
}

// selected returns the targets, and a plan that has their references and what is missing.
func (s task) selected(set *secrets.Set, config *fn.KubeObject) (p *plan, found []*inventory.Resource) {
	p = &plan{settings: s, set: set, config: config, problems: slices.Clone(set.Problems)}
	found, missing := targets.Select(s.Settings, set.Set)
	p.problems = append(p.problems, missing...)
	for _, r := range found {
		references, problems := referencesOf(r, set, s.SecretName)
		p.references, p.problems = append(p.references, references...), append(p.problems, problems...)
	}
	return p, found
}

// plan returns what there is to do with the resources.
func (s task) plan(set *secrets.Set, config *fn.KubeObject) *plan {
	p, _ := s.selected(set, config)
	p.problems = append(p.problems, p.conflicts()...)
	needs := needsOf(p.references)
	if len(p.references) > 0 && len(needs.Namespaces) == 0 {
		return p // all are for other clusters, where no Secret of this one helps
	}
	secrets, problems := emitted.Secrets(s.Settings, s.access, needs, set, config)
	p.secrets, p.problems = secrets, append(p.problems, problems...)
	externals, problems := emitted.Externals(s.Settings, needs, set)
	p.externals, p.problems = externals, append(p.problems, problems...)
	return p
}

// needsOf returns what references need of the Secret.
func needsOf(references []*reference) emitted.Needs {
	needs := emitted.Needs{Repositories: repositoriesOf(references)}
	for _, r := range references {
		if r.Cluster == 0 { // to another the Secret has to go with the object around it
			needs.Namespaces = append(needs.Namespaces, r.SecretNamespace())
		}
		if r.spec.Has(kinds.NotRenamed) {
			needs.NotRenamed = append(needs.NotRenamed, r.Resource)
		}
	}
	return needs
}

// changes returns all that is planned, in the order in which it is made.
func (p *plan) changes() (all []change) {
	if p.settings.Mode == ModeRemove {
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

// apply carries the plan out. What the SDK says when it refuses a change quotes the
// value, which may be the Secret's, so that is not told.
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

// applyKnown carries out what can be without a credential: a Secret whose content is not
// known is made without one, since all that counts is that it would be made.
func (p *plan) applyKnown(rl *fn.ResourceList) {
	for _, c := range p.changes() {
		if !c.IsDone() {
			_ = c.Apply(rl) // what is refused is told by mode add
		}
	}
}

// state returns what can be said once the plan is carried out.
func (p *plan) state() (all finding.List) {
	for _, c := range p.changes() {
		all = append(all, c.State()...)
	}
	return all
}

// missing returns what the plan would change, and the state of what it would not.
func (p *plan) missing() (all finding.List) {
	for _, c := range p.changes() {
		if c.IsDone() {
			all = append(all, c.State()...)
		} else {
			all = append(all, c.Missing()...)
		}
	}
	return all
}

// hideSecret returns how a Secret stays out of Git that kpt writes into the package.
func (p *plan) hideSecret() string {
	if path := p.settings.Secret.Path; path != "" {
		return "put " + finding.ShowName(path) + " into .gitignore, or pipe the output to kubectl: kpt fn eval -o unwrap"
	}
	return "choose its file, secret.path=regcred.yaml, and put that into .gitignore; or pipe the output: kpt fn eval -o unwrap"
}

// plaintext returns warnings if a password stands in the configuration, or is about to
// be written to disk. The latter is no error under any policy: where kpt writes the
// package, nothing better can be done.
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
