// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"example.com/calico-pull-secrets/function"
)

// A source is something that manifests are read from.
type source struct {
	name  string // as it was written or found; stdinName or empty for stdin
	mode  fs.FileMode
	found bool // in a folder
	patch bool // a kustomization lists it as a patch
	// listing is what else kustomizations say of it, nil if nothing.
	listing *function.Listing
	secret  bool // the file that the Secret goes into
	read    func() ([]byte, error)
	free    func(text []byte) // takes a text in which nothing matters; may be nil
}

// stdinName is what stdin is called where it is one of several inputs, and in a diff.
const stdinName = "stdin"

// maxSize is how much is read of one input.
const maxSize = 1 << 30

var (
	errTooLarge = errors.New("larger than 1 GiB")
	errNoText   = errors.New("is no text")
)

// checkMode returns an error if something of this mode cannot be read to an end.
func checkMode(mode fs.FileMode) error {
	switch {
	case mode.IsRegular(), mode&fs.ModeNamedPipe != 0:
		return nil
	case mode.IsDir():
		return errors.New("is a folder")
	case mode&fs.ModeDevice != 0:
		return errors.New("is a device, and no file of manifests")
	}
	return errors.New("is no regular file")
}

// open sets how the source is read: a file whenever it is asked for, a pipe once, and
// so what is open already, which on some systems goes on where it was read last.
func (s *source) open(say func(string)) {
	if s.mode.IsRegular() && !isDescriptor(s.name) {
		s.read, s.free = func() ([]byte, error) { return readAs(s.name, s.mode) }, recycle
		return
	}
	s.read = sync.OnceValues(func() ([]byte, error) {
		const patience = 2 * time.Second
		timer := time.AfterFunc(patience, func() { say(s.name + ": waiting for somebody to write to this pipe") })
		defer timer.Stop()
		return readPath(s.name)
	})
}

// isDescriptor reports whether a path is the name of a file that is open.
func isDescriptor(path string) bool {
	path = filepath.Clean(path)
	return path == "/dev/stdin" || strings.HasPrefix(path, "/dev/fd/")
}

// input returns the source as the function takes it. The error of its Read has no
// path in it, for the function says the name.
func (s *source) input(keep bool) function.Input {
	read := func() ([]byte, error) {
		text, err := s.read()
		if err != nil {
			return nil, errors.New(problemOf(err))
		}
		return text, nil
	}
	return function.Input{Source: function.Source{Name: s.name, Read: read, Free: s.free, Found: s.found, ForNew: s.secret, Keep: keep}, Patch: s.patch, Listing: s.listing}
}

// writerTimeout is how long a pipe may be without a writer. Tests replace it.
var writerTimeout = 10 * time.Second

// open opens a file of this mode, or a pipe that somebody writes to.
func open(path string, mode fs.FileMode) (*os.File, error) {
	if mode.IsRegular() { // without this flag Go makes four system calls more
		f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
		if errors.Is(err, syscall.EAGAIN) { // somebody has a lease on it, and is asked to give it back
			return os.Open(path)
		}
		return f, err
	}
	type opened struct {
		file *os.File
		err  error
	}
	done := make(chan opened, 1)
	go func() { // ends with the program if nobody writes
		f, err := os.Open(path)
		done <- opened{f, err}
	}()
	select {
	case o := <-done:
		return o.file, o.err
	case <-time.After(writerTimeout):
		return nil, fmt.Errorf("nobody wrote to this pipe within %v", writerTimeout)
	}
}

// free has the memory of texts in which nothing matters, as in most of thousands of files.
var free = sync.Pool{New: func() any { return new([]byte) }}

// recycle takes such a text. Tests overwrite it.
var recycle = func(text []byte) {
	const largest = 64 << 10 // what is kept may be in memory of that size
	if cap(text) <= largest {
		free.Put(&text)
	}
}

// readPath returns what is in a file or comes out of a pipe, up to 1 GiB. It is an error
// if somebody shortens the file or replaces it by something else in the meantime.
func readPath(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err == nil {
		err = checkMode(info.Mode())
	}
	if err != nil {
		return nil, err
	}
	return readAs(path, info.Mode())
}

// readAs is readPath for what had this mode when it was looked at.
func readAs(path string, before fs.FileMode) ([]byte, error) {
	f, err := open(path, before)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readOpen(f, before)
}

// readOpen is readAs for a file that is open.
func readOpen(f *os.File, before fs.FileMode) ([]byte, error) {
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case info.Mode().Type() != before.Type():
		return nil, function.ErrChanged
	}
	text, err := readAll(f, *free.Get().(*[]byte))
	if err == nil && info.Mode().IsRegular() && int64(len(text)) < info.Size() && !isDescriptor(f.Name()) {
		return nil, function.ErrChanged
	}
	return text, err
}

// stdinSource returns stdin, which is read once.
func (c *console) stdinSource(name string) *source {
	return &source{name: name, mode: fs.ModeNamedPipe, read: sync.OnceValues(func() ([]byte, error) {
		if isTerminal(c.stdin) {
			c.say("reading manifests from the terminal: end with Ctrl-D, or see --help")
		}
		return readAll(c.stdin, nil)
	})}
}

// readAll returns what r has, up to 1 GiB, in memory if that is large enough. Where it
// cannot tell how much there is, it takes memory in large steps: what is not written to
// costs nothing, and of what is read little is copied.
func readAll(r io.Reader, memory []byte) ([]byte, error) {
	first := 512 << 10
	if f, ok := r.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			if info.Size() > maxSize {
				return nil, errTooLarge
			}
			first = int(info.Size()) + 1
		}
	}
	const second, factor = 32 << 20, 4
	b := slices.Grow(memory[:0], first)
	for {
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		switch {
		case errors.Is(err, io.EOF):
			return b, nil
		case err != nil:
			return nil, err
		case len(b) > maxSize:
			return nil, errTooLarge
		case len(b) == cap(b) && len(b) < second && bytes.IndexByte(b, 0) >= 0:
			return nil, errNoText // and may have no end
		case len(b) == cap(b):
			b = append(make([]byte, 0, max(second, factor*cap(b))), b...)
		}
	}
}
