// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"path/filepath"
	"strings"

	"example.com/calico-pull-secrets/function"
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

// unreadRule is the id of a finding of the function: something was not looked at.
const unreadRule = "unread"

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

// placeConfig gives findings on the configuration the file that it is from, if the name
// of that is fit to be shown.
func (s *set) placeConfig(report function.Report) {
	if s.options.config == "" || !isPath(s.options.config) {
		return
	}
	for i := range report.Findings {
		if f := &report.Findings[i]; f.IsConfig && f.File == "" {
			f.File = s.options.config
		}
	}
}

// sayFindings says what the function found. What is in the table of an audit is not said
// beside it.
func (s *set) sayFindings(report function.Report) {
	if report.Shown {
		return
	}
	for _, f := range report.Findings {
		if s.quiet && f.Severity == severityInfo || s.audit && f.IsVerdict {
			continue
		}
		s.sayOf(f.File, f.String())
	}
}

// unseen returns what to say of what was not looked at, and why.
func (s *set) unseen(files *collector) (all []function.Unseen) {
	add := func(severity string, unproven bool, message string) {
		all = append(all, function.Unseen{Severity: severity, Message: message, Unproven: unproven})
	}
	if len(files.left) > 0 {
		add(severityWarning, true, "left out "+few(files.left))
	}
	if len(files.sources) == 0 {
		add(severityWarning, true, "nothing was looked at: there is no *.yaml, *.yml or *.json in "+few(s.paths))
	}
	if len(files.hidden) > 0 {
		add(severityInfo, false, "left out what is hidden: "+few(files.hidden))
	}
	if built := files.built(); len(built) > 0 && (s.check || s.audit) {
		add(severityInfo, true, few(built)+": kustomize builds something else than these files. Look at that instead: kustomize build FOLDER | "+programName+" "+s.flag())
	}
	return all
}

// flag returns the flag, with what reads stdin, of a set that is only looked at.
func (s *set) flag() string {
	if s.audit {
		return "--audit"
	}
	return "--check -"
}

// few returns the first three of a list, and how many more there are.
func few(list []string) string {
	const shown = 3
	if len(list) <= shown {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:shown], ", "), len(list)-shown)
}
