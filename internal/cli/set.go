// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"io"
	"slices"

	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/allowance"
	"example.com/calico-pull-secrets/internal/build"
	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/disk"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/report"
)

// A set is one set of resources: all paths of a call, one path of --each, or one kustomization or
// the loose files of --build.
type set struct {
	*run
	label string // its name in messages; empty for the only set of a call
	paths []string
	out   io.Writer
	print func(message string) // prints a message

	built         *build.Target // the kustomization to build; nil for files
	collected     *collector    // the files of the paths; nil if not yet collected
	part, mayLack bool          // see function.Request
}

// A setResult is the result of a set, without the text that it printed.
type setResult struct {
	report.Set
	code    finding.ExitCode
	allowed []allowance.Allowed
	unused  finding.List // see function.Report
}

// process reads the set, runs the function on it, and handles the result as the options say.
func (s *set) process() setResult {
	s.known.Audits(s.identity())
	if s.built != nil {
		return s.processBuilt()
	}
	if isStdin(s.paths) {
		return s.stream()
	}
	files, secretPath, err := s.files()
	if err != nil {
		return s.failed(err)
	}
	inputs := slices.Clone(s.helpers)
	for _, source := range files.sources {
		inputs = append(inputs, source.input(s.prints()))
	}
	request := s.request()
	request.Unseen = s.unseen(files, secretPath)
	request.Home = s.home(files, secretPath)
	for _, path := range files.kustomize.Paths() {
		request.Texts = append(request.Texts, function.Source{Name: path, Read: func() ([]byte, error) { return disk.Read(path) }})
	}
	r := function.Run(inputs, request)
	s.nameStdin(r)
	s.adviseElsewhere(files, &r)
	s.placeConfig(r.Findings)
	r.Allowed = append(r.Allowed, files.exclude.Allowed(s.globs())...)
	if !s.write {
		s.sayFindings(r)
		return s.finish(r, secretPath)
	}
	done := s.finish(r, secretPath)
	if !done.OK { // the findings about the new state are not true
		r.Findings = r.Findings.WithoutStates()
	}
	s.sayFindings(r)
	return done
}

// isStdin reports whether stdin is the only input.
func isStdin(paths []string) bool {
	return !slices.ContainsFunc(paths, func(path string) bool { return path != stdinPath })
}

// stream is process for stdin alone. An orchestrator gets its ResourceList back.
func (s *set) stream() setResult {
	name := ""
	if s.diff {
		name = stdinName
	}
	input := s.stdinSource(name)
	if s.prints() && s.isStdinStdout() {
		return s.failed(&pathError{stdinName, errIsStdout, true})
	}
	if _, err := input.read(); err != nil {
		return s.failed(&pathError{stdinName, fmt.Errorf("cannot be read: %w", unreadable(err)), false})
	}
	r := function.Run([]function.Input{input.input(s.prints())}, s.request())
	s.nameStdin(r)
	s.placeConfig(r.Findings)
	s.sayFindings(r)
	if isSaidByFlag := !s.modeSet || !r.IsList || s.hasForm(); !s.prints() && !r.Shown && isSaidByFlag {
		return s.finish(r, "")
	}
	s.listed = true
	for _, piece := range r.Stdout {
		_, _ = s.out.Write(piece) // Flush returns the error
	}
	code := r.Code
	if code == finding.ExitUnread { // a broken ResourceList looks like any other text
		code = finding.ExitFailed
	}
	return s.outcomeOf(r, "", code)
}

// finish handles a report as the options say. secretPath is the file of new objects, empty if there
// is none.
func (s *set) finish(r function.Report, secretPath string) setResult {
	code := r.Code
	orElse := func(failure finding.ExitCode, ok bool) {
		if !ok {
			code = max(code, failure)
		}
	}
	switch {
	case s.audit:
	case s.check:
		orElse(finding.ExitFailed, s.showChecked(r, secretPath))
	case !r.OK:
	case s.write && len(r.Added) > 0 && secretPath == "":
		s.sayOf(finding.Error, "", noSecretFile)
		code = finding.ExitUsage
	case s.write:
		orElse(finding.ExitUnread, s.writeFiles(r, secretPath))
	case s.diff:
		orElse(finding.ExitUnread, s.showDiffs(r, secretPath))
	default:
		orElse(finding.ExitUnread, s.printFiles(r))
	}
	return s.outcomeOf(r, secretPath, code)
}

func (s *set) outcomeOf(r function.Report, secretPath string, code finding.ExitCode) setResult {
	if !r.OK {
		code = max(code, finding.ExitFailed)
	}
	done := report.Set{
		Name: s.label, Exclude: s.globs(), OK: code == finding.ExitOK, Findings: r.Findings, Images: r.Images, Registries: r.Registries, Budget: s.budget(r), Silent: r.Silent,
		Paths: slices.DeleteFunc(slices.Clone(s.paths), func(path string) bool { return path == stdinPath }),
	}
	if code == finding.ExitUsage { // the program read nothing
		done.Registries = nil
	}
	if s.check {
		done.ToChange = toChange(r)
		if r.Adds {
			done.ToChange = append(done.ToChange, secretPath)
		}
		done.ToChange = slices.DeleteFunc(done.ToChange, func(name string) bool { return name == "" }) // stdin
	}
	for _, a := range r.Allowed {
		done.Excepted += a.Findings
	}
	return setResult{code: code, allowed: r.Allowed, unused: r.Unused, Set: done}
}

// prints reports whether the manifests themselves go to stdout.
func (s *set) prints() bool { return !s.write && !s.check && !s.diff && !s.audit }

func (s *set) request() function.Request {
	r := function.Request{
		Config: s.config, Quiet: s.quiet, AllowEnv: s.allowEnv, AllowFiles: s.allowFiles,
		Diff: s.diff, Allow: s.allow(), Part: s.part, MayLack: s.mayLack,
	}
	switch {
	case s.remove:
		r.Mode, r.OnlyChecks = config.ModeRemove, s.check
	case s.check:
		r.Mode = config.ModeCheck
	case s.audit:
		r.Mode = config.ModeAudit
	case s.write, s.diff:
		r.Mode = config.ModeAdd
	}
	return r
}
