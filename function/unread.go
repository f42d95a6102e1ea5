// SPDX-License-Identifier: Apache-2.0

package function

import (
	"cmp"
	"errors"
	"slices"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/emitted"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/targets"
	"example.com/calico-pull-secrets/internal/wire"
)

// notLookedAt returns findings on input that may matter and nobody looked at: the program could not
// read it, passed it over, or did not get it.
func (r *run) notLookedAt(s task) (all finding.List) {
	r.reportedUnseen = true
	unread := wire.BySource(r.unread)
	isAlone := !slices.ContainsFunc(r.sources, func(source wire.Source) bool { return len(unread[source.Name]) == 0 })
	for _, u := range r.unread {
		if !u.Template {
			all = append(all, unreadFinding(u, s, isAlone))
		}
	}
	for _, u := range r.request.Unseen {
		severity := fn.Severity(u.Severity)
		if u.Unproven {
			severity = unprovenOr(severity, s)
		}
		if u.Check != finding.RenderedLater || targets.AsksForRendered(s.Settings) {
			all = append(all, u.finding(severity))
		}
	}
	return append(all, r.passedOver(s)...)
}

// unreadFinding returns the finding on a document that the program cannot read.
func unreadFinding(u wire.Unread, s task, isAlone bool) finding.Finding {
	isWorkload := func(kind string) bool { return slices.Contains(kinds.Names(), kind) && kind != "ServiceAccount" }
	var f finding.Finding
	switch {
	case errors.Is(u.Problem, wire.ErrBlank) && u.Source == stdinName:
		f = finding.New(finding.Unread, fn.Error, "is empty\nhint: the command that writes to it failed, most likely")
	case errors.Is(u.Problem, wire.ErrBlank) && s.Mode == ModeRemove: // the Secret was perhaps all that it had
		f = finding.New(finding.Unread, unprovenOr(fn.Info, s), "is empty, so there is nothing in it to look at")
	case errors.Is(u.Problem, wire.ErrBlank):
		f = finding.New(finding.Unread, fn.Error, "is empty, so there is nothing in it to look at")
	case errors.Is(u.Problem, wire.ErrNoObject) && (u.Source == stdinName || isAlone):
		f = finding.New(finding.Unread, fn.Error, "has no object of Kubernetes in it\nhint: the command that should write one failed, most likely")
	case errors.Is(u.Problem, wire.ErrNoObject):
		f = finding.New(finding.Unread, unprovenOr(fn.Info, s), "has no object of Kubernetes in it")
	case u.IsNamed:
		f = finding.New(finding.Unread, fn.Error, "%s", u.Text())
	case slices.ContainsFunc(u.Kinds, isWorkload):
		f = finding.New(finding.Unread, fn.Error, "%s, and may have a target or a Secret in it\nhint: put it right, or leave the file out", u.Text())
	default:
		f = finding.New(finding.Unread, unprovenOr(fn.Warning, s), "%s, and may have a target or a Secret in it\nhint: put it right, or leave the file out", u.Text())
	}
	f.File, f.Line, f.Hint = u.Source, u.Line, cmp.Or(f.Hint, hintFor(u.Problem))
	return f
}

// stdinName is the name of stdin beside files.
const stdinName = "stdin"

// unprovenOr returns the severity of something that nobody looked at. Under strict it is an error.
// In the modes check and audit the policy grades it; in add and remove it keeps its severity.
func unprovenOr(severity fn.Severity, s task) fn.Severity {
	if (s.Mode == ModeAdd || s.Mode == ModeRemove) && s.Preflight != PolicyStrict {
		return severity
	}
	return s.Preflight.Unproven(severity)
}

// texts returns the files whose objects the program does not know.
func (r *run) texts() (all []emitted.Text) {
	for _, t := range r.request.Texts {
		all = append(all, emitted.Text{Name: t.Name, Read: t.Read})
	}
	unread := wire.BySource(r.unread)
	for _, input := range r.inputs {
		if input.Patch || unread[input.Name] != nil {
			all = append(all, emitted.Text{Name: input.Name, Read: input.Read})
		}
	}
	return all
}

// passedOver returns a finding on each file that was passed over. A template may have a target in
// it.
func (r *run) passedOver(s task) (all finding.List) {
	add := func(severity fn.Severity, input Input, why string) {
		all = append(all, finding.New(finding.Unread, severity, "passed over: %s", why).At(finding.Place{File: input.Name}))
	}
	unread := wire.BySource(r.unread)
	for _, input := range r.inputs {
		if input.Patch {
			add(fn.Info, input, "a patch of a kustomization")
		}
		if len(unread[input.Name]) == 0 {
			continue
		}
		u := unread[input.Name][0] // a file is passed over once
		if u.IsWhole() || errors.Is(u.Problem, wire.ErrBlank) {
			continue
		}
		severity := fn.Info
		if u.Template {
			severity = unprovenOr(fn.Info, s)
		}
		add(severity, input, u.PassedFor())
	}
	return all
}
