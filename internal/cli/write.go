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
	"example.com/calico-pull-secrets/internal/wire"
)

// newFileMode is that of a file which has the Secret in it.
const newFileMode fs.FileMode = 0o600

// A replacement is what is to take the place of a file.
type replacement struct {
	name          string // as the user knows it
	target        string // where the file is: behind symbolic links
	temporary     string // the file beside it that takes its name
	before, after pieces
	mode          fs.FileMode
	isNew         bool
	isSecret      bool
}

// Pieces are what is in a file, as texts that follow each other.
type pieces [][]byte

// is reports whether a text is theirs.
func (p pieces) is(text []byte) bool {
	for _, piece := range p {
		var ok bool
		if text, ok = bytes.CutPrefix(text, piece); !ok {
			return false
		}
	}
	return len(text) == 0
}

// writeFiles writes all files that change or none. It reports whether it did.
func (s *set) writeFiles(report function.Report, secretPath string) bool {
	changed := slices.DeleteFunc(slices.Clone(report.Files), func(f function.File) bool { return len(f.Changes) == 0 })
	var all []*replacement
	for _, f := range changed {
		all = append(all, &replacement{name: f.Name, before: pieces{f.Before}, after: f.Pieces(), isSecret: hasSecret(f)})
	}
	if len(report.Added) > 0 {
		if secretPath == "" {
			s.say("error: there is no file for the Secret: set secret.path")
			return false
		}
		all = append(all, &replacement{name: secretPath, after: pieces{report.Added}, isNew: true, isSecret: true})
	}
	j := s.guard.begin()
	defer j.end()
	if file, err := j.writeAll(all); err != nil {
		s.sayOf(file, fmt.Sprintf("error: %s: %s", file, problemOf(err)))
		return false
	}
	for _, r := range all {
		if r.isSecret && isOpenToOthers(r.mode) {
			s.sayOf(r.name, fmt.Sprintf("warning: %s: has a Secret in it, and others than its owner may read it: chmod 600", r.name))
		}
		if !s.quiet {
			s.sayOf(r.name, "wrote "+r.name)
		}
	}
	return true
}

// hasSecret reports whether a credential is put into the file.
func hasSecret(f function.File) bool {
	for _, c := range f.Changes {
		if c.Secret {
			return true
		}
	}
	return false
}

// writeAll writes all files or none. Each is replaced at once, by a file beside it
// that takes its name, so that who reads it finds the old or the new one. The error
// comes with the file that it is about, and says what became of the others.
func (j *journal) writeAll(all []*replacement) (file string, err error) {
	for _, r := range all {
		if err := r.prepare(j); err != nil {
			return r.name, fmt.Errorf("%s: nothing was written", problemOf(err))
		}
	}
	j.mu.Lock() // a signal waits until all are done
	defer j.mu.Unlock()
	for i, r := range all {
		err := r.commit(j)
		if err == nil {
			continue
		}
		note := "nothing was written"
		for _, done := range all[:i] {
			if undoErr := done.undo(j); undoErr != nil {
				note = fmt.Sprintf("%s stays changed, for it could not be put back: %s", done.name, problemOf(undoErr))
			}
		}
		return r.name, fmt.Errorf("%s: %s", problemOf(err), note)
	}
	j.keep()
	for _, r := range all {
		syncFolder(filepath.Dir(r.target))
	}
	return "", nil
}

// prepare writes what is to be in a file to one beside it. Of a symbolic link it is
// the file that it leads to.
func (r *replacement) prepare(j *journal) (err error) {
	r.target, r.mode = r.name, newFileMode
	if r.isNew {
		if err := j.makeFolder(filepath.Dir(r.name)); err != nil {
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
		f, err := os.OpenFile(r.target, os.O_WRONLY, 0) // one that must not be written is not replaced
		if err != nil {
			return err
		}
		f.Close()
	}
	f, err := j.create(filepath.Dir(r.target))
	if err != nil {
		return err
	}
	r.temporary = f.Name()
	return fill(f, r.after)
}

// fill writes pieces to a new file, down to the disk, and closes it.
func fill(f *os.File, p pieces) error {
	w := bufio.NewWriter(f)
	for _, piece := range p {
		_, _ = w.Write(piece) // Flush says what went wrong
	}
	err := w.Flush()
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// commit has the temporary file take the name of the target, if that is still what
// was read. The temporary file is for its owner alone up to then.
func (r *replacement) commit(j *journal) error {
	if err := r.unchanged(); err != nil {
		return err
	}
	if err := os.Chmod(r.temporary, r.mode); err != nil {
		return err
	}
	if err := os.Rename(r.temporary, r.target); err != nil {
		return err
	}
	delete(j.temporary, r.temporary)
	return nil
}

// unchanged returns an error if the target is not what was read, or not new.
func (r *replacement) unchanged() error {
	if r.isNew {
		if exists(r.target) {
			return wire.ErrChanged
		}
		return nil
	}
	return r.holds(r.before)
}

// holds returns an error if the target has something else in it.
func (r *replacement) holds(p pieces) error {
	now, err := readPath(r.target)
	if err != nil {
		return err
	}
	if !p.is(now) {
		return wire.ErrChanged
	}
	return nil
}

// undo gives the target back what was in it, if nobody changed it since.
func (r *replacement) undo(j *journal) error {
	if err := r.holds(r.after); err != nil {
		return err
	}
	if r.isNew {
		return os.Remove(r.target)
	}
	f, err := j.createLocked(filepath.Dir(r.target))
	if err != nil {
		return err
	}
	r.temporary, r.before, r.after = f.Name(), r.after, r.before
	if err := fill(f, r.after); err != nil {
		return err
	}
	return r.commit(j)
}

// syncFolder has the names in a folder written to the disk, where the system can.
func syncFolder(path string) {
	if f, err := os.Open(path); err == nil {
		_ = f.Sync()
		f.Close()
	}
}
