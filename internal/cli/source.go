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

// maxSize is the most that the program reads of one input.
const maxSize = 1 << 30

var (
	errTooLarge = errors.New("larger than 1 GiB")
	errNoText   = errors.New("is not text")
)

// checkMode returns an error if a file with this mode has no end or no text.
func checkMode(mode fs.FileMode) error {
	switch {
	case mode.IsRegular(), mode&fs.ModeNamedPipe != 0:
		return nil
	case mode.IsDir():
		return errors.New("is a folder")
	case mode&fs.ModeDevice != 0:
		return errors.New("is a device, not a file")
	}
	return errors.New("is not a regular file")
}

// open sets how to read the source. A file is read on each call, a pipe once. An open descriptor is
// read once, too: on some systems a second read continues where the first ended.
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

// isDescriptor reports whether a path names an open file of this process.
func isDescriptor(path string) bool {
	path = filepath.Clean(path)
	return path == "/dev/stdin" || strings.HasPrefix(path, "/dev/fd/")
}

// input returns the source for the function. keep holds its text until the end of the run. An error
// of its Read has no path: the function adds the name.
func (s *source) input(keep bool) function.Input {
	read := func() ([]byte, error) {
		text, err := s.read()
		if err != nil {
			return nil, errors.New(problemOf(err))
		}
		return text, nil
	}
	return function.Input{Source: function.Source{Name: s.name, Read: read, Free: s.free, Found: s.found, Folder: s.folder, ForNew: s.secret, Keep: keep}, Patch: s.patch, Listing: s.listing}
}

// writerTimeout is how long a pipe may have no writer. Tests replace it.
var writerTimeout = 10 * time.Second

// open opens a file with this mode, or a pipe once it has a writer.
func open(path string, mode fs.FileMode) (*os.File, error) {
	if mode.IsRegular() { // without this flag Go makes four more system calls
		f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
		if errors.Is(err, syscall.EAGAIN) { // a process has a lease on it: a blocking open waits until that ends
			return os.Open(path)
		}
		return f, err
	}
	type opened struct {
		file *os.File
		err  error
	}
	done := make(chan opened, 1)
	go func() { // without a writer it ends with the program
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

// free has buffers of texts without objects that matter. In thousands of files most texts are such.
var free = sync.Pool{New: func() any { return new([]byte) }}

// recycle takes such a buffer. Tests overwrite the buffer.
var recycle = func(text []byte) {
	const largest = 256 << 10
	if cap(text) <= largest {
		free.Put(&text)
	}
}

// memoryFor returns such a buffer for a text of a size. It puts a much larger one back, because the
// function may keep the text.
func memoryFor(size int64) []byte {
	buffer := free.Get().(*[]byte)
	if n := int64(cap(*buffer)); n > 64<<10 && n > 2*size {
		free.Put(buffer)
		return nil
	}
	return *buffer
}

// readPath returns the content of a file or a pipe, up to 1 GiB. It returns an error if somebody
// shortens or replaces the file meanwhile.
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

// readAs is readPath for a file that had this mode before.
func readAs(path string, before fs.FileMode) ([]byte, error) {
	f, err := open(path, before)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readOpen(f, before)
}

// readOpen is readAs for an open file.
func readOpen(f *os.File, before fs.FileMode) ([]byte, error) {
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case info.Mode().Type() != before.Type():
		return nil, function.ErrChanged
	}
	text, err := readAll(f, memoryFor(info.Size()))
	if err == nil && info.Mode().IsRegular() && int64(len(text)) < info.Size() && !isDescriptor(f.Name()) {
		return nil, function.ErrChanged
	}
	return text, err
}

// stdinSource returns stdin. It is read once.
func (c *console) stdinSource(name string) *source {
	return &source{name: name, mode: fs.ModeNamedPipe, read: sync.OnceValues(func() ([]byte, error) {
		if isTerminal(c.stdin) {
			c.say("reading manifests from the terminal: end with Ctrl-D, or see --help")
		}
		return readAll(c.stdin, nil)
	})}
}

// readAll reads r to its end, up to 1 GiB, into memory if that is large enough. If it cannot tell
// the size, it grows the buffer in large steps: unused memory costs nothing, and few bytes are
// copied.
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
			return nil, errNoText // it may have no end
		case len(b) == cap(b):
			b = append(make([]byte, 0, max(second, factor*cap(b))), b...)
		}
	}
}
