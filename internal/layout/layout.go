// SPDX-License-Identifier: Apache-2.0

// Package layout knows how tools use files: which files kustomizations list, and which files
// somebody renders later with Helm, kustomize, kpt or a template language. It promises:
//
//   - If it is not sure, it reports that somebody renders the file later. It reads the lists of
//     kustomizations, and builds nothing.
//   - A file counts as listed if any kustomization lists it. A patch is not a resource.
//   - It never quotes an entry that may have a credential.
//
// It reads the files that the caller names, and those that kustomizations list.
package layout

import (
	"io"
	"os"
	"path/filepath"
	"strings"
)

// A Later is something that somebody renders later.
type Later struct {
	Path    string // the file that says so
	About   string // who does what
	Command string // prints the result; the reader replaces words in capitals
}

// Real returns an absolute path without symbolic links. For a path that does not exist it is only
// absolute.
func Real(path string) string {
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		path = resolved
	}
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute
	}
	return path
}

// IsWithin reports whether a path is a folder, or below it, by their names. Both are real, or neither.
func IsWithin(folder, path string) bool {
	relative, err := filepath.Rel(folder, path)
	return err == nil && filepath.IsLocal(relative)
}

// longest is how much it reads of a file, in bytes.
const longest = 1 << 20

// Head returns the beginning of a regular file, at most 1 MiB, and whether that is the whole file. It
// returns nothing for any other file.
func Head(path string) (text []byte, isWhole bool) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return nil, false
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, false
	}
	defer f.Close()
	text, err = io.ReadAll(io.LimitReader(f, longest))
	return text, err == nil && info.Size() <= longest
}

// isPlain reports whether a message may quote an entry. It must be a relative path: an address may
// have a credential.
func isPlain(entry string) bool {
	return entry != "" && len(entry) < 100 && !strings.ContainsFunc(entry, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("./_-", r)
	}) && !strings.Contains(entry, "//")
}
