// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
)

// A guard has what --write began and did not end taken away if the program is
// stopped. The sets of --each share it.
type guard struct {
	mu       sync.Mutex // held while files are replaced
	journals map[*journal]bool
	say      func(message string)
	exit     func(code int) // replaced by tests
}

func newGuard(say func(string)) *guard {
	return &guard{journals: map[*journal]bool{}, say: say, exit: os.Exit}
}

// A journal knows what has to be taken away again if the files of a set cannot be
// written: its temporary files, and the folders that it made.
type journal struct {
	*guard
	temporary map[string]bool
	folders   []string // from the top down
}

// begin returns the journal for a set. End it.
func (g *guard) begin() *journal {
	g.mu.Lock()
	defer g.mu.Unlock()
	j := &journal{guard: g, temporary: map[string]bool{}}
	g.journals[j] = true
	return j
}

// end takes away what is not to stay.
func (j *journal) end() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.discard()
	delete(j.journals, j)
}

// watch ends the program on the signals that ask for it, with the exit code that a
// shell gives them: at once while files are prepared, and then nothing is left of
// that; after the last one while they are replaced. Stop ends watching.
func (g *guard) watch() (stop func()) {
	signals := make(chan os.Signal, 1)
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) { // as nohup does
			signal.Notify(signals, s)
		}
	}
	done := make(chan struct{})
	go func() {
		select {
		case s := <-signals:
			g.mu.Lock() // for good: nothing is replaced any more
			for j := range g.journals {
				j.discard()
			}
			g.say("error: stopped by a signal: of each set of files all are written or none")
			g.exit(exitCodeOf(s))
		case <-done:
		}
	}()
	return func() {
		signal.Stop(signals)
		close(done)
	}
}

// exitCodeOf returns the exit code of a program that a signal ended.
func exitCodeOf(s os.Signal) int {
	const signalled = 128
	if number, ok := s.(syscall.Signal); ok {
		return signalled + int(number)
	}
	return exitFailed
}

// temporaryPattern names temporary files. Their names do not depend on that of the
// target, which may be as long as a name can be.
const temporaryPattern = ".calico-pull-secrets-*.tmp"

// create makes a temporary file in a folder, for its owner alone.
func (j *journal) create(folder string) (*os.File, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.createLocked(folder)
}

func (j *journal) createLocked(folder string) (*os.File, error) {
	f, err := os.CreateTemp(folder, temporaryPattern)
	if err == nil {
		j.temporary[f.Name()] = true
	}
	return f, err
}

// makeFolder makes a folder, and those that it is in.
func (j *journal) makeFolder(path string) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	var missing []string
	for at := filepath.Clean(path); !exists(at); at = filepath.Dir(at) {
		missing = append([]string{at}, missing...)
	}
	for _, folder := range missing {
		if err := os.Mkdir(folder, 0o755); err != nil && !os.IsExist(err) {
			return err
		}
		j.folders = append(j.folders, folder)
	}
	return nil
}

// discard takes away what is not to stay. The guard is locked.
func (j *journal) discard() {
	for path := range j.temporary {
		_ = os.Remove(path)
	}
	clear(j.temporary)
	for _, folder := range slices.Backward(j.folders) {
		_ = os.Remove(folder) // not if there is something in it
	}
	j.folders = nil
}

// keep has the folders stay.
func (j *journal) keep() { j.folders = nil }
