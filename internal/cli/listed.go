// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/disk"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/layout"
)

// addListed adds the files in the folder that kustomizations list as resources. kustomize takes any
// name, so it adds hidden files and those without the extension of a manifest, too.
func (c *collector) addListed(root string) {
	inside := layout.Real(root)
	for _, path := range c.kustomize.Follow(inside) {
		if c.known[path] != nil {
			continue
		}
		relative, err := filepath.Rel(inside, path)
		if info, statErr := os.Stat(path); err == nil && statErr == nil && info.Mode().IsRegular() {
			name := filepath.Join(root, relative)
			c.add(&source{name: name, mode: info.Mode(), found: true}, path)
			c.hidden = slices.DeleteFunc(c.hidden, func(hidden string) bool {
				return name == hidden || strings.HasPrefix(name, hidden+string(filepath.Separator))
			})
		}
	}
}

// markListed gives each source what the kustomizations say about it.
func (c *collector) markListed() {
	if c.kustomize.IsEmpty() {
		return
	}
	for path, s := range c.known {
		c.reals = append(c.reals, path)
		s.patch = c.kustomize.IsPatch(path)
		s.listing = c.listingOf(path)
	}
	slices.Sort(c.reals)
}

// listingOf returns what the kustomizations say about a file with a real path, nil if nothing.
func (c *collector) listingOf(path string) *function.Listing {
	by, entry := c.kustomize.Unlisted(path)
	l := function.Listing{UnlistedBy: by, Entry: entry}
	l.RenamedBy, l.KeepsName = c.kustomize.Renamed(path)
	if builders := c.kustomize.Builders(path); builders != nil {
		l.BuiltBy = inventory.NewBuilders(builders)
	}
	if l == (function.Listing{}) {
		return nil
	}
	return &l
}

// isThere reports whether a real path is a source, or a folder with one.
func (c *collector) isThere(path string) bool {
	if _, found := slices.BinarySearch(c.reals, path); found {
		return true
	}
	below := path + string(filepath.Separator) // paths such as FOLDER-x sort before it
	i, _ := slices.BinarySearch(c.reals, below)
	return i < len(c.reals) && strings.HasPrefix(c.reals[i], below)
}

// realOfNew returns the real path of a file that may not exist yet.
func realOfNew(path string) string {
	if disk.Exists(path) {
		return layout.Real(path)
	}
	return filepath.Join(realOfFolder(filepath.Dir(path)), filepath.Base(path))
}

// realOfFolder is layout.Real for a folder that may not exist yet.
func realOfFolder(path string) string {
	there := layout.DeepestExisting(path)
	rest, err := filepath.Rel(there, path)
	if err != nil {
		return layout.Real(path)
	}
	return filepath.Join(layout.Real(there), rest)
}

// home returns what the kustomizations say about the file of new objects, nothing if secretPath is
// empty.
func (s *set) home(files *collector, secretPath string) function.Home {
	if secretPath == "" || s.prints() {
		return function.Home{}
	}
	home := function.Home{Path: secretPath}
	if listing := files.listingOf(realOfNew(secretPath)); listing != nil {
		home.Listing = *listing
	}
	return home
}
