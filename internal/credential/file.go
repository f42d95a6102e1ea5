// SPDX-License-Identifier: Apache-2.0

package credential

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"example.com/calico-pull-secrets/internal/finding"
)

// fileTimeout is the time limit for a file. A program that asks for a password may be
// behind a pipe. Tests replace it.
var fileTimeout = 10 * time.Second

// readFile returns the text of a file, and the name of the file for errors. Of a large
// file it returns more than maxValue bytes and a newline, so that the caller notices. The
// error of readFile has the name in it.
func (a Access) readFile(path string) (text, name string, err error) {
	type result struct {
		text []byte
		err  error
	}
	named, done := make(chan string, 1), make(chan result, 1)
	go func() { // open(2) of a pipe without a writer never returns: then this goroutine ends with the program
		named <- fileName(path)
		text, err := a.readAll(expandHome(path))
		done <- result{text, err}
	}()
	select {
	case r := <-done:
		name = <-named
		switch {
		case r.err == errNotAllowed:
			err = r.err
		case r.err != nil:
			err = fmt.Errorf("%s: %w", name, r.err)
			if finding.HintOf(err) == "" {
				err = finding.WithHint(err, hintOfFile(path, name))
			}
		}
		return string(r.text), name, err
	case <-time.After(fileTimeout):
		name = hiddenFile
		select {
		case name = <-named:
		default:
		}
		return "", name, fmt.Errorf("%s: sent no data within %v, or did not end", name, fileTimeout)
	}
}

// hintOfFile returns what to do about a file that cannot be read. name is what fileName returns.
func hintOfFile(path, name string) string {
	switch {
	case path == "-":
		return "write /dev/stdin for stdin, and name the manifests as files"
	case name == hiddenFile:
		return "write a path in a folder that exists, such as ./NAME"
	}
	return "name a file that you can read; a relative path begins in the working folder"
}

func (a Access) readAll(path string) ([]byte, error) {
	f, err := a.open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	const newline = len("\r\n")
	text, err := io.ReadAll(io.LimitReader(f, int64(maxValue+newline+1)))
	if err != nil {
		return nil, ioProblem(err)
	}
	return text, nil
}

// openWith opens a file or a pipe. It does not even open a device: opening may change it.
func openWith(path string, stat func(string) (fs.FileInfo, error), open func(string) (*os.File, error)) (*os.File, error) {
	info, err := stat(path)
	if err == nil {
		switch mode := info.Mode(); {
		case mode.IsDir():
			return nil, errors.New("is a directory")
		case mode&(fs.ModeDevice|fs.ModeCharDevice) != 0:
			return nil, errors.New("is a device")
		case mode&fs.ModeSocket != 0:
			return nil, errors.New("is a socket")
		}
		var f *os.File
		if f, err = open(path); err == nil {
			return f, nil
		}
	}
	return nil, inContainer(ioProblem(err), "pass the file on: kpt fn eval --mount, or mounts: in the annotation config.kubernetes.io/function; kpt fn render cannot, so use exec there")
}

// ioProblem returns err without the path that Go puts before it.
func ioProblem(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("no such file")
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return errors.New("cannot be read")
}

// expandHome replaces a ~/ at the beginning of path by the home directory.
func expandHome(path string) string {
	rest, found := strings.CutPrefix(path, "~/")
	if home, err := os.UserHomeDir(); found && err == nil {
		return filepath.Join(home, rest)
	}
	return path
}
