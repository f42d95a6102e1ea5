// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"example.com/calico-pull-secrets/internal/layout"
	"example.com/calico-pull-secrets/internal/lazy"
)

// secretFile returns the path of the Secret's file, empty if the configuration names none. It marks
// that file among the files, and adds it if it exists and is not among them. With --each or --build
// a relative path begins in the folder of the set.
func (s *set) secretFile(files *collector) (string, error) {
	if s.config == nil || s.config.SecretPath() == "" {
		return "", nil
	}
	path := s.config.SecretPath()
	if s.label != "" && !filepath.IsAbs(path) {
		folder := s.paths[0] // a label may have words behind the path
		if info, err := os.Stat(folder); err == nil && !info.IsDir() {
			folder = filepath.Dir(folder)
		}
		path = filepath.Join(folder, path)
	}
	if s.write {
		if err := layout.StaysInside(path); err != nil {
			return "", err
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		return path, nil // the file is new
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("is not a regular file")
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

// isOpenToOthers reports whether a mode lets others than the owner read a file.
func isOpenToOthers(mode fs.FileMode) bool {
	const others = 0o044
	return mode.Perm()&others != 0 && runtime.GOOS != "windows"
}

// openSecret is the message for a file that isOpenSecret reports.
const openSecret = "has a Secret in it, and other users may read it"

// isOpenSecret reports whether a file has a Secret, and others than the owner may read it.
// Everybody may read an encrypted Secret.
func isOpenSecret(path string) bool {
	if path == "" {
		return false
	}
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || !isOpenToOthers(info.Mode()) {
		return false
	}
	text, _ := layout.Head(path)
	return secretKind().Match(text) && !bytes.Contains(text, []byte("ENC["))
}

var secretKind = lazy.Regexp(`(?m)(?:^|[{,])\s*["']?kind["']?\s*:\s*["']?Secret\b`)
