// SPDX-License-Identifier: Apache-2.0

package layout

import "path/filepath"

// users says which kustomizations list a file, and which use a kustomization.
type users struct {
	listing map[string][]*kustomization // by real path
	using   map[*kustomization][]*kustomization
}

// Builders returns a function that returns the paths of the kustomizations that build a file: those that
// list it, and all that use these. Two files are built together if one kustomization builds both. It
// returns nil if no kustomization adds a prefix or suffix to names.
func (k *Kustomizations) Builders(path string) func() map[string]bool {
	if k.Renamed(path); len(k.renamed) == 0 {
		return nil
	}
	if k.users == nil {
		k.users = &users{map[string][]*kustomization{}, map[*kustomization][]*kustomization{}}
		for _, one := range k.all {
			for _, l := range one.lists {
				switch next := k.byFolder[l.path]; {
				case l.isDir && next != nil:
					k.users.using[next] = append(k.users.using[next], one)
				case l.isFile:
					k.users.listing[l.path] = append(k.users.listing[l.path], one)
				case !l.isDir: // it may not exist yet
					file := filepath.Join(one.folder, l.entry)
					k.users.listing[file] = append(k.users.listing[file], one)
				}
			}
		}
	}
	known := k.users
	return func() map[string]bool { return known.builders(path) }
}

func (u *users) builders(path string) map[string]bool {
	all := map[string]bool{}
	next := u.listing[path]
	for len(next) > 0 {
		one := next[len(next)-1]
		if next = next[:len(next)-1]; !all[one.path] {
			all[one.path] = true
			next = append(next[:len(next):len(next)], u.using[one]...)
		}
	}
	return all
}
