// SPDX-License-Identifier: Apache-2.0

//go:build unix

package cli

import (
	"errors"
	"io"
	"io/fs"
	"syscall"
)

// readRegular returns what is in a file that was regular when it was looked at, in
// memory that may be handed to free. It asks the system directly, since os.Open first
// finds out whether a file can be waited for, in as many calls as it takes to read it.
func readRegular(path string) ([]byte, error) {
	failed := func(op string, err error) error { return &fs.PathError{Op: op, Path: path, Err: err} }
	var fd int
	err := again(func() (err error) {
		// A pipe that took the place of the file is not waited for.
		fd, err = syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC|syscall.O_NONBLOCK, 0)
		return err
	})
	switch {
	case errors.Is(err, syscall.EAGAIN): // somebody has a lease on it, and is asked to give it back
		return readPath(path)
	case err != nil:
		return nil, failed("open", err)
	}
	defer syscall.Close(fd)
	var info syscall.Stat_t
	if err := again(func() error { return syscall.Fstat(fd, &info) }); err != nil {
		return nil, failed("stat", err)
	}
	if info.Mode&syscall.S_IFMT != syscall.S_IFREG {
		return nil, errNoFile
	}
	return readTo(func(b []byte) (n int, err error) {
		err = again(func() (err error) { n, err = syscall.Read(fd, b); return err })
		switch {
		case err != nil:
			return 0, failed("read", err)
		case n == 0:
			return 0, io.EOF
		}
		return n, nil
	}, info.Size, *free.Get().(*[]byte))
}

// identityOf is where a file is: its device and number there.
func identityOf(info fs.FileInfo) identity {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return identity{int64(s.Dev), int64(s.Ino)}
	}
	return identity{}
}

// again calls f once more whenever a signal came between.
func again(f func() error) error {
	for {
		if err := f(); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
