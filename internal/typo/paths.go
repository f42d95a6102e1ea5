// SPDX-License-Identifier: Apache-2.0

package typo

import (
	"os"
	"path/filepath"

	"example.com/calico-pull-secrets/internal/finding"
)

// Path returns the path that a misspelt path most likely means. It returns "" if the folder has no
// similar name.
func Path(path string) string {
	folder, name := filepath.Split(filepath.Clean(path))
	entries, _ := os.ReadDir(filepath.Join(folder, "."))
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	near := finding.Closest(name, names)
	if !finding.IsNear(name, near) {
		return ""
	}
	return folder + near
}
