// SPDX-License-Identifier: Apache-2.0

package allowance

import (
	"fmt"
	"slices"
	"strings"

	"example.com/calico-pull-secrets/internal/finding"
)

// annotated are the checks that the annotation lets pass.
var annotated = []string{finding.AnonymousPull, finding.UnknownPull, finding.AuthenticatedPull}

// A Gate lets the findings of one set pass, and counts them.
type Gate struct {
	set      string
	today    string
	rules    []*rule         // of the configuration
	of       map[int][]*rule // of annotations, by the numbers of their objects
	added    []*rule         // all of these, in order
	baseline *Baseline
	passed   int // by the baseline
}

// A rule is an exception, and what it let pass.
type rule struct {
	exception Exception
	allowed   Allowed
}

// NewGate returns a gate for a set, which has a name if there are several, with the
// exceptions of the configuration. baseline may be nil, and today empty: then none ends.
func NewGate(set, today string, exceptions []Exception, baseline *Baseline) *Gate {
	g := &Gate{set: set, today: today, baseline: baseline, of: map[int][]*rule{}}
	for i, e := range exceptions {
		g.rules = append(g.rules, &rule{exception: e, allowed: Allowed{
			Kind: ByException, Name: fmt.Sprintf("audit.exceptions[%d]", i), Reason: e.Reason, isExpired: e.hasEnded(today),
		}})
	}
	return g
}

// Annotate adds the exceptions that an annotation of an object at a place makes: GLOB:
// REASON, a line for each glob. It returns findings on what is wrong with it.
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

// HasNoRules reports whether it would let nothing pass.
func (g *Gate) HasNoRules() bool { return len(g.rules) == 0 && len(g.added) == 0 && g.baseline == nil }

// Let returns a finding as it is, or as one that passes if the gate lets it: an info that
// says by what.
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
			by = r.said()
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

// rulesFor returns what may let a finding pass: exceptions, then annotations of its object.
func (g *Gate) rulesFor(f finding.Finding) []*rule {
	if len(g.of[f.Object]) == 0 {
		return g.rules
	}
	return append(slices.Clone(g.rules), g.of[f.Object]...)
}

// said returns how the rule is called in a finding that passes by it.
func (r *rule) said() string {
	name := r.allowed.Name
	if r.allowed.Kind == ByAnnotation {
		name = ByAnnotation // the finding names the object
	}
	return name + " (" + r.allowed.Reason + ")"
}

// lets reports whether the rule is for a finding that may pass.
func (r *rule) lets(f finding.Finding) bool {
	if slices.Contains(neverPass, f.Check) || r.allowed.Kind == ByAnnotation && !slices.Contains(annotated, f.Check) {
		return false
	}
	return r.exception.covers(f)
}

// Allowed returns what was let pass, by what, in the order of the configuration, then of
// the objects.
func (g *Gate) Allowed() (all []Allowed) {
	for _, r := range slices.Concat(g.rules, g.added) {
		all = append(all, r.allowed)
	}
	if g.baseline != nil {
		all = append(all, Allowed{Kind: ByBaseline, Name: g.baseline.Name, Findings: g.passed})
	}
	return all
}
