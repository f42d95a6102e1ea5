// SPDX-License-Identifier: Apache-2.0

package build

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"example.com/calico-pull-secrets/internal/layout"
)

// A disk is a read-only folder that no path leads out of.
type disk struct {
	folder string // real and absolute
	root   *os.Root
}

func openDisk(folder string) (disk, error) {
	root, err := os.OpenRoot(folder)
	return disk{folder, root}, err
}

var (
	errOutside = errors.New("leads out of the folder that builds may read")
	errKind    = errors.New("is not a regular file")
	errSize    = errors.New("the build reads more text than allowed")
)

// resolve returns a path without symbolic links. It returns an error if the path does not exist, or
// is outside of the folder.
func (d disk) resolve(path string) (string, error) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", err
	}
	if !layout.IsWithin(d.folder, real) {
		return "", errOutside
	}
	return real, nil
}

// stat returns information about a real path.
func (d disk) stat(real string) (os.FileInfo, error) {
	relative, err := filepath.Rel(d.folder, real)
	if err != nil {
		return nil, err
	}
	return d.root.Lstat(relative)
}

// readFile returns a regular file with a real path. It returns an error beyond most bytes. Even a
// symbolic link that somebody puts there meanwhile cannot lead out of the folder.
func (d disk) readFile(real string, most int64) ([]byte, error) {
	relative, err := filepath.Rel(d.folder, real)
	if err != nil {
		return nil, err
	}
	f, err := d.root.OpenFile(relative, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe may have no writer
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errKind
	case info.Size() > most:
		return nil, errSize
	}
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(text)) > most {
		err = errSize
	}
	return text, err
}
