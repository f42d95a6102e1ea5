// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"sync"
	"time"

	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/allowance"
	"example.com/calico-pull-secrets/internal/disk"
	"example.com/calico-pull-secrets/internal/finding"
)

// A source is a file, a pipe or stdin with manifests.
type source struct {
	name  string // as the user wrote it, or the walk found it; stdinName or empty for stdin
	mode  fs.FileMode
	found bool // the walk found it in a folder
	// folder is the named folder that must have an object, in this file or another; or empty.
	folder string
	patch  bool // a kustomization lists it as a patch
	// listing is what else the kustomizations say about it, nil if nothing.
	listing *function.Listing
	secret  bool // the Secret's file
	read    func() ([]byte, error)
	free    func(text []byte) // takes back a text without objects that matter; may be nil
}

// stdinName is the name of stdin among several inputs, and in a diff.
const stdinName = "stdin"

// open sets how to read the source. A file is read on each call, a pipe once. An open descriptor is
// read once, too: on some systems a second read continues where the first ended.
func (s *source) open(say func(string)) {
	if s.mode.IsRegular() && !disk.IsDescriptor(s.name) {
		s.read, s.free = func() ([]byte, error) { return disk.ReadAs(s.name, s.mode) }, disk.Recycle
		return
	}
	s.read = sync.OnceValues(func() ([]byte, error) {
		const patience = 2 * time.Second
		timer := time.AfterFunc(patience, func() { say(s.name + ": waiting for somebody to write to this pipe") })
		defer timer.Stop()
		return disk.Read(s.name)
	})
}

// input returns the source for the function. keep holds its text until the end of the run. An error
// of its Read has no path: the function adds the name.
func (s *source) input(keep bool) function.Input {
	read := func() ([]byte, error) {
		text, err := s.read()
		if err != nil {
			return nil, unreadable(err)
		}
		return text, nil
	}
	return function.Input{Source: function.Source{Name: s.name, Read: read, Free: s.free, Found: s.found, Folder: s.folder, ForNew: s.secret, Keep: keep}, Patch: s.patch, Listing: s.listing, IsStream: !s.mode.IsRegular() || disk.IsDescriptor(s.name)}
}

// stdinSource returns stdin. It is read once.
func (c *console) stdinSource(name string) *source {
	return &source{name: name, mode: fs.ModeNamedPipe, read: sync.OnceValues(func() ([]byte, error) {
		if isTerminal(c.stdin) {
			c.say("reading manifests from the terminal: end with Ctrl-D, or see --help")
		}
		return disk.ReadAll(c.stdin, nil)
	})}
}

// files finds the files of the set, and the path of the Secret's file, empty if there is none.
func (s *set) files() (files *collector, secretPath string, err error) {
	isStdin := func(path string) bool { return path == stdinPath }
	if files = s.collected; files == nil {
		if files, err = s.collect(slices.DeleteFunc(slices.Clone(s.paths), isStdin)); err != nil {
			return nil, "", err
		}
	}
	if slices.ContainsFunc(s.paths, isStdin) {
		files.sources = append(files.sources, s.stdinSource(stdinName))
	}
	if secretPath, err = s.secretFile(files); err != nil {
		return nil, "", &pathError{"secret.path", err, true}
	}
	for _, source := range files.sources {
		if s.write && !source.mode.IsRegular() {
			return nil, "", &pathError{source.name, errors.New("is a pipe: --write needs a file"), true}
		}
		if info, err := os.Stat(source.name); err == nil && s.prints() && !source.found && s.isStdout(info) {
			return nil, "", &pathError{source.name, errIsStdout, true}
		}
		if source.read == nil {
			source.open(s.console.say)
		}
	}
	return files, secretPath, nil
}

// collect finds the files of the paths. It leaves out what flags and configuration exclude, and
// what the run reads for itself.
func (r *run) collect(paths []string) (*collector, error) {
	return collect(paths, allowance.NewExclusion(r.globs()), finding.Distinct([]string{r.options.config, r.baseline})...)
}
