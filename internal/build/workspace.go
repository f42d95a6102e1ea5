// SPDX-License-Identifier: Apache-2.0

package build

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/calico-pull-secrets/internal/layout"
)

// A Workspace is what somebody names to have the kustomizations below it built.
type Workspace struct {
	named        []named
	repositories map[string]*Repository // by their folders
}

// A named is a path that somebody named.
type named struct{ path, folder, root string }

// A Target is a kustomization to build.
type Target struct {
	*Repository
	Folder string // real
	Name   string // as it is shown
}

// OpenWorkspace opens what paths name. Builds read the folder root; if that is empty the work
// tree of git around a path, or the path itself. The error is about a path that is not in it.
func OpenWorkspace(paths []string, root, reader string, limits Limits) (*Workspace, error) {
	w := &Workspace{repositories: map[string]*Repository{}}
	if info, err := os.Stat(root); root != "" && (err != nil || !info.IsDir()) {
		return nil, errors.New("is no folder that is there")
	}
	for _, path := range paths {
		n := named{path: path, folder: layout.Real(path)}
		if info, err := os.Stat(n.folder); err == nil && !info.IsDir() {
			n.path, n.folder = filepath.Dir(path), filepath.Dir(n.folder)
		}
		n.root = boundary(n.folder)
		if root != "" {
			n.root = layout.Real(root)
		}
		if !layout.IsWithin(n.root, n.folder) {
			return nil, fmt.Errorf("%s is not in it", path)
		}
		w.named = append(w.named, n)
	}
	for _, n := range w.named {
		if w.repositories[n.root] != nil {
			continue
		}
		repository, err := Open(n.root, Options{Shown: w.shown, Reader: reader, Limits: limits})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", n.path, reason(err))
		}
		w.repositories[n.root] = repository
	}
	return w, nil
}

// boundary returns the work tree of git around a real folder, or the folder.
func boundary(folder string) string {
	for parent := folder; parent != filepath.Dir(parent); parent = filepath.Dir(parent) {
		if _, err := os.Lstat(filepath.Join(parent, ".git")); err == nil {
			return parent
		}
	}
	return folder
}

// Close closes the repositories.
func (w *Workspace) Close() {
	for _, repository := range w.repositories {
		_ = repository.Close()
	}
}

// Targets returns those of the kustomizations in files that are to be built, by name. See
// Repository.Roots.
func (w *Workspace) Targets(files []string) (all []Target) {
	folders := map[string][]string{} // by root
	for _, file := range files {
		folder := layout.Real(filepath.Dir(file))
		if n, ok := w.namedAround(folder); ok {
			folders[n.root] = append(folders[n.root], folder)
		}
	}
	for root, found := range folders {
		for _, folder := range w.repositories[root].Roots(found) {
			all = append(all, Target{w.repositories[root], folder, w.shown(folder)})
		}
	}
	slices.SortFunc(all, func(a, b Target) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// namedAround returns the first of what was named that a real path is in.
func (w *Workspace) namedAround(real string) (named, bool) {
	i := slices.IndexFunc(w.named, func(n named) bool { return layout.IsWithin(n.folder, real) })
	if i < 0 {
		return named{}, false
	}
	return w.named[i], true
}

// shown returns how a real path is called: as seen from what was named, or from the working
// folder.
func (w *Workspace) shown(real string) string {
	if n, ok := w.namedAround(real); ok {
		if relative, err := filepath.Rel(n.folder, real); err == nil {
			return filepath.Join(n.path, relative)
		}
	}
	if working, err := os.Getwd(); err == nil {
		if relative, err := filepath.Rel(layout.Real(working), real); err == nil {
			return relative
		}
	}
	return real
}

// WasRead reports whether a build has read the file with a real path.
func (w *Workspace) WasRead(path string) bool {
	for _, repository := range w.repositories {
		if repository.WasRead(path) {
			return true
		}
	}
	return false
}
