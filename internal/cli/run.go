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
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/report"
	"example.com/calico-pull-secrets/internal/stop"
)

// A run is one call of the program.
type run struct {
	options
	*console
	config  *function.Config
	out     *bufio.Writer // stdout
	colours bool          // on stdout
	version string        // of the program
	help    func() map[string]string
	listed  bool         // a ResourceList went to stdout
	writing sync.RWMutex // held, for reading, while a set is written
	known   *allowance.Baseline
	before  []byte           // the text of its file, nil if that is not there
	helpers []function.Input // what --with names
}

func (p Program) newRun(o options, config *function.Config, c *console) *run {
	return &run{
		options: o, console: c, config: config, version: p.Version, help: p.cures,
		out:     bufio.NewWriter(c.stdout), // hands large pieces through, gathers small ones
		colours: hasColours(c.stdout),
	}
}

// all works on all sets. It returns the exit code, the worst of them.
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
	code := finding.ExitOK
	for _, o := range outcomes {
		code = max(code, o.code)
	}
	result := report.Run{Sets: sets(outcomes), IsAudit: r.audit, Version: r.version, Help: r.help}
	code = max(code, r.conclude(outcomes, code, &result))
	code = max(code, r.show(result))
	if r.exitZero && code == finding.ExitFailed {
		return finding.ExitOK
	}
	return code
}

// sets returns what came of all sets, for a report.
func sets(outcomes []setResult) (all []report.Set) {
	for _, o := range outcomes {
		all = append(all, o.Set)
	}
	return all
}

// readHelpers finds the files of --with.
func (r *run) readHelpers() error {
	files, err := collect(r.with, nil)
	if err != nil {
		return err
	}
	for _, empty := range files.empty {
		return &pathError{empty, errors.New("there is no *.yaml, *.yml or *.json in it"), true}
	}
	for _, s := range files.sources {
		s.open(r.console.say)
		s.read, s.free = sync.OnceValues(s.read), nil // by all sets
		input := s.input(false)
		input.Helps, input.Listing = true, nil // whoever names it knows that it is there
		r.helpers = append(r.helpers, input)
	}
	return nil
}

// sideBySide works on sets on all processors. What they print comes in their order, each as
// soon as it is its turn; only a few are ahead of it, so that not all are in memory.
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
		_, _ = r.out.Write(f.stdout.Bytes()) // the last Flush says what went wrong
		_ = r.out.Flush()
		f.setResult.Name = sets[len(outcomes)].label
		outcomes = append(outcomes, f.setResult)
	}
	return outcomes
}
