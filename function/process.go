// SPDX-License-Identifier: Apache-2.0

// Package function adds image pull secrets to Calico.
//
// [Process] is a KRM function on the SDK's ResourceList, for use by itself or in
// a chain with others. It promises:
//
//   - Each target references the Secret: its name is in imagePullSecrets of
//     the pod template, behind the existing entries, which stay.
//   - If the configuration describes the Secret, each namespace with a target has one.
//     Its content is that of kubectl create secret docker-registry.
//   - No other field of any object changes, and a second run changes nothing.
//   - It reports all problems at once, and then changes nothing.
//   - In the modes check and audit it changes nothing at all.
//   - It reads no environment variable or file that the configuration does not
//     name, and nothing else from outside. It writes nothing but the list.
//   - No credential, nor anything derived from one, is in a result or an error.
//
// [Run] does the same with the bytes of a ResourceList, of manifests, or of files. It
// returns the lines to add and the values to replace, and does not encode whole files.
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
	"example.com/calico-pull-secrets/internal/reference"
	"example.com/calico-pull-secrets/internal/secrets"
	"example.com/calico-pull-secrets/internal/targets"
	"example.com/calico-pull-secrets/internal/unseen"
	"example.com/calico-pull-secrets/internal/wire"
)

// Process changes the items of rl as its functionConfig asks, and sets the
// results. It is a fn.ResourceListProcessorFunc.
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

// A judgement is the outcome of processing a list, beside the list itself.
type judgement struct {
	ok       bool
	from     caller.Caller
	findings finding.List
	images   []verdict       // of mode audit
	fails    bool            // an image fails
	gate     *allowance.Gate // of mode audit
	plan     *plan           // nil in mode audit
}

// refuse reports problems of the configuration of rl.
func refuse(rl *fn.ResourceList, p config.Problems) judgement {
	o := judgement{from: caller.Of(rl.FunctionConfig, caller.MarksOf(rl.Items)), findings: p.Findings(fn.Error, rl.FunctionConfig)}
	o.report(rl, task{showsResults: true})
	return o
}

// process changes the items of rl as the settings ask, and sets the results. The set holds these
// items.
func (s task) process(rl *fn.ResourceList, set *secrets.Set) judgement {
	o := judgement{from: set.From}
	if s.Mode == config.ModeAudit {
		o.images, o.findings = s.audit(set)
		o.findings, o.gate = s.letPass(set, o.images, o.findings)
		o.fails = slices.ContainsFunc(o.images, func(v verdict) bool { return v.isFailing })
		o.report(rl, s)
		return o
	}
	plan := s.plan
	if s.Mode == config.ModeRemove {
		plan = s.removalPlan
	}
	o.plan = plan(set, rl.FunctionConfig)
	o.findings = o.plan.problems
	later := slices.Concat(unseen.Rendered(s.Settings, set), unseen.Unlisted(s.Settings, set), s.homeFindings(o.plan))
	if o.findings.HasErrors() {
		o.findings = append(o.findings, later...)
	} else {
		j := newJudge(o.plan)
		found := j.found()
		found = slices.Concat(found, o.plan.plaintext(), later)
		switch {
		case s.isDry():
			o.findings = o.plan.missing()
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

// report sorts the findings, the worst first. If results show them, it sets the results of rl:
// first those of other functions, then ours.
func (o *judgement) report(rl *fn.ResourceList, s task) {
	o.findings = o.findings.Distinct().WorstFirst()
	o.ok = !o.findings.HasErrors() && !o.fails
	if s.showsResults {
		rl.Results = append(slices.DeleteFunc(rl.Results, finding.IsOurs), o.findings.Results(s.Quiet)...)
	}
}

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
