// SPDX-License-Identifier: Apache-2.0

package credential

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
)

// Access is what a configuration may make this package read: for those who run
// packages of others. Each field restricts one kind of place and no other, so who
// sets one will want to set all. The zero value allows everything.
//
// Not restricted are the variables that only say where a login is (HOME,
// REGISTRY_AUTH_FILE, DOCKER_CONFIG, XDG_RUNTIME_DIR): the file found has to be
// in Files.
type Access struct {
	Env     []string // these variables only; nil: all
	Files   []string // files and named pipes below these folders only, whatever links lead there; nil: all
	Helpers []string // these credential helpers only, as config.json names them; nil: all
}

func (a Access) allowsVariable(name string) bool { return a.Env == nil || slices.Contains(a.Env, name) }

func (a Access) allowsHelper(name string) bool {
	return a.Helpers == nil || slices.Contains(a.Helpers, name)
}

// errNotAllowed is also for what is not there, so that nobody learns what is.
var errNotAllowed = errors.New("the file may not be read: there is none of its path below a folder that --allow-files names")

// open opens a file or pipe for reading. It may wait for long: for a writer of
// the pipe. The error does not say the path.
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
		root, err := os.OpenRoot(folder) // no link that is made meanwhile leads out
		if err != nil {
			continue
		}
		defer root.Close()
		return openWith(below, root.Stat, root.Open)
	}
	return nil, errNotAllowed
}

// resolve returns the absolute path without links in it.
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
