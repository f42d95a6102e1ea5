// SPDX-License-Identifier: Apache-2.0

package typo

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/calico-pull-secrets/internal/disk"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/lazy"
)

// address matches the beginning of an address without a scheme.
var address = lazy.Regexp(`^[a-z0-9-]+(\.[a-z0-9-]+)*\.(com|dev|io|net|org)/`)

// OfAddress returns the hint for the address of a file. It returns "" for any other text.
func OfAddress(path string) string {
	switch {
	case strings.HasPrefix(path, "file://"):
		return "write the path without file://"
	case strings.Contains(path, "://"):
		return "curl -fsSL ADDRESS | calico-pull-secrets"
	case address().MatchString(path):
		return "curl -fsSL https://ADDRESS | calico-pull-secrets"
	}
	return ""
}

// OfPath returns the hint for a path that does not exist. It returns "" if there is none. isNear
// reports whether a message may show the path: most likely it means a file that exists.
func OfPath(path string) (hint string, isNear bool) {
	if hint := OfAddress(path); hint != "" && !disk.Exists(path[:1+strings.Index(path, "/")]) {
		return hint, false
	}
	slashed := strings.ReplaceAll(path, `\`, "/")
	parts := strings.Split(path, ",")
	switch near := nearestPath(slashed); {
	case len(parts) > 1 && !slices.ContainsFunc(parts, func(part string) bool { return !disk.Exists(part) }):
		return "write blanks between the paths, and no commas", true
	case slashed != path && disk.Exists(slashed):
		return "did you mean " + slashed + "?", true
	case near != "":
		return "did you mean " + near + "?", true
	case strings.HasPrefix(path, "~"):
		return "the shell replaces ~ only outside of quotes: write $HOME instead", false
	case strings.ContainsAny(path, "*?["):
		return "the shell found no file for this pattern: name the folder, and the program finds the files", false
	case slashed != path:
		return "write / between the folders", false
	}
	return "", false
}

// nearestPath returns the path that a misspelt one most likely means. It returns "" if one of the
// folders has no similar name.
func nearestPath(path string) string {
	extensions := []string{".yaml", ".yml", ".json"}
	stem := path
	if extension := filepath.Ext(path); slices.Contains(extensions, extension) { // any other may be a password
		stem = strings.TrimSuffix(path, extension)
	}
	for _, extension := range extensions {
		if disk.Exists(stem + extension) {
			return stem + extension
		}
	}
	path = filepath.Clean(path)
	for i := 1; i <= len(path); i++ { // the first part that does not exist
		if i < len(path) && path[i] != '/' || disk.Exists(path[:i]) {
			continue
		}
		near := nearestName(path[:i])
		switch {
		case near == "":
			return ""
		case i == len(path), disk.Exists(near + path[i:]):
			return near + path[i:]
		}
		return nearestPath(near + path[i:])
	}
	return ""
}

// nearestName returns a path with the closest name of its folder. It returns "" if none is near.
func nearestName(path string) string {
	folder, name := filepath.Split(path)
	entries, _ := os.ReadDir(filepath.Join(folder, "."))
	near, least := "", 4 // letters
	for _, entry := range entries {
		if d := finding.Distance(name, entry.Name()); d < least && 2*d <= len(strings.TrimSuffix(entry.Name(), filepath.Ext(entry.Name()))) {
			near, least = folder+entry.Name(), d
		}
	}
	return near
}
