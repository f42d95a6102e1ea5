// SPDX-License-Identifier: Apache-2.0

package disk

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// newFileMode is the mode of a new file with the Secret.
const newFileMode fs.FileMode = 0o600

// A Replacement is the new content of a file.
type Replacement struct {
	Name          string // as the user knows it
	Before, After Pieces // what the file has, and will have
	IsNew         bool
	IsPublic      bool        // everybody may read it if it is new
	Mode          fs.FileMode // WriteAll sets it

	target    string   // the real file, behind symbolic links
	temporary string   // the file beside it that will take its name
	folders   []string // the folders that it created, from the top down
}

// Pieces are the content of a file in consecutive parts.
type Pieces [][]byte

// equal reports whether the Pieces together equal a text.
func (p Pieces) equal(text []byte) bool {
	for _, piece := range p {
		var ok bool
		if text, ok = bytes.CutPrefix(text, piece); !ok {
			return false
		}
	}
	return len(text) == 0
}

// WriteAll writes all files or none. It replaces each in one step by renaming a file beside it: a
// reader finds the old text or the new one. It returns an error with its file, and says what became
// of the others.
func WriteAll(all []*Replacement) (file string, err error) {
	defer func() {
		for _, r := range all {
			r.discard()
		}
	}()
	for _, r := range all {
		if err := r.prepare(); err != nil {
			return r.Name, fmt.Errorf("%s: nothing was written", Problem(err))
		}
	}
	for i, r := range all {
		err := r.commit()
		if err == nil {
			continue
		}
		note := "nothing was written"
		for _, done := range all[:i] {
			if undoErr := done.undo(); undoErr != nil {
				note = fmt.Sprintf("%s stays changed: cannot restore it: %s", done.Name, Problem(undoErr))
			}
		}
		return r.Name, fmt.Errorf("%s: %s", Problem(err), note)
	}
	for _, r := range all {
		syncFolder(filepath.Dir(r.target))
	}
	return "", nil
}

// prepare writes the new content to a file beside the target. The target of a symbolic link is the
// file behind it.
func (r *Replacement) prepare() (err error) {
	r.target, r.Mode = r.Name, newFileMode
	if r.IsPublic {
		r.Mode = 0o644
	}
	if r.IsNew {
		if err := r.makeFolders(); err != nil {
			return err
		}
	} else {
		if r.target, err = filepath.EvalSymlinks(r.Name); err != nil {
			return err
		}
		info, err := os.Stat(r.target)
		if err != nil {
			return err
		}
		r.Mode = info.Mode().Perm()
		f, err := os.OpenFile(r.target, os.O_WRONLY, 0) // a file that the user cannot write is not replaced
		if err != nil {
			return err
		}
		f.Close()
	}
	return r.fill()
}

// makeFolders creates the missing folders of a new file.
func (r *Replacement) makeFolders() error {
	var missing []string
	for at := filepath.Dir(filepath.Clean(r.Name)); !Exists(at); at = filepath.Dir(at) {
		missing = append(missing, at)
	}
	for _, folder := range slices.Backward(missing) {
		if err := os.Mkdir(folder, 0o755); err != nil && !os.IsExist(err) {
			return err
		}
		r.folders = append(r.folders, folder)
	}
	return nil
}

// temporaryPattern names temporary files. The target's name is not in it, because that may have the
// maximal length already.
const temporaryPattern = ".calico-pull-secrets-*.tmp"

// fill writes the new content to a new file beside the target, and syncs it to the disk. Only its
// owner may read it.
func (r *Replacement) fill() error {
	f, err := os.CreateTemp(filepath.Dir(r.target), temporaryPattern)
	if err != nil {
		return err
	}
	r.temporary = f.Name()
	w := bufio.NewWriter(f)
	for _, piece := range r.After {
		_, _ = w.Write(piece) // Flush returns the error
	}
	if err = w.Flush(); err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// discard removes the temporary file, and the created folders that are empty.
func (r *Replacement) discard() {
	if r.temporary != "" {
		_ = os.Remove(r.temporary)
	}
	for _, folder := range slices.Backward(r.folders) {
		_ = os.Remove(folder)
	}
}

// commit renames the temporary file to the target, if the target still has the text that the
// program read. Until then only its owner may read it.
func (r *Replacement) commit() error {
	if err := r.unchanged(); err != nil {
		return err
	}
	return r.replace()
}

// replace renames the temporary file to the target.
func (r *Replacement) replace() error {
	if err := os.Chmod(r.temporary, r.Mode); err != nil {
		return err
	}
	if err := os.Rename(r.temporary, r.target); err != nil {
		return err
	}
	r.temporary = ""
	return nil
}

// unchanged returns an error if the target has changed since it was read, or a new file exists.
func (r *Replacement) unchanged() error {
	if r.IsNew {
		if Exists(r.target) {
			return ErrChanged
		}
		return nil
	}
	return r.holds(r.Before)
}

// holds returns an error if the target has another content.
func (r *Replacement) holds(p Pieces) error {
	now, err := Read(r.target)
	if err != nil {
		return err
	}
	if !p.equal(now) {
		return ErrChanged
	}
	return nil
}

// undo restores the target's old content, if nobody has changed the file since.
func (r *Replacement) undo() error {
	if err := r.holds(r.After); err != nil {
		return err
	}
	if r.IsNew {
		return os.Remove(r.target)
	}
	r.Before, r.After = r.After, r.Before
	if err := r.fill(); err != nil {
		return err
	}
	return r.commit()
}

// Write replaces a file in one step: a reader finds the old text or the new one. It writes
// directly to a pipe, and to any other file that is not regular.
func Write(name string, text []byte) error {
	r := Replacement{target: name, Mode: 0o644, After: Pieces{text}}
	if target, err := filepath.EvalSymlinks(name); err == nil {
		r.target = target
	}
	if info, err := os.Stat(name); err == nil {
		if !info.Mode().IsRegular() {
			return os.WriteFile(name, text, 0)
		}
		r.Mode = info.Mode().Perm()
	}
	defer r.discard()
	if err := r.fill(); err != nil {
		return err
	}
	return r.replace()
}

// syncFolder syncs a folder's names to the disk, if the system can.
func syncFolder(path string) {
	if f, err := os.Open(path); err == nil {
		_ = f.Sync()
		f.Close()
	}
}

// Copy copies a file to a path, in one step, and gives the copy a mode.
func Copy(from, to string, mode fs.FileMode) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	r := Replacement{target: to, Mode: mode, After: Pieces{text}}
	defer r.discard()
	if err := r.fill(); err != nil {
		return err
	}
	if err := r.replace(); err != nil {
		return err
	}
	syncFolder(filepath.Dir(to))
	return nil
}
