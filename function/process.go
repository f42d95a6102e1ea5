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
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
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
	read := do.reader(true)
	set := secrets.New(inventory.NewSet(rl, about, func(o *fn.KubeObject) []inventory.Object { return read(trees[o]) }, nil))
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
	later := slices.Concat(unseen.Refused(set), unseen.Rendered(s.Settings, set), unseen.Unlisted(s.Settings, set), s.homeFindings(o.plan))
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
