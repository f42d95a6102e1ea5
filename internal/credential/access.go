// SPDX-License-Identifier: Apache-2.0

package credential

import (
	"os"
	"path/filepath"
	"slices"

	"example.com/calico-pull-secrets/internal/finding"
)

// Access says what a configuration may make this package read. It is for people who run
// other people's packages. Each field restricts one kind of place only, so a user who
// sets one should set all. The zero value allows everything.
//
// The variables that only say where a login is are not restricted: HOME,
// REGISTRY_AUTH_FILE, DOCKER_CONFIG, XDG_RUNTIME_DIR. The file that they name must be in
// Files.
type Access struct {
	Env     []string // only these variables; nil: all
	Files   []string // only files and named pipes below these folders, after resolving links; nil: all
	Helpers []string // only these credential helpers, as config.json names them; nil: all
}

func (a Access) allowsVariable(name string) bool { return a.Env == nil || slices.Contains(a.Env, name) }

func (a Access) allowsHelper(name string) bool {
	return a.Helpers == nil || slices.Contains(a.Helpers, name)
}

// errNotAllowed is also the error for a missing file, so that nobody learns which files
// exist.
var errNotAllowed = finding.Errorf("the file may not be read: no such file is below a folder that --allow-files names\nhint: add its folder to --allow-files, if you trust the configuration")

// open opens a file or a pipe for reading. It may wait long for a writer of the pipe. The
// error does not quote the path.
func (a Access) open(path string) (*os.File, error) {
	if a.Files == nil {
		return openWith(path, os.Stat, os.Open)
	}
	resolved, err := resolve(path)
	if err != nil {
		return nil, errNotAllowed
	}
	for _, dir := range a.Files {
		folder, err := resolve(dir)
		if err != nil {
			continue
		}
		below, err := filepath.Rel(folder, resolved)
		if err != nil || !filepath.IsLocal(below) {
			continue
		}
		root, err := os.OpenRoot(folder) // a link that somebody makes meanwhile cannot lead out of it
		if err != nil {
			continue
		}
		defer root.Close()
		return openWith(below, root.Stat, root.Open)
	}
	return nil, errNotAllowed
}

// resolve returns the absolute path, with all links resolved.
func resolve(path string) (string, error) {
	if path == "" {
		return "", os.ErrNotExist
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(path)
}
