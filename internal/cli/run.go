// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bufio"
	"bytes"
	"errors"
	"path/filepath"
	"runtime"
	"sync"

	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/allowance"
	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/report"
	"example.com/calico-pull-secrets/internal/stop"
)

// A run is one call of the program.
type run struct {
	options
	*console
	config  *config.Given
	out     *bufio.Writer // stdout
	colours bool          // stdout takes colours
	version string        // of the program
	help    func() map[string]string
	listed  bool         // stdout has the manifests or a ResourceList
	writing sync.RWMutex // a set holds it for reading while it writes
	known   *allowance.Baseline
	before  []byte           // the baseline's file; nil if it does not exist
	helpers []function.Input // the files of --with
}

func (p Program) newRun(o options, config *config.Given, c *console) *run {
	return &run{
		options: o, console: c, config: config, version: p.Version, help: p.cures,
		out:     bufio.NewWriter(c.stdout), // passes large pieces through, collects small ones
		colours: hasColours(c.stdout),
	}
}

// all runs all sets. It returns the worst exit code.
func (r *run) all() finding.ExitCode {
	if r.write {
		defer stop.OnSignals(&r.writing, r.say)()
	}
	paceGarbage(r.check || r.audit)
	var outcomes []setResult
	one := &set{run: r, paths: r.paths, out: r.out, print: r.say}
	if err := r.readHelpers(); err != nil {
		outcomes = append(outcomes, one.failed(err))
	} else if r.build {
		outcomes = r.builds()
	} else if r.each {
		var sets []*set
		for _, path := range r.paths {
			sets = append(sets, &set{run: r, label: filepath.Clean(path), paths: []string{path}})
		}
		outcomes = r.sideBySide(sets)
	} else {
		outcomes = append(outcomes, one.process())
	}
	code, result := finding.ExitOK, report.Run{IsAudit: r.audit, Version: r.version, Help: r.help}
	for _, o := range outcomes {
		code, result.Sets = max(code, o.code), append(result.Sets, o.Set)
	}
	code = max(code, r.conclude(outcomes, code, &result))
	code = max(code, r.show(result))
	if r.exitZero && code == finding.ExitFailed {
		return finding.ExitOK
	}
	return code
}

// readHelpers finds the files of --with.
func (r *run) readHelpers() error {
	files, err := collect(r.with, nil)
	if err != nil {
		return err
	}
	for _, empty := range files.empty {
		return &pathError{empty, errors.New("has no *.yaml, *.yml or *.json"), true}
	}
	for _, s := range files.sources {
		s.open(r.console.say)
		s.read, s.free = sync.OnceValues(s.read), nil // all sets read it
		input := s.input(false)
		input.Helps, input.Listing = true, nil // the user named it
		r.helpers = append(r.helpers, input)
	}
	return nil
}

// sideBySide runs the sets on all processors. It prints their output in order, each set as soon as
// the sets before it are printed. Only a few run ahead, so that memory does not hold all.
func (r *run) sideBySide(sets []*set) []setResult {
	type finished struct {
		setResult
		stdout   bytes.Buffer
		messages []string
	}
	const ahead = 4
	processors := make(chan struct{}, runtime.GOMAXPROCS(0))
	turns := make(chan chan *finished, cap(processors)+ahead)
	go func() {
		defer close(turns)
		for _, one := range sets {
			turn := make(chan *finished, 1)
			turns <- turn
			processors <- struct{}{}
			go func() {
				defer func() { <-processors }()
				f := &finished{}
				one.out = &f.stdout
				one.print = func(message string) { f.messages = append(f.messages, message) }
				f.setResult = one.process()
				turn <- f
			}()
		}
	}()
	var outcomes []setResult
	for turn := range turns {
		f := <-turn
		for _, message := range f.messages {
			r.say(message)
		}
		_, _ = r.out.Write(f.stdout.Bytes()) // the last Flush returns the error
		_ = r.out.Flush()
		f.setResult.Name = sets[len(outcomes)].label
		outcomes = append(outcomes, f.setResult)
	}
	return outcomes
}
