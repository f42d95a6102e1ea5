// SPDX-License-Identifier: Apache-2.0

// Package layout says what files are to those who render them: which a kustomization
// lists, and what charts, templates and kustomizations make of them later. It promises:
//
//   - What it cannot be sure of is said to be rendered later. It reads of a kustomization
//     what that lists, and builds nothing.
//   - A file is listed if any of the kustomizations lists it. A patch is no resource.
//   - No entry of a list that may have a credential in it is quoted.
//
// It reads files where it is told to, and looks for no others but those that a
// kustomization lists.
package layout

import (
	"io"
	"os"
	"path/filepath"
	"strings"
)

// A Later is something that somebody renders later.
type Later struct {
	Path    string // where it is said
	About   string // who does what
	Command string // that prints the result; words in capitals are for the reader to fill in
}

// Real returns a path without symbolic links, absolute.
func Real(path string) string {
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		path = resolved
	}
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute
	}
	return path
}

// IsWithin reports whether a path is that of a folder, or below it. Both are real.
func IsWithin(folder, path string) bool {
	relative, err := filepath.Rel(folder, path)
	return err == nil && filepath.IsLocal(relative)
}

// longest is how much is read of a file that says how others are rendered.
const longest = 1 << 20

// head returns the beginning of a regular file, and whether that is all of it; nothing of
// another.
func head(path string) (text []byte, isWhole bool) {
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

// isPlain reports whether an entry of a list may be quoted: it is a relative path, and no
// address, which may have a credential in it.
func isPlain(entry string) bool {
	return entry != "" && len(entry) < 100 && !strings.ContainsFunc(entry, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("./_-", r)
	}) && !strings.Contains(entry, "//")
}
