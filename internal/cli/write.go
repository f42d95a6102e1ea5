// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/finding"
)

// newFileMode is the mode of a new file with the Secret.
const newFileMode fs.FileMode = 0o600

// A replacement is the new content of a file.
type replacement struct {
	name          string // as the user knows it
	target        string // the real file, behind symbolic links
	temporary     string // the file beside it that will take its name
	before, after pieces
	mode          fs.FileMode
	folders       []string // the folders that it created, from the top down
	isNew         bool
	isSecret      bool
	isPublic      bool // everybody may read it if it is new
}

// Pieces are the content of a file in consecutive parts.
type pieces [][]byte

// equal reports whether the pieces together equal a text.
func (p pieces) equal(text []byte) bool {
	for _, piece := range p {
		var ok bool
		if text, ok = bytes.CutPrefix(text, piece); !ok {
			return false
		}
	}
	return len(text) == 0
}

// writeFiles writes all changed files or none. It returns true if it wrote them.
func (s *set) writeFiles(report function.Report, secretPath string) bool {
	changed := slices.DeleteFunc(slices.Clone(report.Files), func(f function.File) bool { return len(f.Changes) == 0 })
	var all []*replacement
	for _, f := range changed {
		all = append(all, &replacement{name: f.Name, before: pieces{f.Before}, after: f.Pieces(), isSecret: f.PutsSecret})
	}
	if len(report.Added) > 0 {
		all = append(all, &replacement{name: secretPath, after: pieces{report.Added}, isNew: true, isSecret: true})
	}
	s.writing.RLock()
	file, err := writeAll(all)
	s.writing.RUnlock()
	if err != nil {
		s.sayOf(finding.Error, file, "%s", problemOf(err))
		return false
	}
	isKept := func(r *replacement) bool { return r.name == secretPath }
	if !slices.ContainsFunc(all, isKept) && isOpenSecret(secretPath) {
		s.sayOf(finding.Warning, secretPath, openSecret+": chmod 600")
	}
	for _, r := range all {
		if r.isSecret && isOpenToOthers(r.mode) {
			s.sayOf(finding.Warning, r.name, openSecret+": chmod 600")
		}
		if !s.quiet {
			s.print("wrote " + r.name)
		}
	}
	return true
}

// writeAll writes all files or none. It replaces each in one step by renaming a file beside it: a
// reader finds the old text or the new one. It returns an error with its file, and says what became
// of the others.
func writeAll(all []*replacement) (file string, err error) {
	defer func() {
		for _, r := range all {
			r.discard()
		}
	}()
	for _, r := range all {
		if err := r.prepare(); err != nil {
			return r.name, fmt.Errorf("%s: nothing was written", problemOf(err))
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
				note = fmt.Sprintf("%s stays changed: cannot restore it: %s", done.name, problemOf(undoErr))
			}
		}
		return r.name, fmt.Errorf("%s: %s", problemOf(err), note)
	}
	for _, r := range all {
		syncFolder(filepath.Dir(r.target))
	}
	return "", nil
}

// prepare writes the new content to a file beside the target. The target of a symbolic link is the
// file behind it.
func (r *replacement) prepare() (err error) {
	r.target, r.mode = r.name, newFileMode
	if r.isPublic {
		r.mode = 0o644
	}
	if r.isNew {
		if err := r.makeFolders(); err != nil {
			return err
		}
	} else {
		if r.target, err = filepath.EvalSymlinks(r.name); err != nil {
			return err
		}
		info, err := os.Stat(r.target)
		if err != nil {
			return err
		}
		r.mode = info.Mode().Perm()
		f, err := os.OpenFile(r.target, os.O_WRONLY, 0) // a file that the user cannot write is not replaced
		if err != nil {
			return err
		}
		f.Close()
	}
	return r.fill()
}

// makeFolders creates the missing folders of a new file.
func (r *replacement) makeFolders() error {
	var missing []string
	for at := filepath.Dir(filepath.Clean(r.name)); !exists(at); at = filepath.Dir(at) {
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
func (r *replacement) fill() error {
	f, err := os.CreateTemp(filepath.Dir(r.target), temporaryPattern)
	if err != nil {
		return err
	}
	r.temporary = f.Name()
	w := bufio.NewWriter(f)
	for _, piece := range r.after {
		_, _ = w.Write(piece) // Flush returns the error
	}
	if err = w.Flush(); err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// discard removes the temporary file, and the created folders that are empty.
func (r *replacement) discard() {
	if r.temporary != "" {
		_ = os.Remove(r.temporary)
	}
	for _, folder := range slices.Backward(r.folders) {
		_ = os.Remove(folder)
	}
}

// commit renames the temporary file to the target, if the target still has the text that the
// program read. Until then only its owner may read it.
func (r *replacement) commit() error {
	if err := r.unchanged(); err != nil {
		return err
	}
	return r.replace()
}

// replace renames the temporary file to the target.
func (r *replacement) replace() error {
	if err := os.Chmod(r.temporary, r.mode); err != nil {
		return err
	}
	if err := os.Rename(r.temporary, r.target); err != nil {
		return err
	}
	r.temporary = ""
	return nil
}

// unchanged returns an error if the target has changed since it was read, or a new file exists.
func (r *replacement) unchanged() error {
	if r.isNew {
		if exists(r.target) {
			return function.ErrChanged
		}
		return nil
	}
	return r.holds(r.before)
}

// holds returns an error if the target has another content.
func (r *replacement) holds(p pieces) error {
	now, err := readPath(r.target)
	if err != nil {
		return err
	}
	if !p.equal(now) {
		return function.ErrChanged
	}
	return nil
}

// undo restores the target's old content, if nobody has changed the file since.
func (r *replacement) undo() error {
	if err := r.holds(r.after); err != nil {
		return err
	}
	if r.isNew {
		return os.Remove(r.target)
	}
	r.before, r.after = r.after, r.before
	if err := r.fill(); err != nil {
		return err
	}
	return r.commit()
}

// syncFolder syncs a folder's names to the disk, if the system can.
func syncFolder(path string) {
	if f, err := os.Open(path); err == nil {
		_ = f.Sync()
		f.Close()
	}
}
