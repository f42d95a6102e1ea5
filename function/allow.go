// SPDX-License-Identifier: Apache-2.0

package function

import (
	"example.com/calico-pull-secrets/internal/allowance"
	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/secrets"
)

// Allow has what the caller knows about findings that may pass an audit.
type Allow struct {
	Set           string              // the name of the set in the baseline
	Today         string              // the day, such as 2026-11-30; empty: no exception ends
	Baseline      *allowance.Baseline // nil: there is none
	NoAnnotations bool                // annotations let nothing pass
	// IsPart is true if the caller audits other sets, too. Then the caller reports which exceptions
	// of the configuration have ended or let nothing pass.
	IsPart bool
}

// letPass sends the findings of an audit through a gate. Findings on verdicts come in the order of
// verdicts. It returns the graded findings, and the gate for later findings.
func (s task) letPass(set *secrets.Set, verdicts []verdict, all finding.List) (finding.List, *allowance.Gate) {
	gate := allowance.NewGate(s.allow.Set, s.allow.Today, s.Exceptions, s.allow.Baseline)
	var problems finding.List
	for _, r := range set.Objects {
		if value := r.GetAnnotation(inventory.AllowAnonymous); value != "" && !s.allow.NoAnnotations {
			problems = append(problems, gate.Annotate(r.Place("metadata.annotations."+inventory.AllowAnonymous), value)...)
		}
	}
	judged := verdicts
	for i := range all {
		if all[i] = gate.Let(all[i]); all[i].IsVerdict {
			judged[0].take(all[i])
			judged = judged[1:]
		}
	}
	for i := range judged { // verdicts without a finding
		if judged[i].isFailing = judged[i].fails(s.Preflight); !gate.HasNoRules() {
			judged[i].take(gate.Let(judged[i].asFinding(s.Preflight)))
		}
	}
	if all = append(all, problems...); s.showsResults { // a list gets no findings later
		all = append(all, s.closing(gate)...)
	}
	return all, gate
}

// letLaterPass sends the last findings of an audit through its gate.
func (s task) letLaterPass(gate *allowance.Gate, all finding.List) finding.List {
	for i := range all {
		all[i] = gate.Let(all[i])
	}
	if !s.showsResults {
		all = append(all, s.closing(gate)...)
	}
	return all
}

// closing returns the findings on exceptions, once every finding has passed the gate.
func (s task) closing(gate *allowance.Gate) (all finding.List) {
	for _, a := range gate.Allowed() {
		if !s.allow.IsPart || a.Kind == allowance.ByAnnotation {
			all = append(all, allowance.Findings([]allowance.Allowed{a})...)
		}
	}
	return all
}

// withoutFiles returns a problem if settings of a list exclude files: a list has none.
func (s task) withoutFiles() (p config.Problems) {
	if len(s.Exclude) > 0 {
		p.Add("exclude", "is for files on the command line, and a ResourceList has none")
	}
	return p
}
