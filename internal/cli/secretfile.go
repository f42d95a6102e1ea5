// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"sync"

	"example.com/calico-pull-secrets/internal/allowance"
	"example.com/calico-pull-secrets/internal/layout"
)

// files finds what the paths of the set mean, and the file that the Secret goes into,
// whose path is empty if there is none.
func (s *set) files() (files *collector, secretPath string, err error) {
	isStdin := func(path string) bool { return path == stdinPath }
	files, err = collect(slices.DeleteFunc(slices.Clone(s.paths), isStdin), allowance.NewExclusion(s.globs()), s.own()...)
	if err != nil {
		return nil, "", err
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
		if source.read == nil {
			source.open(s.console.say)
		}
	}
	return files, secretPath, nil
}

// secretFile returns the path of the file that the Secret goes into, empty if there
// is none, and marks it among the files, to which it is added if it is there. With
// --each a relative path is one in the folder of the set.
func (s *set) secretFile(files *collector) (string, error) {
	if s.config == nil || s.config.SecretPath() == "" {
		return "", nil
	}
	path := s.config.SecretPath()
	if s.label != "" && !filepath.IsAbs(path) {
		folder := s.label
		if info, err := os.Stat(folder); err == nil && !info.IsDir() {
			folder = filepath.Dir(folder)
		}
		path = filepath.Join(folder, path)
	}
	if s.write {
		if err := staysInside(path); err != nil {
			return "", err
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		return path, nil // a new file
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("is no regular file")
	}
	for _, source := range files.sources {
		if known, err := os.Stat(source.name); err == nil && os.SameFile(known, info) {
			source.secret = true
			return path, nil
		}
	}
	files.sources = append(files.sources, &source{name: path, mode: info.Mode(), secret: true, listing: files.listingOf(layout.Real(path))})
	return path, nil
}

// staysInside returns an error if symbolic links have a path that looks like one in
// the working folder lead out of it, or a path lead nowhere.
func staysInside(path string) error {
	if info, err := os.Lstat(path); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		if _, err := os.Stat(path); err != nil {
			return fmt.Errorf("is a symbolic link that leads nowhere")
		}
	}
	working, err := os.Getwd()
	if err != nil {
		return err
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	if layout.IsWithin(working, absolute) && !layout.IsWithin(layout.Real(working), layout.Real(deepestExisting(absolute))) {
		return fmt.Errorf("leads out of the working folder by a symbolic link")
	}
	return nil
}

// deepestExisting returns a path, or the deepest of the folders it is in that there
// is.
func deepestExisting(path string) string {
	for !exists(path) && path != filepath.Dir(path) {
		path = filepath.Dir(path)
	}
	return path
}

// isOpenToOthers reports whether others than the owner may read a file with a mode.
func isOpenToOthers(mode fs.FileMode) bool {
	const others = 0o044
	return mode.Perm()&others != 0 && runtime.GOOS != "windows"
}

// openSecret is said of a file that isOpenSecret reports.
const openSecret = "has a Secret in it, and others than its owner may read it"

// isOpenSecret reports whether there is a file with a Secret in it that others than the owner
// may read. An encrypted one is for all to read.
func isOpenSecret(path string) bool {
	if path == "" {
		return false
	}
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || !isOpenToOthers(info.Mode()) {
		return false
	}
	text := head(path)
	return secretKind().Match(text) && !bytes.Contains(text, []byte("ENC["))
}

var secretKind = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?m)(?:^|[{,])\s*["']?kind["']?\s*:\s*["']?Secret\b`)
})
