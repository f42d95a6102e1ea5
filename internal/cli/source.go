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
	"time"

	"example.com/calico-pull-secrets/function"
)

// A source is something that manifests are read from.
type source struct {
	name   string // as it was written or found; stdinName or empty for stdin
	mode   fs.FileMode
	found  bool // in a folder
	patch  bool // a kustomization lists it as a patch
	secret bool // the file that the Secret goes into
	// twin is another name of the same file, a hard link that was named or found, too.
	twin string
	read func() ([]byte, error)
	free func(text []byte) // takes what was read and is not needed; may be nil
}

// stdinName is what stdin is called where it is one of several inputs, and in a diff.
const stdinName = "stdin"

// maxSize is how much is read of one input.
const maxSize = 1 << 30

var (
	errTooLarge = errors.New("larger than 1 GiB")
	errNoFile   = errors.New("is no regular file")
	errNoText   = errors.New("is no text")
)

// check returns an error if the source is something that cannot be read to an end.
func (s *source) check() error {
	switch {
	case s.mode.IsRegular(), s.mode&fs.ModeNamedPipe != 0:
		return nil
	case s.mode.IsDir():
		return fmt.Errorf("is a folder")
	case s.mode&fs.ModeDevice != 0:
		return fmt.Errorf("is a device, and no file of manifests")
	}
	return errNoFile
}

// open sets how the source is read: a file whenever it is asked for, a pipe once, and
// so what is open already, which on some systems goes on where it was read last.
func (s *source) open(say func(string)) {
	if s.mode.IsRegular() && !isDescriptor(s.name) {
		s.read = func() ([]byte, error) { return readRegular(s.name) }
		s.free = recycle
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
	return function.Input{Name: s.name, Read: read, Free: s.free, Found: s.found, Patch: s.patch, Secret: s.secret, Keep: keep}
}

// writerTimeout is how long a pipe may be without a writer. Tests replace it.
var writerTimeout = 10 * time.Second

// open opens a file, or a pipe that somebody writes to.
func open(path string) (*os.File, error) {
	if info, err := os.Stat(path); err != nil || info.Mode()&fs.ModeNamedPipe == 0 {
		return os.Open(path)
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

// free has the memory of texts that are not needed any more: of thousands of files most
// have nothing that matters.
var free = sync.Pool{New: func() any { return new([]byte) }}

// recycle takes a text that is not needed any more. Tests overwrite it.
var recycle = func(text []byte) {
	const largest = 4 << 20 // what is larger is rare
	if cap(text) <= largest {
		free.Put(&text)
	}
}

// readPath returns what is in a file or comes out of a pipe, up to 1 GiB.
func readPath(path string) ([]byte, error) {
	f, err := open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return readTo(f.Read, sizeOf(info), nil)
}

const unknownSize = -1

// sizeOf returns the size of a regular file. That of a pipe is, on some systems, what is
// in it now.
func sizeOf(info fs.FileInfo) int64 {
	if !info.Mode().IsRegular() {
		return unknownSize
	}
	return info.Size()
}

// readTo reads to the end, into memory or into new memory if that is too small. size is
// how much a regular file has: after so much nothing is asked for any more.
func readTo(read func([]byte) (int, error), size int64, memory []byte) ([]byte, error) {
	if size > maxSize {
		return nil, errTooLarge
	}
	buffer := slices.Grow(memory[:0], int(max(size, 4<<10))+1)
	for {
		n, err := read(buffer[len(buffer):cap(buffer)])
		buffer = buffer[:len(buffer)+n]
		switch {
		case errors.Is(err, io.EOF), err == nil && int64(len(buffer)) == size:
			return buffer, nil
		case err != nil:
			return nil, err
		case len(buffer) > maxSize:
			return nil, errTooLarge
		case len(buffer) == cap(buffer):
			buffer = slices.Grow(buffer, cap(buffer))
		}
	}
}

// stdinSource returns stdin, which is read once.
func (c *console) stdinSource(name string) *source {
	return &source{name: name, mode: fs.ModeNamedPipe, read: sync.OnceValues(func() ([]byte, error) {
		if isTerminal(c.stdin) {
			c.say("reading manifests from the terminal: end with Ctrl-D, or see --help")
		}
		return readAll(c.stdin)
	})}
}

// readAll returns what r has, up to 1 GiB. It takes memory in large steps: what is
// not written to costs nothing, and of what is read little is copied.
func readAll(r io.Reader) ([]byte, error) {
	if f, ok := r.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() && info.Size() > maxSize {
			return nil, errTooLarge
		}
	}
	const first, second, factor = 512 << 10, 32 << 20, 4
	b := make([]byte, 0, first)
	for {
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if len(b) > maxSize {
			return nil, errTooLarge
		}
		if len(b) == cap(b) {
			if len(b) == first && bytes.IndexByte(b, 0) >= 0 {
				return nil, errNoText // and may have no end
			}
			b = append(make([]byte, 0, max(second, factor*cap(b))), b...)
		}
	}
	return b, nil
}
