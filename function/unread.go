// SPDX-License-Identifier: Apache-2.0

package function

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/wire"
)

// unseen returns what was not looked at, where it may matter: what could not be read,
// was passed over, or was not handed over.
func (r *run) unseen(s task) (all finding.List) {
	r.saidUnseen = true
	for _, u := range r.unread {
		if !u.Template {
			all = append(all, unreadFinding(u, s))
		}
	}
	for _, u := range r.request.Unseen {
		severity := fn.Severity(u.Severity)
		if u.Unproven {
			severity = unprovenOr(severity, s)
		}
		all = append(all, finding.New(finding.Unread, severity, "%s", u.Message))
	}
	return append(all, r.passedOver(s)...)
}

// unreadFinding returns what to say of a document that cannot be read.
func unreadFinding(u wire.Unread, s task) finding.Finding {
	isWorkload := func(kind string) bool { return slices.Contains(kinds.Names(), kind) && kind != "ServiceAccount" }
	var f finding.Finding
	switch {
	case errors.Is(u.Problem, wire.ErrBlank) && u.Source == stdinName:
		f = finding.New(finding.Unread, fn.Error, "is empty: what should have written to it failed, most likely")
	case errors.Is(u.Problem, wire.ErrBlank):
		f = finding.New(finding.Unread, unprovenOr(fn.Warning, s), "is empty, so there is nothing in it to look at")
	case slices.ContainsFunc(u.Kinds, isWorkload):
		f = finding.New(finding.Unread, fn.Error, "%s, and may have a target or a Secret in it: put it right, or leave the file out", problemText(u.Problem))
	default:
		f = finding.New(finding.Unread, unprovenOr(fn.Warning, s), "%s, and may have a target or a Secret in it: put it right, or leave the file out", problemText(u.Problem))
	}
	f.File, f.Line = u.Source, u.Line
	return f
}

// stdinName is what stdin is called beside files.
const stdinName = "stdin"

// unprovenOr returns the severity of something that was not looked at: an error under
// strict, and a warning is one under error, where something is to be shown and not made.
func unprovenOr(severity fn.Severity, s task) fn.Severity {
	if s.Mode != ModeCheck && s.Mode != ModeAudit {
		return severity
	}
	return s.Preflight.Unproven(severity)
}

// passedFor returns why a file was passed over.
func passedFor(u wire.Unread) string {
	switch {
	case u.Template:
		return "a template: render it first"
	case errors.Is(u.Problem, wire.ErrBlank):
		return "it is empty"
	}
	return "no manifest that can be read"
}

// passedOver returns a finding on the files that were passed over: the first of them,
// and how many. A template may have a target in it.
func (r *run) passedOver(s task) finding.List {
	var passed []string
	severity := fn.Info
	for _, input := range r.inputs {
		if input.Patch {
			passed = append(passed, input.Name+" (a patch of a kustomization)")
		}
		for i, u := range r.unread {
			if u.Source != input.Name || errors.Is(u.Problem, wire.ErrBlank) || i > 0 && r.unread[i-1].Source == u.Source {
				continue
			}
			passed = append(passed, fmt.Sprintf("%s (%s)", input.Name, passedFor(u)))
			if u.Template {
				severity = unprovenOr(fn.Info, s)
			}
		}
	}
	if len(passed) == 0 {
		return nil
	}
	const shown = 3
	names := strings.Join(passed[:min(shown, len(passed))], ", ")
	if more := len(passed) - shown; more > 0 {
		names += fmt.Sprintf(" and %d more", more)
	}
	return finding.List{finding.New(finding.Unread, severity, "passed over %d of %d files: %s", len(passed), len(r.inputs), names)}
}
