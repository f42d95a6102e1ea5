// SPDX-License-Identifier: Apache-2.0

package layout

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"
)

// Kustomizations are those among some files. The zero value has none.
type Kustomizations struct {
	all      []*kustomization // in the order in which they were read
	byFolder map[string]*kustomization
	files    map[string]bool // real paths of what is listed as a resource
	patches  map[string]bool // real paths

	governing map[string]*kustomization // by folder, once it was asked for
	renamed   map[string]string         // files whose names get a prefix or suffix, with the kustomization
	plain     map[string]bool           // files that are also built without
	built     map[string]bool           // files that a kustomization other than a component reaches
	parts     map[string]string         // files that a component lists, with the component
}

// Add reads a kustomization, once.
func (k *Kustomizations) Add(path string) {
	one := read(path)
	if one == nil || k.byFolder[one.folder] != nil {
		return
	}
	if k.byFolder == nil {
		k.byFolder, k.files, k.patches = map[string]*kustomization{}, map[string]bool{}, map[string]bool{}
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

// IsEmpty reports whether there is none.
func (k *Kustomizations) IsEmpty() bool { return len(k.all) == 0 }

// Paths returns where they were found.
func (k *Kustomizations) Paths() (paths []string) {
	for _, one := range k.all {
		paths = append(paths, one.path)
	}
	return paths
}

// Follow reads the kustomizations of the folders that are listed, are below a real folder,
// and that nobody found: a dot hides them. It returns the real paths of all files below it
// that are listed as resources, sorted.
func (k *Kustomizations) Follow(root string) (files []string) {
	for i := 0; i < len(k.all); i++ { // grows meanwhile
		for _, l := range k.all[i].lists {
			if !l.isDir || k.byFolder[l.path] != nil || !IsWithin(root, l.path) {
				continue
			}
			for _, name := range []string{"kustomization.yaml", "kustomization.yml", "Kustomization"} {
				if path := filepath.Join(l.path, name); isFile(path) {
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

// IsPatch reports whether a file is listed as a patch, and not as a resource, too.
func (k *Kustomizations) IsPatch(path string) bool { return k.patches[path] && !k.files[path] }

// Unlisted returns the kustomization that a file lies below and that does not list it, nor
// does another, and how it would be listed there. Both are empty if a kustomization lists
// the file, or there is none for it. Of a file that components list alone, which none of the
// other kustomizations uses, it returns such a component.
func (k *Kustomizations) Unlisted(path string) (by, entry string) {
	if component := k.unusedComponent(path); component != "" {
		return component, ""
	}
	if len(k.all) == 0 || k.files[path] || k.patches[path] || IsKustomization(path) {
		return "", ""
	}
	g := k.governs(filepath.Dir(path))
	if g == nil || !g.isRead {
		return "", ""
	}
	if g.absent[path] { // it is yet to be written
		return "", ""
	}
	relative, err := filepath.Rel(g.folder, path)
	if err != nil {
		return "", ""
	}
	return g.path, filepath.ToSlash(relative)
}

// unusedComponent returns a component that lists a file, if it and others like it are all that
// do, and there are kustomizations which could use them and do not; else nothing.
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

// governs returns the kustomization of the nearest folder, the one that is given or one
// that it lies in; nil if there is none.
func (k *Kustomizations) governs(folder string) *kustomization {
	if found, isKnown := k.governing[folder]; isKnown {
		return found
	}
	found := k.byFolder[folder]
	if parent := filepath.Dir(folder); found == nil && parent != folder {
		found = k.governs(parent)
	}
	if k.governing == nil {
		k.governing = map[string]*kustomization{}
	}
	k.governing[folder] = found
	return found
}

// Renamed returns a kustomization that adds a prefix or suffix to the names in a file, empty
// if none does, and whether another one builds the file without.
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

// reach hands over the files that a kustomization reaches, each once; if plain, without those
// that it reaches by one that renames.
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
		case !l.isDir: // it may be yet to be written
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

// Elsewhere returns the first kustomization that has something downloaded, and what says so
// in its text; empty if there is none.
func (k *Kustomizations) Elsewhere() (path, text string) {
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

// Later returns each kustomization that no other one uses and that builds something else
// than the files. isThere reports whether something with a real path is among these.
func (k *Kustomizations) Later(isThere func(path string) bool) (all []Later) {
	b := builds{Kustomizations: k, isThere: isThere, known: map[*kustomization][]string{}}
	used := k.used()
	say := func(one *kustomization) {
		if reasons := b.reasons(one); len(reasons) > 0 {
			all = append(all, Later{one.path, "kustomize changes these files (" + few(reasons) + ")", command(reasons)})
		}
	}
	for _, one := range k.all {
		if !used[one] && !one.isPart {
			say(one)
		}
	}
	for _, one := range k.all { // those that use each other, which kustomize refuses
		if _, isKnown := b.known[one]; !isKnown && !one.isPart {
			say(one)
		}
	}
	return all
}

// command returns the line that builds.
func command(reasons []string) string {
	if slices.Contains(reasons, "helmCharts") || slices.Contains(reasons, "helmChartInflationGenerator") {
		return "kustomize build --enable-helm FOLDER"
	}
	return "kustomize build FOLDER"
}

// few returns the first of a list, and whether there are more.
func few(list []string) string {
	const most = 6
	if len(list) > most {
		list = append(slices.Clone(list[:most]), "more")
	}
	return strings.Join(list, ", ")
}

// builds knows why kustomizations build something else than the files.
type builds struct {
	*Kustomizations
	isThere func(path string) bool
	known   map[*kustomization][]string
}

// reasons returns why a kustomization builds something else than the files, by itself or by
// those that it uses, sorted. It is empty if it does not.
func (b *builds) reasons(one *kustomization) []string {
	if known, isKnown := b.known[one]; isKnown {
		return known
	}
	b.known[one] = nil // of those that use each other
	all := slices.Clone(one.changes)
	if !one.isRead {
		all = append(all, "cannot be read")
	}
	for _, l := range one.lists {
		next := b.byFolder[l.path]
		switch {
		case !l.isFile && !l.isDir && b.isThere(filepath.Join(one.folder, l.entry)): // it is yet to be written
		case !l.isFile && !l.isDir && isPlain(l.entry):
			all = append(all, "lists "+shown(l.entry)+" that is not on disk")
		case !l.isFile && !l.isDir:
			all = append(all, "lists what is downloaded")
		case l.isDir && next != nil:
			all = append(all, b.reasons(next)...)
		case l.isDir && !IsWithin(l.path, one.folder) && b.isThere(l.path): // kustomize refuses a folder without a kustomization
			all = append(all, "lists "+l.entry+" without a kustomization")
		case l.isDir, !b.isThere(l.path):
			all = append(all, "lists "+shown(l.entry)+" from elsewhere")
		}
	}
	slices.Sort(all)
	b.known[one] = slices.Compact(all)
	return b.known[one]
}

// shown returns an entry as a message has it: a word that does not look like a path may be
// a credential in the wrong place.
func shown(entry string) string {
	isPath := strings.Contains(entry, "/") || slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(entry))
	if isPlain(entry) && isPath {
		return entry
	}
	return "something"
}

// isFile reports whether there is a regular file at a path.
func isFile(path string) bool {
	_, isWhole := head(path)
	return isWhole
}
