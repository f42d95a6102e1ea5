// SPDX-License-Identifier: Apache-2.0

package unseen

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/edit"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/form"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/wire"
)

// Unread returns the finding on a document that the program cannot read.
func Unread(u wire.Unread, s config.Settings, isAlone bool) finding.Finding {
	isWorkload := func(kind string) bool { return slices.Contains(kinds.Names(), kind) && kind != "ServiceAccount" }
	var f finding.Finding
	switch {
	case errors.Is(u.Problem, wire.ErrBlank) && u.Source == stdinName:
		f = finding.New(finding.Unread, fn.Error, "is empty\nhint: most likely the command that writes to it failed")
	case errors.Is(u.Problem, wire.ErrBlank) && s.Mode == config.ModeRemove: // the Secret was perhaps all that it had
		f = finding.New(finding.Unread, UnprovenOr(fn.Info, s), "is empty")
	case errors.Is(u.Problem, wire.ErrBlank):
		f = finding.New(finding.Unread, fn.Error, "is empty")
	case u.IsFolder && s.Mode == config.ModeRemove:
		f = finding.New(finding.Unread, UnprovenOr(fn.Info, s), "contains no Kubernetes object that the program can read")
	case u.IsFolder:
		f = finding.New(finding.Unread, fn.Error, "contains no Kubernetes object that the program can read")
	case errors.Is(u.Problem, wire.ErrNoObject) && (u.Source == stdinName || isAlone):
		f = finding.New(finding.Unread, fn.Error, "contains no Kubernetes object\nhint: most likely the command that writes it failed")
	case errors.Is(u.Problem, wire.ErrNoObject):
		f = finding.New(finding.Unread, UnprovenOr(fn.Info, s), "contains no Kubernetes object")
	case u.IsPart():
		text := u.Text()
		if u.Source == "" { // the line of a finding shows behind a name
			text = u.Problem.Error()
		}
		f = finding.New(finding.Unread, UnprovenOr(fn.Info, s), "%s", text)
	case u.IsNamed:
		f = finding.New(finding.Unread, fn.Error, "%s", u.Text())
	case slices.ContainsFunc(u.Kinds, isWorkload):
		f = finding.New(finding.Unread, fn.Error, "%s; this document may contain a target or a Secret\nhint: fix the document, or leave the file out", u.Text())
	default:
		f = finding.New(finding.Unread, UnprovenOr(fn.Warning, s), "%s; this document may contain a target or a Secret\nhint: fix the document, or leave the file out", u.Text())
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

// hintsOfForms say what to do with a source that is no text.
var hintsOfForms = map[form.Error]string{
	form.Gzip:   "unpack it first: gunzip -c FILE | calico-pull-secrets, or tar xzf FILE and name the folder",
	form.Packed: "unpack it first",
	form.Tar:    "unpack it first: tar xf FILE, and name the folder",
	form.Zip:    "unpack it first: unzip FILE, and name the folder",
	form.UTF16:  "save it as UTF-8; in PowerShell: … | Out-File -Encoding utf8 FILE",
}

// hintsOfErrors say what to do about a whole source.
var hintsOfErrors = []struct {
	err  error
	hint string
}{
	{wire.ErrEmpty, "pipe manifests in, or name files. To change a file, write --write FILE: < FILE > FILE empties it"},
	{wire.ErrNeither, "most likely the command before the pipe failed: look at its output"},
	{wire.ErrNoText, "give the program manifests, as a text in UTF-8"},
	{wire.ErrNoItems, "write items, with a list of objects below: items: [] if there are none"},
	{wire.ErrBadItems, "write a list of objects below items: items: [] if there are none"},
	{wire.ErrNoItem, "remove it, or write an object with apiVersion, kind and metadata there"},
	{wire.ErrBlank, "if a shell emptied it, restore it: > FILE empties it. To change a file, write --write FILE"},
}

// hintsOfSyntax say what to do about some problems of the YAML parser.
var hintsOfSyntax = map[string]string{
	"a mapping key that is not a scalar":             "if {{ }} is a template there, render it first, for example with helm template",
	"found character that cannot start any token":    "YAML indents with blanks, not with tabs; put a value that begins with @, % or ` in quotes",
	"did not find expected key":                      "compare the indentation with the lines before",
	"mapping values are not allowed in this context": "compare the indentation with the lines before; put a value with a colon in quotes",
	"did not find expected '-' indicator":            "compare the indentation with the lines before",
	"found unexpected end of stream":                 "close the quotes or brackets that are open there",
}

// HintFor returns a hint for input that the program cannot read, empty if it knows none.
func HintFor(err error) string {
	if hint := finding.HintOf(err); hint != "" {
		return hint
	}
	var other form.Error
	if errors.As(err, &other) {
		return hintsOfForms[other]
	}
	for _, known := range hintsOfErrors {
		if errors.Is(err, known.err) {
			return known.hint
		}
	}
	var syntax *edit.SyntaxError
	if errors.As(err, &syntax) {
		return cmp.Or(hintsOfSyntax[syntax.Problem], "fix the YAML there: kubectl refuses it, too")
	}
	return ""
}

// PassedOver returns why the program passed over a file of a folder, and a hint, which may be empty.
func PassedOver(u wire.Unread) (why, hint string) {
	switch {
	case u.Template:
		return "a template", "render it first"
	case errors.Is(u.Problem, wire.ErrBlank):
		return "empty", ""
	}
	return "not a readable manifest", ""
}
