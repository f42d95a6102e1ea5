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

// A Workspace has the paths whose kustomizations the user wants to build.
type Workspace struct {
	named        []named
	repositories map[string]*Repository // by folder
}

// A named is a path that the user named.
type named struct{ path, folder, root string }

// A Target is a kustomization to build.
type Target struct {
	*Repository
	Folder string // real
	Name   string // as messages show it
}

// OpenWorkspace opens paths. Builds read only the folder root. If root is empty, they read the git
// work tree around a path, or the path itself. It returns an error for a path outside of root.
func OpenWorkspace(paths []string, root, reader string, limits Limits) (*Workspace, error) {
	w := &Workspace{repositories: map[string]*Repository{}}
	if info, err := os.Stat(root); root != "" && (err != nil || !info.IsDir()) {
		return nil, errors.New("no such folder")
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
			return nil, fmt.Errorf("%s is outside of this folder", path)
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

// boundary returns the git work tree around a real folder, or the folder itself.
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

// Targets returns the kustomizations in files to build, by name: see Repository.roots.
func (w *Workspace) Targets(files []string) (all []Target) {
	folders := map[string][]string{} // by root
	for _, file := range files {
		folder := layout.Real(filepath.Dir(file))
		if n, ok := w.namedAround(folder); ok {
			folders[n.root] = append(folders[n.root], folder)
		}
	}
	for root, found := range folders {
		for _, folder := range w.repositories[root].roots(found) {
			all = append(all, Target{w.repositories[root], folder, w.shown(folder)})
		}
	}
	slices.SortFunc(all, func(a, b Target) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// namedAround returns the first named path that contains a real path.
func (w *Workspace) namedAround(real string) (named, bool) {
	i := slices.IndexFunc(w.named, func(n named) bool { return layout.IsWithin(n.folder, real) })
	if i < 0 {
		return named{}, false
	}
	return w.named[i], true
}

// shown returns a real path as messages show it: relative to a named path, or to the working
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
