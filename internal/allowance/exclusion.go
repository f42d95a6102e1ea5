// SPDX-License-Identifier: Apache-2.0

package allowance

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"example.com/calico-pull-secrets/internal/pull"
)

// An Exclusion leaves out files by globs, and counts them. A glob matches slash paths relative to
// the working folder. If it matches a folder, it leaves out all files below.
type Exclusion struct {
	globs []string
	files []map[string]bool // for each glob, the files that it left out
}

// NewExclusion returns an exclusion with globs, which must be valid.
func NewExclusion(globs []string) *Exclusion {
	e := &Exclusion{files: make([]map[string]bool, len(globs))}
	for i, glob := range globs {
		e.globs = append(e.globs, strings.TrimSuffix(path.Clean(filepath.ToSlash(glob)), "/"))
		e.files[i] = map[string]bool{}
	}
	return e
}

// LeavesOut reports whether a glob matches the file, and counts the file.
func (e *Exclusion) LeavesOut(file string) bool {
	if e == nil || len(e.globs) == 0 {
		return false
	}
	name, isOut := SlashPath(file), false
	for i, glob := range e.globs {
		if matches(glob, name) {
			e.files[i][name], isOut = true, true
		}
	}
	return isOut
}

// Covers reports whether a glob leaves out the whole folder.
func (e *Exclusion) Covers(folder string) bool {
	return e != nil && len(e.globs) > 0 && slices.ContainsFunc(e.globs, func(glob string) bool { return matches(glob, SlashPath(folder)) })
}

// matches reports whether a glob matches a path, or a folder above it.
func matches(glob, name string) bool {
	for at := name; at != "." && at != "/"; at = path.Dir(at) {
		if matchGlob(glob, at) {
			return true
		}
	}
	return false
}

// Allowed returns how many files each glob left out. given has the globs as the user wrote them.
func (e *Exclusion) Allowed(given []string) (all []Allowed) {
	for i, glob := range given {
		if len(e.files[i]) == 0 && pull.IsToken(glob) { // a credential in the wrong place
			glob = "(hidden)"
		}
		all = append(all, Allowed{Kind: ByExclude, Name: glob, Files: len(e.files[i])})
	}
	return all
}

// SlashPath returns a path with slashes, relative to the working folder if it can be.
func SlashPath(name string) string {
	if filepath.IsAbs(name) {
		if working, err := os.Getwd(); err == nil {
			if relative, err := filepath.Rel(working, name); err == nil {
				name = relative
			}
		}
	}
	return path.Clean(filepath.ToSlash(name))
}
