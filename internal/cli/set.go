// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"io"
	"slices"

	"example.com/calico-pull-secrets/function"
)

// A set is one set of resources: what is named in one call, or one argument of
// --each.
type set struct {
	*run
	label string // the argument of --each, empty without
	paths []string
	out   io.Writer
	print func(message string) // a message
}

// An outcome is what came of a set, beside what it printed.
type outcome struct {
	set      string // the argument of --each, empty without
	code     int
	ok       bool
	findings []function.Finding
	images   []function.Image
}

// process reads the set, has the function work on it, and does with the result what
// the options ask for.
func (s *set) process() outcome {
	if isStdin(s.paths) {
		return s.stream()
	}
	files, secretPath, err := s.files()
	if err != nil {
		return s.failed(err.Error())
	}
	inputs := make([]function.Input, 0, len(files.sources))
	for _, source := range files.sources {
		inputs = append(inputs, source.input(s.prints()))
	}
	request := s.request()
	request.Unseen = s.unseen(files)
	report := function.Run(inputs, request)
	s.hint(files, &report)
	s.placeConfig(report)
	s.sayFindings(report)
	if s.write && report.OK {
		if err := files.checkTwins(report); err != nil {
			return s.failed(err.Error())
		}
	}
	return s.finish(report, secretPath)
}

// isStdin reports whether nothing but stdin is to be read.
func isStdin(paths []string) bool {
	return !slices.ContainsFunc(paths, func(path string) bool { return path != stdinPath })
}

// stream is process for stdin alone. What an orchestrator sent goes back to it.
func (s *set) stream() outcome {
	name := ""
	if s.diff {
		name = stdinName
	}
	input := s.stdinSource(name)
	text, err := input.read()
	if err != nil {
		return s.failed("cannot read stdin: " + problemOf(err))
	}
	collectBeside(text)
	report := function.Run([]function.Input{input.input(s.prints())}, s.request())
	s.placeConfig(report)
	s.sayFindings(report)
	if !s.prints() && !report.Shown {
		return s.finish(report, "")
	}
	for _, piece := range report.Stdout {
		_, _ = s.out.Write(piece) // Flush says what went wrong
	}
	return outcomeOf(report, report.OK)
}

// finish does with a report what the options ask for. secretPath is the file of new
// objects, empty if there is none.
func (s *set) finish(report function.Report, secretPath string) outcome {
	ok := report.OK
	switch {
	case s.audit, s.prints() && len(report.Images) > 0: // mode: audit in the settings
		s.showAudit(report)
	case s.check:
		ok = s.showChecked(report, secretPath) && ok
	case !ok:
	case s.write:
		ok = s.writeFiles(report, secretPath)
	case s.diff:
		ok = s.showDiffs(report, secretPath)
	default:
		ok = s.printFiles(report)
	}
	return outcomeOf(report, ok)
}

func outcomeOf(report function.Report, ok bool) outcome {
	o := outcome{ok: ok, findings: report.Findings, images: report.Images}
	if !ok {
		o.code = exitFailed
	}
	return o
}

// prints reports whether the manifests themselves are wanted on stdout.
func (s *set) prints() bool { return !s.write && !s.check && !s.diff && !s.audit }

func (s *set) request() function.Request {
	r := function.Request{
		Config: s.config, Quiet: s.quiet, AllowEnv: s.allowEnv, AllowFiles: s.allowFiles,
		Unwritten: !s.prints() && !s.write && !s.diff, Reread: s.diff || s.write,
	}
	switch {
	case s.check:
		r.Mode = function.ModeCheck
	case s.audit:
		r.Mode = function.ModeAudit
	case s.write, s.diff:
		r.Mode = function.ModeAdd
	}
	return r
}
