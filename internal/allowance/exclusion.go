// SPDX-License-Identifier: Apache-2.0

package allowance

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// An Exclusion leaves files out by globs, which are for slash paths from the working folder
// on, and counts them. A glob for a folder leaves out what is in it.
type Exclusion struct {
	globs []string
	files []map[string]bool // that each left out
}

// NewExclusion returns an exclusion by globs, which are valid.
func NewExclusion(globs []string) *Exclusion {
	e := &Exclusion{files: make([]map[string]bool, len(globs))}
	for i, glob := range globs {
		e.globs = append(e.globs, strings.TrimSuffix(path.Clean(filepath.ToSlash(glob)), "/"))
		e.files[i] = map[string]bool{}
	}
	return e
}

// LeavesOut reports whether a file is left out, and counts it.
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

// Covers reports whether all in a folder is left out.
func (e *Exclusion) Covers(folder string) bool {
	return e != nil && len(e.globs) > 0 && slices.ContainsFunc(e.globs, func(glob string) bool { return matches(glob, SlashPath(folder)) })
}

// matches reports whether a glob is for a path, or a folder that this is in.
func matches(glob, name string) bool {
	for at := name; at != "." && at != "/"; at = path.Dir(at) {
		if matchGlob(glob, at) {
			return true
		}
	}
	return false
}

// Allowed returns how many files each glob left out. given are the globs as they were
// written.
func (e *Exclusion) Allowed(given []string) (all []Allowed) {
	for i, glob := range given {
		all = append(all, Allowed{Kind: ByExclude, Name: glob, Files: len(e.files[i])})
	}
	return all
}

// SlashPath returns a path as every machine writes it: from the working folder on if it is
// in there, with slashes.
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
