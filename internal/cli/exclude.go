// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"example.com/calico-pull-secrets/internal/allowance"
)

// An exclusion leaves files out by globs, which are for slash paths from the working folder
// on, and counts them. A glob for a folder leaves out what is in it.
type exclusion struct {
	globs []string
	files []map[string]bool // that each left out
}

func newExclusion(globs []string) *exclusion {
	e := &exclusion{files: make([]map[string]bool, len(globs))}
	for i, glob := range globs {
		e.globs = append(e.globs, strings.TrimSuffix(path.Clean(filepath.ToSlash(glob)), "/"))
		e.files[i] = map[string]bool{}
	}
	return e
}

// leavesOut reports whether a file is left out, and counts it.
func (e *exclusion) leavesOut(file string) bool {
	if e == nil || len(e.globs) == 0 {
		return false
	}
	name, isOut := slashPath(file), false
	for i, glob := range e.globs {
		if matches(glob, name) {
			e.files[i][name], isOut = true, true
		}
	}
	return isOut
}

// covers reports whether all in a folder is left out.
func (e *exclusion) covers(folder string) bool {
	return e != nil && len(e.globs) > 0 && slices.ContainsFunc(e.globs, func(glob string) bool { return matches(glob, slashPath(folder)) })
}

// matches reports whether a glob is for a path, or a folder that this is in.
func matches(glob, name string) bool {
	for at := name; at != "." && at != "/"; at = path.Dir(at) {
		if doublestar.MatchUnvalidated(glob, at) {
			return true
		}
	}
	return false
}

// allowed returns how many files each glob left out. given are the globs as they were
// written.
func (e *exclusion) allowed(given []string) (all []allowance.Allowed) {
	for i, glob := range given {
		all = append(all, allowance.Allowed{Kind: allowance.ByExclude, Name: glob, Files: len(e.files[i])})
	}
	return all
}

// slashPath returns a path as every machine writes it: from the working folder on if it is
// in there, with slashes.
func slashPath(name string) string {
	if filepath.IsAbs(name) {
		if working, err := os.Getwd(); err == nil {
			if relative, err := filepath.Rel(working, name); err == nil {
				name = relative
			}
		}
	}
	return path.Clean(filepath.ToSlash(name))
}
