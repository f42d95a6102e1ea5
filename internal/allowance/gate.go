// SPDX-License-Identifier: Apache-2.0

package allowance

import (
	"fmt"
	"slices"
	"strings"

	"example.com/calico-pull-secrets/internal/finding"
)

// annotated has the checks whose findings an annotation lets pass.
var annotated = []string{finding.AnonymousPull, finding.UnknownPull, finding.AuthenticatedPull}

// A Gate lets the findings of one set pass, and counts them.
type Gate struct {
	set      string
	today    string
	rules    []*rule         // of the configuration
	of       map[int][]*rule // of annotations, by the numbers of their objects
	added    []*rule         // of annotations, in order
	baseline *Baseline
	passed   int // how many the baseline let pass
}

// A rule is an exception with its count.
type rule struct {
	exception Exception
	allowed   Allowed
}

// NewGate returns a gate for a set with the exceptions of the configuration. The set has a name if
// there are several sets. baseline may be nil. If today is empty, no exception has ended.
func NewGate(set, today string, exceptions []Exception, baseline *Baseline) *Gate {
	g := &Gate{set: set, today: today, baseline: baseline, of: map[int][]*rule{}}
	for i, e := range exceptions {
		g.rules = append(g.rules, &rule{exception: e, allowed: Allowed{
			Kind: ByException, Name: fmt.Sprintf("audit.exceptions[%d]", i), Reason: e.Reason, isExpired: e.hasEnded(today),
		}})
	}
	return g
}

// Annotate adds the exceptions in the annotation of the object at a place. Each line of value is
// GLOB: REASON. It returns findings on errors in value.
func (g *Gate) Annotate(place finding.Place, value string) (problems finding.List) {
	object := finding.ShowObject(place.Kind, place.Namespace, place.Name)
	for line := range strings.Lines(value) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		glob, reason, _ := strings.Cut(line, ": ")
		e := Exception{Image: strings.TrimSpace(glob), Reason: strings.TrimSpace(reason)}
		if wrong := e.Problems(); len(wrong) > 0 {
			problems = append(problems, finding.New(finding.ExceptionInvalid, finding.Error, "%s %s\nhint: write GLOB: REASON, such as docker.io/acme/*: public", wrong[0].Field, wrong[0].Text).At(place))
			continue
		}
		added := &rule{exception: e, allowed: Allowed{
			Set: g.set, Kind: ByAnnotation, Name: object + " " + e.Image, Reason: e.Reason, place: place,
		}}
		g.added, g.of[place.Object] = append(g.added, added), append(g.of[place.Object], added)
	}
	return problems
}

// HasNoRules reports whether the gate has nothing that lets a finding pass.
func (g *Gate) HasNoRules() bool { return len(g.rules) == 0 && len(g.added) == 0 && g.baseline == nil }

// Let returns the finding. If a rule or the baseline lets it pass, the result is an info that names
// the rule. An error with exit code 2 or 3 never passes.
func (g *Gate) Let(f finding.Finding) finding.Finding {
	if f.IsConfig || f.ExitCode() > finding.ExitFailed {
		return f
	}
	by := ""
	for _, r := range g.rulesFor(f) {
		if r.allowed.isExpired || !r.lets(f) {
			continue
		}
		r.allowed.isUsed = r.allowed.isUsed || f.Severity != finding.Info || f.IsUnproven()
		if by == "" && f.Severity == finding.Error {
			by = r.label()
			r.allowed.Findings++
		}
	}
	mayBeKnown := f.Severity == finding.Error && (f.Check == finding.FailingPull || !slices.Contains(neverPass, f.Check))
	if by == "" && mayBeKnown && g.baseline.take(entryOf(g.set, f)) {
		by = ByBaseline
		g.passed++
	}
	if by != "" {
		f.Severity, f.Excepted = finding.Info, by
	}
	return f
}

// rulesFor returns the rules that may let a finding pass: exceptions, then annotations of its
// object.
func (g *Gate) rulesFor(f finding.Finding) []*rule {
	if len(g.of[f.Object]) == 0 {
		return g.rules
	}
	return append(slices.Clone(g.rules), g.of[f.Object]...)
}

// label returns the name of the rule for a finding that it lets pass.
func (r *rule) label() string {
	name := r.allowed.Name
	if r.allowed.Kind == ByAnnotation {
		name = ByAnnotation // the finding names the object
	}
	return name + " (" + r.allowed.Reason + ")"
}

// lets reports whether the rule matches the finding and may let it pass.
func (r *rule) lets(f finding.Finding) bool {
	if slices.Contains(neverPass, f.Check) || r.allowed.Kind == ByAnnotation && !slices.Contains(annotated, f.Check) {
		return false
	}
	return r.exception.covers(f)
}

// Allowed returns the counts: of the exceptions in their order, of the annotations in the order of
// the objects, then of the baseline.
func (g *Gate) Allowed() (all []Allowed) {
	for _, r := range slices.Concat(g.rules, g.added) {
		all = append(all, r.allowed)
	}
	if g.baseline != nil {
		all = append(all, Allowed{Kind: ByBaseline, Name: g.baseline.Name, Findings: g.passed})
	}
	return all
}
