// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"calico-pull-secrets/function"
)

// manifests returns the files that are meant: those named, and those below folders
// that are called like manifests, each once.
func manifests(paths []string) ([]named, error) {
	var names []named
	seen := map[string]bool{}
	add := func(path string, optional bool) {
		real, err := filepath.EvalSymlinks(path)
		if err != nil {
			real = path
		}
		if !seen[real] {
			seen[real] = true
			names = append(names, named{path, optional})
		}
	}
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %s", path, problemOf(err))
		}
		if !info.IsDir() {
			add(path, false)
			continue
		}
		err = filepath.WalkDir(path, func(at string, entry fs.DirEntry, err error) error {
			switch isHidden := strings.HasPrefix(entry.Name(), ".") && at != path; {
			case err != nil:
				return fmt.Errorf("%s: %s", at, problemOf(err))
			case entry.IsDir() && isHidden:
				return filepath.SkipDir
			case !entry.IsDir() && slices.Contains(extensions, filepath.Ext(at)):
				if info, err := os.Stat(at); err == nil && info.Mode().IsRegular() {
					add(at, true)
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return names, nil
}

type named struct {
	path     string
	optional bool // it was found in a folder
}

// read returns the files that matter, and the number among them of that which the
// Secret goes into, negative if it is not there.
func (t *fileTool) read(names []named, secretPath string, thorough bool) (files []function.File, home int, err error) {
	matters := function.Matters(t.settings)
	home = -1
	if secretPath != "" && !slices.ContainsFunc(names, func(n named) bool { return sameFile(n.path, secretPath) }) {
		if _, err := os.Stat(secretPath); err == nil {
			names = append(slices.Clone(names), named{secretPath, false})
		}
	}
	var buffer []byte
	for _, n := range names {
		buffer, err = readInto(buffer[:0], n.path)
		if err != nil {
			return nil, -1, fmt.Errorf("%s: %s", n.path, problemOf(err))
		}
		isHome := secretPath != "" && sameFile(n.path, secretPath)
		if !isHome && !thorough && !matters(buffer) {
			continue
		}
		if isHome {
			home = len(files)
		}
		files = append(files, function.File{Name: n.path, Input: buffer, Optional: n.optional})
		buffer = nil
	}
	return files, home, nil
}

// readInto returns the content of a file, in the memory of buffer if it fits.
func readInto(buffer []byte, path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return buffer, err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil {
		buffer = slices.Grow(buffer, int(info.Size())+1)
	}
	for {
		n, err := f.Read(buffer[len(buffer):cap(buffer)])
		buffer = buffer[:len(buffer)+n]
		if errors.Is(err, io.EOF) {
			return buffer, nil
		}
		if err != nil {
			return buffer, err
		}
		if len(buffer) == cap(buffer) {
			buffer = slices.Grow(buffer, cap(buffer))
		}
	}
}

func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// problemOf returns what went wrong without the path that Go puts before it.
func problemOf(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}
