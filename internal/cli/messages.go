// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"errors"
	"slices"

	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/budget"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/report"
)

// say prints a finding and its hint. The message begins with the severity, then the set if there
// are several, then the file. It leaves the set out if the file's path begins with it.
func (s *set) say(f finding.Finding) {
	f.Set = s.label
	s.print(f.String())
	if f.Hint != "" {
		s.print("hint: " + f.Hint)
	}
}

// sayOf prints a finding of this package. file may be empty.
func (s *set) sayOf(severity finding.Severity, file, format string, a ...any) {
	s.say(finding.New(finding.Input, severity, format, a...).At(finding.Place{File: file}))
}

// A pathError is a path and its problem.
type pathError struct {
	path    string
	problem error
	isUsage bool // the arguments are wrong
}

func (e *pathError) Error() string { return e.path + ": " + e.problem.Error() }

func (e *pathError) Unwrap() error { return e.problem }

// failed prints why the run can do nothing, and returns that result.
func (s *set) failed(problem error) setResult {
	code, file := finding.ExitUnread, ""
	var path *pathError
	if errors.As(problem, &path) {
		file, problem = path.path, path.problem
		if path.isUsage {
			code = finding.ExitUsage
		}
	}
	f := finding.OfError(finding.Input, finding.Error, problem).At(finding.Place{File: file})
	s.say(f)
	return setResult{code: code, Set: report.Set{Name: s.label, Findings: finding.List{f}}}
}

// placeConfig gives findings about the configuration its file, if the name cannot be a password.
func (r *run) placeConfig(all finding.List) {
	if r.options.config == "" || !isPath(r.options.config) {
		return
	}
	for i := range all {
		f := &all[i]
		isException := f.Check == finding.ExceptionExpired || f.Check == finding.ExceptionUnused
		if f.File == "" && (f.IsConfig || isException && f.Kind == "") {
			f.File = r.options.config
		}
	}
}

// sayFindings prints what the function found. It leaves out what the table of an audit shows.
func (s *set) sayFindings(r function.Report) {
	if r.Shown {
		return
	}
	findings := slices.DeleteFunc(slices.Clone(r.Findings), func(f finding.Finding) bool {
		return s.quiet && f.Severity == finding.Info || s.audit && f.IsVerdict
	})
	together := report.Together(findings)
	for i, f := range together {
		if i+1 < len(together) && together[i+1].Hint == f.Hint { // one hint for a row of findings
			f.Hint = ""
		}
		s.say(f)
	}
}

// nameStdin replaces the name of stdin by the one of --stdin-name.
func (s *set) nameStdin(r function.Report) {
	isAlone := isStdin(s.paths)
	rename := func(file *string, isPlaced bool) {
		if isAlone && *file == "" && isPlaced || !isAlone && *file == stdinName {
			*file = s.stdinName
		}
	}
	if s.stdinName == "" {
		return
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		rename(&f.File, f.Line > 0 || f.Check == finding.Unread)
	}
	for i := range r.Images {
		rename(&r.Images[i].File, true)
	}
}

// budget returns the pull budget of an audit, nil without --nodes.
func (s *set) budget(r function.Report) *budget.Budget {
	if s.nodes == 0 {
		return nil
	}
	return budget.Of(r.Images, r.Findings, s.nodes, s.pullLimit)
}
