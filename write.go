// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// newFileMode is that of a file which has the Secret in it.
const newFileMode fs.FileMode = 0o600

// writeAll writes all files or none. Each is replaced at once, by a file beside it
// that takes its name, so that who reads it finds the old or the new one.
func (t *fileTool) writeAll(edits []edit) int {
	var ready []replacement
	discard := func() {
		for _, r := range ready {
			_ = os.Remove(r.temporary)
		}
	}
	for _, e := range edits {
		r, err := prepare(e)
		if err != nil {
			discard()
			t.say(fmt.Sprintf("error: %s: %s: nothing was written", e.name, problemOf(err)))
			return exitFailed
		}
		ready = append(ready, r)
	}
	for i, r := range ready {
		err := os.Rename(r.temporary, r.target)
		if err == nil {
			continue
		}
		discard()
		t.say(fmt.Sprintf("error: %s: %s", r.target, problemOf(err)))
		for _, done := range ready[:i] { // as they were
			if err := done.undo(); err != nil {
				t.say(fmt.Sprintf("error: %s: %s: it stays changed", done.target, problemOf(err)))
			}
		}
		return exitFailed
	}
	if !t.quiet {
		for _, e := range edits {
			t.say("wrote " + e.name)
		}
	}
	return exitOK
}

// A replacement is a file that is ready to take the place of another.
type replacement struct {
	edit
	temporary, target string
	mode              fs.FileMode
}

// prepare writes what is to be in a file to one beside it, with its mode. Of a
// symbolic link it is the file that it leads to.
func prepare(e edit) (r replacement, err error) {
	r = replacement{edit: e, target: e.name, mode: newFileMode}
	if e.isNew {
		if err := os.MkdirAll(filepath.Dir(e.name), 0o755); err != nil {
			return r, err
		}
	} else {
		if r.target, err = filepath.EvalSymlinks(e.name); err != nil {
			return r, err
		}
		info, err := os.Stat(r.target)
		if err != nil {
			return r, err
		}
		r.mode = info.Mode().Perm()
		f, err := os.OpenFile(r.target, os.O_WRONLY, 0) // one that must not be written is not replaced
		if err != nil {
			return r, err
		}
		f.Close()
	}
	return r, r.fill(e.after)
}

// fill writes content to a temporary file in the folder of the target.
func (r *replacement) fill(content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(r.target), "."+filepath.Base(r.target)+".*.tmp")
	if err != nil {
		return err
	}
	r.temporary = f.Name()
	_, err = f.Write(content)
	for _, step := range []func() error{func() error { return f.Chmod(r.mode) }, f.Sync} {
		if err == nil {
			err = step()
		}
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		_ = os.Remove(r.temporary)
	}
	return err
}

// undo gives the target back what was in it.
func (r *replacement) undo() error {
	if r.isNew {
		return os.Remove(r.target)
	}
	if err := r.fill(r.before); err != nil {
		return err
	}
	return os.Rename(r.temporary, r.target)
}
