// SPDX-License-Identifier: Apache-2.0

package unseen

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/wire"
)

// Unread returns the finding on a document that the program cannot read.
func Unread(u wire.Unread, s config.Settings, isAlone bool) finding.Finding {
	isWorkload := func(kind string) bool { return slices.Contains(kinds.Names(), kind) && kind != "ServiceAccount" }
	var f finding.Finding
	switch {
	case errors.Is(u.Problem, wire.ErrBlank) && u.Source == stdinName:
		f = finding.New(finding.Unread, fn.Error, "is empty\nhint: the command that writes to it failed, most likely")
	case errors.Is(u.Problem, wire.ErrBlank) && s.Mode == config.ModeRemove: // the Secret was perhaps all that it had
		f = finding.New(finding.Unread, UnprovenOr(fn.Info, s), "is empty, so there is nothing in it to look at")
	case errors.Is(u.Problem, wire.ErrBlank):
		f = finding.New(finding.Unread, fn.Error, "is empty, so there is nothing in it to look at")
	case u.IsFolder && s.Mode == config.ModeRemove:
		f = finding.New(finding.Unread, UnprovenOr(fn.Info, s), "the program can read no Kubernetes object in it")
	case u.IsFolder:
		f = finding.New(finding.Unread, fn.Error, "the program can read no Kubernetes object in it")
	case errors.Is(u.Problem, wire.ErrNoObject) && (u.Source == stdinName || isAlone):
		f = finding.New(finding.Unread, fn.Error, "has no Kubernetes object in it\nhint: the command that should write one failed, most likely")
	case errors.Is(u.Problem, wire.ErrNoObject):
		f = finding.New(finding.Unread, UnprovenOr(fn.Info, s), "has no Kubernetes object in it")
	case u.IsPart():
		text := u.Text()
		if u.Source == "" { // the line of a finding shows behind a name
			text = u.Problem.Error()
		}
		f = finding.New(finding.Unread, UnprovenOr(fn.Info, s), "%s", text)
	case u.IsNamed:
		f = finding.New(finding.Unread, fn.Error, "%s", u.Text())
	case slices.ContainsFunc(u.Kinds, isWorkload):
		f = finding.New(finding.Unread, fn.Error, "%s, and may have a target or a Secret in it\nhint: put it right, or leave the file out", u.Text())
	default:
		f = finding.New(finding.Unread, UnprovenOr(fn.Warning, s), "%s, and may have a target or a Secret in it\nhint: put it right, or leave the file out", u.Text())
	}
	f.File, f.Line, f.Hint = u.Source, u.Line, cmp.Or(f.Hint, HintFor(u.Problem))
	if u.IsFolder {
		f.File = strings.TrimRight(u.Source, "/") + "/"
	}
	return f
}

// stdinName is the name of stdin beside files.
const stdinName = "stdin"

// UnprovenOr returns the severity of something that nobody looked at. Under strict it is an error.
// In the modes check and audit the policy grades it; in add and remove it keeps its severity.
func UnprovenOr(severity fn.Severity, s config.Settings) fn.Severity {
	if (s.Mode == config.ModeAdd || s.Mode == config.ModeRemove) && s.Preflight != finding.PolicyStrict {
		return severity
	}
	return s.Preflight.Unproven(severity)
}

// HintFor returns a hint for input that the program cannot read, empty if it knows none.
func HintFor(err error) string {
	if errors.Is(err, wire.ErrUTF16) {
		return "save it as UTF-8; in PowerShell: … | Out-File -Encoding utf8 FILE"
	}
	return ""
}
