// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/calico-pull-secrets/internal/cores"
	"example.com/calico-pull-secrets/internal/layout"
)

// A tree is a folder, and what is in it by name.
type tree struct {
	path    string
	entries []treeEntry
	err     error
}

type treeEntry struct {
	fs.DirEntry
	path  string
	below *tree // of a folder that is looked into
}

// readTree reads a folder and those below it, each depth on all cores: the system
// calls take as long as all that is done with the files.
func readTree(path string) *tree {
	root := &tree{path: path}
	for level := []*tree{root}; len(level) > 0; {
		cores.Each(len(level), func(i int) { level[i].read() })
		var next []*tree
		for _, f := range level {
			for _, e := range f.entries {
				if e.below != nil {
					next = append(next, e.below)
				}
			}
		}
		level = next
	}
	return root
}

func (t *tree) read() {
	entries, err := os.ReadDir(t.path)
	t.err = err
	t.entries = make([]treeEntry, 0, len(entries))
	prefix := strings.TrimSuffix(filepath.Join(t.path, "x"), "x")
	for _, found := range entries {
		e := treeEntry{DirEntry: found, path: prefix + found.Name()}
		if found.IsDir() && !strings.HasPrefix(found.Name(), ".") {
			e.below = &tree{path: e.path}
		}
		t.entries = append(t.entries, e)
	}
}

// isChart reports whether the folder is a chart of Helm's.
func (t *tree) isChart() bool {
	return slices.ContainsFunc(t.entries, func(e treeEntry) bool { return e.Name() == layout.ChartFile && !e.IsDir() })
}
