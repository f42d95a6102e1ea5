// SPDX-License-Identifier: Apache-2.0

package layout

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// StaysInside returns an error if a path begins in the working folder and a symbolic link in it
// leads out. It also returns an error for a symbolic link to nothing.
func StaysInside(path string) error {
	if info, err := os.Lstat(path); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		if _, err := os.Stat(path); err != nil {
			return errors.New("is a symbolic link that leads nowhere")
		}
	}
	working, err := os.Getwd()
	if err != nil {
		return err
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	if IsWithin(working, absolute) && !IsWithin(Real(working), Real(DeepestExisting(absolute))) {
		return errors.New("leads out of the working folder by a symbolic link")
	}
	return nil
}

// DeepestExisting returns a path, or the deepest folder above it that exists.
func DeepestExisting(path string) string {
	for path != filepath.Dir(path) {
		if _, err := os.Lstat(path); err == nil {
			break
		}
		path = filepath.Dir(path)
	}
	return path
}
