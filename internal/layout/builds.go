// SPDX-License-Identifier: Apache-2.0

package layout

import (
	"path/filepath"
	"slices"
	"strings"
)

// Later returns the kustomizations whose output differs from the files, except those that others
// use. isThere reports whether a real path is among the files.
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
	for _, one := range k.all { // a circle, which kustomize refuses
		if _, isKnown := b.known[one]; !isKnown && !one.isPart {
			say(one)
		}
	}
	return all
}

// command returns the command that builds.
func command(reasons []string) string {
	if slices.Contains(reasons, "helmCharts") || slices.Contains(reasons, "helmChartInflationGenerator") {
		return "kustomize build --enable-helm FOLDER"
	}
	return "kustomize build FOLDER"
}

// builds knows why the output of kustomizations differs from the files.
type builds struct {
	*Kustomizations
	isThere func(path string) bool
	known   map[*kustomization][]string
}

// reasons returns, sorted, why the output of a kustomization differs from the files. The reasons of
// the kustomizations that it uses count, too. It is empty if nothing differs.
func (b *builds) reasons(one *kustomization) []string {
	if known, isKnown := b.known[one]; isKnown {
		return known
	}
	b.known[one] = nil // ends a circle
	all := slices.Clone(one.changes)
	if !one.isRead {
		all = append(all, "the kustomization cannot be read")
	}
	for _, l := range one.lists {
		next := b.byFolder[l.path]
		switch {
		case !l.isFile && !l.isDir && b.isThere(filepath.Join(one.folder, l.entry)): // it does not exist yet
		case !l.isFile && !l.isDir && isPlain(l.entry):
			all = append(all, shown(l.entry)+" is not on disk")
		case !l.isFile && !l.isDir:
			all = append(all, "an entry is a download")
		case l.isDir && next != nil:
			all = append(all, b.reasons(next)...)
		case l.isDir && !IsWithin(l.path, one.folder) && b.isThere(l.path): // kustomize refuses a folder without a kustomization
			all = append(all, l.entry+" has no kustomization")
		case l.isDir, !b.isThere(l.path):
			all = append(all, shown(l.entry)+" is from elsewhere")
		}
	}
	slices.Sort(all)
	b.known[one] = slices.Compact(all)
	return b.known[one]
}

// shown returns an entry for a message. Text that does not look like a path may be a misplaced
// credential, and becomes "an entry".
func shown(entry string) string {
	isPath := strings.Contains(entry, "/") || slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(entry))
	if isPlain(entry) && isPath {
		return entry
	}
	return "an entry"
}

// few returns the first six of a list, and "more" if there are more.
func few(list []string) string {
	const most = 6
	if len(list) > most {
		list = append(slices.Clone(list[:most]), "more")
	}
	return strings.Join(list, ", ")
}
