// SPDX-License-Identifier: Apache-2.0

package layout

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/calico-pull-secrets/internal/cores"
)

// A Tree is a folder and its entries, sorted by name.
type Tree struct {
	Path    string
	Entries []TreeEntry
	Err     error
}

// A TreeEntry is a file or folder in a folder.
type TreeEntry struct {
	fs.DirEntry
	Path  string
	Below *Tree // nil for files and for hidden folders
}

// ReadTree reads a folder and all folders below it. It reads each depth on all cores: the system
// calls take as long as all other work on the files.
func ReadTree(path string) *Tree {
	root := &Tree{Path: path}
	for level := []*Tree{root}; len(level) > 0; {
		cores.Each(len(level), func(i int) { level[i].read() })
		var next []*Tree
		for _, f := range level {
			for _, e := range f.Entries {
				if e.Below != nil {
					next = append(next, e.Below)
				}
			}
		}
		level = next
	}
	return root
}

func (t *Tree) read() {
	entries, err := os.ReadDir(t.Path)
	t.Err = err
	t.Entries = make([]TreeEntry, 0, len(entries))
	prefix := strings.TrimSuffix(filepath.Join(t.Path, "x"), "x")
	for _, found := range entries {
		e := TreeEntry{DirEntry: found, Path: prefix + found.Name()}
		if found.IsDir() && !strings.HasPrefix(found.Name(), ".") {
			e.Below = &Tree{Path: e.Path}
		}
		t.Entries = append(t.Entries, e)
	}
}

// IsChart reports whether the folder is a Helm chart.
func (t *Tree) IsChart() bool {
	return slices.ContainsFunc(t.Entries, func(e TreeEntry) bool { return e.Name() == ChartFile && !e.IsDir() })
}
