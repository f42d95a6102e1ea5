// SPDX-License-Identifier: Apache-2.0

package layout

import (
	"cmp"
	"path/filepath"
	"slices"

	"example.com/calico-pull-secrets/internal/lazy"
)

// Kustomizations are the kustomizations among some files. The zero value is empty.
type Kustomizations struct {
	all      []*kustomization // in reading order
	byFolder map[string]*kustomization
	files    map[string]bool // real paths of listed resources
	patches  map[string]bool // real paths

	governing map[string]*kustomization // by folder; filled on the first question
	renamed   map[string]string         // files whose names get a prefix or suffix, with the kustomization
	plain     map[string]bool           // files that a build also reaches without one
	built     map[string]bool           // files that a kustomization reaches, components apart
	parts     map[string]string         // files that a component lists, with the component
	users     *users                    // nil until Builders needs it
}

// Add reads a kustomization. It ignores a second one in the same folder.
func (k *Kustomizations) Add(path string) {
	one := read(path)
	if one == nil || k.byFolder[one.folder] != nil {
		return
	}
	if k.byFolder == nil {
		k.byFolder, k.files, k.patches, k.governing = map[string]*kustomization{}, map[string]bool{}, map[string]bool{}, map[string]*kustomization{}
	}
	k.all = append(k.all, one)
	k.byFolder[one.folder] = one
	for _, l := range one.lists {
		if l.isFile {
			k.files[l.path] = true
		}
	}
	for _, patch := range one.patches {
		k.patches[patch] = true
	}
}

// IsEmpty reports whether there are no kustomizations.
func (k *Kustomizations) IsEmpty() bool { return len(k.all) == 0 }

// Paths returns the paths of the kustomizations.
func (k *Kustomizations) Paths() (paths []string) {
	for _, one := range k.all {
		paths = append(paths, one.path)
	}
	return paths
}

// Follow reads listed kustomizations below a real folder that the walk did not find, because a dot
// hides them. It returns the real paths of all listed files below the folder, sorted.
func (k *Kustomizations) Follow(root string) (files []string) {
	for i := 0; i < len(k.all); i++ { // Add makes it longer
		for _, l := range k.all[i].lists {
			if !l.isDir || k.byFolder[l.path] != nil || !IsWithin(root, l.path) {
				continue
			}
			for _, name := range FileNames {
				path := filepath.Join(l.path, name)
				if _, isWhole := Head(path); isWhole {
					k.Add(path)
					break
				}
			}
		}
	}
	for file := range k.files {
		if IsWithin(root, file) {
			files = append(files, file)
		}
	}
	slices.Sort(files)
	return files
}

// IsPatch reports whether a kustomization lists a file as a patch, and none as a resource.
func (k *Kustomizations) IsPatch(path string) bool { return k.patches[path] && !k.files[path] }

// Unlisted returns the kustomization nearest above a file that no kustomization lists, and the
// entry that would list it there. If only components list the file, and no kustomization uses them,
// it returns a component without an entry. Otherwise both are empty.
func (k *Kustomizations) Unlisted(path string) (by, entry string) {
	if component := k.unusedComponent(path); component != "" {
		return component, ""
	}
	if len(k.all) == 0 || k.files[path] || k.patches[path] || IsKustomization(path) {
		return "", ""
	}
	g := k.governs(filepath.Dir(path))
	if g == nil || !g.isRead || g.absent[path] { // absent: listed, and does not exist yet
		return "", ""
	}
	relative, err := filepath.Rel(g.folder, path)
	if err != nil {
		return "", ""
	}
	return g.path, filepath.ToSlash(relative)
}

// unusedComponent returns a component that lists a file, if only components list it. It returns ""
// if a kustomization uses such a component, or if there is no kustomization that could.
func (k *Kustomizations) unusedComponent(path string) string {
	if !k.files[path] {
		return ""
	}
	if k.built == nil {
		k.built, k.parts = map[string]bool{}, map[string]string{}
		reached := map[*kustomization]bool{}
		for _, one := range k.all {
			if !one.isPart {
				k.reach(one, reached, func(file string) { k.built[file] = true }, false)
				continue
			}
			for _, l := range one.lists {
				k.parts[l.path] = cmp.Or(k.parts[l.path], one.path)
			}
		}
	}
	if len(k.built) == 0 || k.built[path] {
		return ""
	}
	return k.parts[path]
}

// governs returns the kustomization in a folder, or in the nearest folder above it. It returns nil
// if there is none.
func (k *Kustomizations) governs(folder string) *kustomization {
	return lazy.Value(k.governing, folder, func() *kustomization {
		found := k.byFolder[folder]
		if parent := filepath.Dir(folder); found == nil && parent != folder {
			found = k.governs(parent)
		}
		return found
	})
}

// Renamed returns a kustomization that adds a prefix or suffix to the names in a file, empty if
// none does. keeps is true if another kustomization builds the file without one.
func (k *Kustomizations) Renamed(path string) (by string, keeps bool) {
	if k.renamed == nil {
		k.renamed, k.plain = map[string]string{}, map[string]bool{}
		reached, used := map[*kustomization]bool{}, k.used()
		for _, one := range k.all {
			if one.renames {
				k.reach(one, reached, func(file string) { k.renamed[file] = cmp.Or(k.renamed[file], one.path) }, false)
			}
		}
		reached = map[*kustomization]bool{}
		for _, one := range k.all {
			if !used[one] {
				k.reach(one, reached, func(file string) { k.plain[file] = true }, true)
			}
		}
	}
	by = k.renamed[path]
	return by, by != "" && k.plain[path]
}

// reach calls file for each file that a kustomization reaches, once each. With plain it skips
// kustomizations that rename.
func (k *Kustomizations) reach(one *kustomization, reached map[*kustomization]bool, file func(path string), plain bool) {
	if reached[one] || plain && one.renames {
		return
	}
	reached[one] = true
	for _, l := range one.lists {
		next := k.byFolder[l.path]
		switch {
		case l.isDir && next != nil:
			k.reach(next, reached, file, plain)
		case l.isFile:
			file(l.path)
		case !l.isDir: // it may not exist yet
			file(filepath.Join(one.folder, l.entry))
		}
	}
}

// used returns the kustomizations that others use.
func (k *Kustomizations) used() map[*kustomization]bool {
	used := map[*kustomization]bool{}
	for _, one := range k.all {
		for _, l := range one.lists {
			if next := k.byFolder[l.path]; l.isDir && next != nil && next != one {
				used[next] = true
			}
		}
	}
	return used
}

// elsewhere returns the first kustomization that lists a download, and the entry or field. Both are
// empty if there is none.
func (k *Kustomizations) elsewhere() (path, text string) {
	for _, one := range k.all {
		for _, l := range one.lists {
			if !l.isFile && !l.isDir {
				return one.path, l.entry
			}
		}
		for _, field := range []string{"helmCharts", "helmChartInflationGenerator"} {
			if slices.Contains(one.changes, field) {
				return one.path, field
			}
		}
	}
	return "", ""
}
