// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/layout"
	"example.com/calico-pull-secrets/internal/report"
)

// say hands out a message, behind the path of the set if there are several.
func (s *set) say(message string) {
	if s.label != "" {
		message = s.label + ": " + message
	}
	s.print(message)
}

// sayOf is say for a message that names a file, which may tell the set.
func (s *set) sayOf(file, message string) {
	if s.label != "" && file != "" && layout.IsWithin(s.label, filepath.Clean(file)) {
		s.print(message)
		return
	}
	s.say(message)
}

// hint hands out what to do, behind the message that it belongs to.
func (s *set) hint(hint string) {
	if hint != "" {
		s.print("hint: " + hint)
	}
}

// A usageError is an error of whoever typed the arguments.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// usagef returns an error of whoever typed the arguments.
func usagef(format string, a ...any) error { return usageError{fmt.Errorf(format, a...)} }

// failed says why nothing can be done.
func (s *set) failed(problem error) setResult {
	s.say("error: " + problem.Error())
	s.hint(finding.HintOf(problem))
	code := finding.ExitUnread
	if errors.As(problem, new(usageError)) {
		code = finding.ExitUsage
	}
	return setResult{code: code, Set: report.Set{Findings: finding.List{finding.OfError(finding.Input, finding.Error, problem)}}}
}

// placeConfig gives findings on the configuration the file that it is from, if the name
// of that is fit to be shown.
func (s *set) placeConfig(r function.Report) {
	if s.options.config == "" || !isPath(s.options.config) {
		return
	}
	for i := range r.Findings {
		if f := &r.Findings[i]; f.IsConfig && f.File == "" {
			f.File = s.options.config
		}
	}
}

// sayFindings says what the function found. What is in the table of an audit is not said
// beside it.
func (s *set) sayFindings(r function.Report) {
	if r.Shown {
		return
	}
	findings := slices.DeleteFunc(slices.Clone(r.Findings), func(f finding.Finding) bool {
		return s.quiet && f.Severity == finding.Info || s.audit && f.IsVerdict
	})
	lines := report.Lines(findings)
	for i, l := range lines {
		s.sayOf(l.File, l.Text)
		if i+1 == len(lines) || lines[i+1].Hint != l.Hint { // one hint for all that it cures
			s.hint(l.Hint)
		}
	}
}

// showAudit prints the verdicts for people, unless another form is asked for.
func (s *set) showAudit(r function.Report) {
	if s.output == "" || s.output == outputTable {
		report.Table(s.out, report.Set{Name: s.label, Images: r.Images}, s.colours)
	}
}

// unseen returns what to say of what was not looked at, and why.
func (s *set) unseen(files *collector, secretPath string) (all []function.Unseen) {
	add := func(severity finding.Severity, unproven bool, path, message string) {
		all = append(all, function.Unseen{Severity: string(severity), Path: path, Message: message, Unproven: unproven})
	}
	for _, l := range files.left {
		add(finding.Warning, true, l.path, "left out: "+l.why)
	}
	for _, folder := range files.empty {
		add(finding.Error, true, asFolder(folder), "nothing was looked at: there is no *.yaml, *.yml or *.json in it")
	}
	for _, path := range files.hidden {
		switch {
		case isFolder(path):
			add(finding.Info, false, asFolder(path), "left out: it is hidden")
		case hidesObject(path):
			add(finding.Info, true, path, "left out: it is hidden, and kubectl reads it")
		default:
			add(finding.Info, false, path, "left out: it is hidden")
		}
	}
	return append(all, s.rendered(files, secretPath)...)
}

// asFolder returns the path of a folder with one slash behind it.
func asFolder(path string) string { return strings.TrimRight(path, "/") + "/" }

// isFolder reports whether a path is that of a folder.
func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// hidesObject reports whether a hidden file has an object in it that is not the
// configuration of this program: kubectl apply -f FOLDER reads it.
func hidesObject(path string) bool {
	text, err := readPath(path)
	if err != nil { // a folder
		return false
	}
	kinds := hiddenKind().FindAllSubmatch(text, -1)
	return slices.ContainsFunc(kinds, func(m [][]byte) bool { return string(m[1]) != function.Kind })
}

var hiddenKind = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?m)(?:^|[{,])\s*["']?kind["']?\s*:\s*["']?([A-Za-z]+)`)
})

// flag returns the flag, with what reads stdin, of a set that is only looked at.
func (s *set) flag() string {
	if s.audit {
		return "--audit"
	}
	return "--check -"
}
