// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"path/filepath"
	"strings"

	"calico-pull-secrets/function"
)

// The severities of findings.
const (
	severityError   = "error"
	severityWarning = "warning"
	severityInfo    = "info"
)

// inputRule is the id of a finding of the program itself: something cannot be read or
// written.
const inputRule = "input"

// say hands out a message, behind the path of the set if there are several.
func (s *set) say(message string) {
	if s.label != "" {
		message = s.label + ": " + message
	}
	s.print(message)
}

// sayOf is say for a message that names a file, which may tell the set.
func (s *set) sayOf(file, message string) {
	if s.label != "" && file != "" && isWithin(s.label, filepath.Clean(file)) {
		s.print(message)
		return
	}
	s.say(message)
}

// failed says why nothing can be done.
func (s *set) failed(problem string) outcome {
	s.say("error: " + problem)
	return outcome{code: exitFailed, findings: []function.Finding{{Check: inputRule, Severity: severityError, Message: problem}}}
}

// sayFindings says what the function found, each once: several files may have the
// same resource. What is in the table of an audit is not said beside it.
func (s *set) sayFindings(report function.Report) {
	if report.Shown {
		return
	}
	said := map[string]bool{}
	for _, f := range report.Findings {
		line := f.String()
		if said[line] || s.quiet && f.Severity == severityInfo || s.audit && isImageRule(f.Check) {
			continue
		}
		said[line] = true
		s.sayOf(f.File, line)
	}
}

// sayLeftOut says which files were not looked at, and why.
func (s *set) sayLeftOut(files *collector, report function.Report) {
	if len(files.left) > 0 {
		s.say("warning: left out " + few(files.left))
	}
	if len(files.sources) == 0 {
		s.say("warning: nothing was looked at: there is no *.yaml, *.yml or *.json in " + few(s.paths))
	}
	if s.quiet {
		return
	}
	if len(files.hidden) > 0 {
		s.say("left out what is hidden: " + few(files.hidden))
	}
	var passed []string
	for _, f := range report.Files {
		if f.Passed != "" {
			passed = append(passed, fmt.Sprintf("%s (%s)", f.Name, f.Passed))
		}
	}
	if len(passed) > 0 {
		s.say(fmt.Sprintf("passed over %d of %d files: %s", len(passed), len(files.sources), few(passed)))
	}
}

// few returns the first three of a list, and how many more there are.
func few(list []string) string {
	const shown = 3
	if len(list) <= shown {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:shown], ", "), len(list)-shown)
}
