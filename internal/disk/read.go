// SPDX-License-Identifier: Apache-2.0

// Package disk reads and writes the files of the command line. It promises:
//
//   - It reads at most 1 GiB of one input, and no device or folder. A pipe without a writer is an
//     error, and so is a file that shrinks or is replaced meanwhile.
//   - WriteAll writes all files or none. It replaces each in one step, and no file that somebody
//     else changed meanwhile.
//   - A temporary file is readable for its owner only.
//
// It knows nothing of what the files have in them.
package disk

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
)

// maxSize is the most that the program reads of one input.
const maxSize = 1 << 30

// ErrChanged says that a file has changed since the program read it first.
var ErrChanged = errors.New("changed while the program ran")

var (
	errTooLarge = errors.New("larger than 1 GiB")
	errNoText   = errors.New("is not text")
)

// CheckMode returns an error if a file with this mode has no end or no text.
func CheckMode(mode fs.FileMode) error {
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

// IsDescriptor reports whether a path names an open file of this process.
func IsDescriptor(path string) bool {
	path = filepath.Clean(path)
	return path == "/dev/stdin" || strings.HasPrefix(path, "/dev/fd/")
}

// WriterTimeout is how long a pipe may have no writer. Tests replace it.
var WriterTimeout = 10 * time.Second

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
	case <-time.After(WriterTimeout):
		return nil, fmt.Errorf("nobody wrote to this pipe within %v", WriterTimeout)
	}
}

// free has buffers of texts without objects that matter. In thousands of files most texts are such.
var free = sync.Pool{New: func() any { return new([]byte) }}

// Recycle takes such a buffer. Tests overwrite the buffer.
var Recycle = func(text []byte) {
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

// Read returns the content of a file or a pipe, up to 1 GiB. It returns an error if somebody
// shortens or replaces the file meanwhile.
func Read(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err == nil {
		err = CheckMode(info.Mode())
	}
	if err != nil {
		return nil, err
	}
	return ReadAs(path, info.Mode())
}

// ReadAs is Read for a file that had this mode before.
func ReadAs(path string, before fs.FileMode) ([]byte, error) {
	f, err := open(path, before)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readOpen(f, before)
}

// readOpen is ReadAs for an open file.
func readOpen(f *os.File, before fs.FileMode) ([]byte, error) {
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case info.Mode().Type() != before.Type():
		return nil, ErrChanged
	}
	text, err := readSized(f, info, memoryFor(info.Size()))
	if err == nil && info.Mode().IsRegular() && int64(len(text)) < info.Size() && !IsDescriptor(f.Name()) {
		return nil, ErrChanged
	}
	return text, err
}

// ReadAll reads r to its end, up to 1 GiB, into memory if that is large enough. If it cannot tell
// the size, it grows the buffer in large steps: unused memory costs nothing, and few bytes are
// copied.
func ReadAll(r io.Reader, memory []byte) ([]byte, error) {
	if f, ok := r.(*os.File); ok {
		if info, err := f.Stat(); err == nil {
			return readSized(r, info, memory)
		}
	}
	return readSized(r, nil, memory)
}

// readSized is ReadAll for a file of this size; info may be nil.
func readSized(r io.Reader, info fs.FileInfo, memory []byte) ([]byte, error) {
	first, size := 512<<10, -1
	if info != nil && info.Mode().IsRegular() {
		if info.Size() > maxSize {
			return nil, errTooLarge
		}
		size = int(info.Size())
		first = size + 1
	}
	const second, factor = 32 << 20, 4
	b := slices.Grow(memory[:0], first)
	for {
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		switch {
		case err == nil && len(b) == size && n > 0: // a file gives less than asked for at its end only
			return b, nil
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

// Exists reports whether there is a file, a folder or a link.
func Exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// Problem returns an error's text without the paths that Go puts before it.
func Problem(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	var link *os.LinkError
	if errors.As(err, &link) {
		return link.Err.Error()
	}
	return err.Error()
}
