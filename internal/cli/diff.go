// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"example.com/calico-pull-secrets/function"
)

// showDiffs prints the changes of all files, as git apply and patch -p1 take them, and
// says of which file it does not, since that would show something of a Secret. It
// reports whether it could.
func (s *set) showDiffs(report function.Report, secretPath string) bool {
	outside := false
	var diffs [][]byte // all or none are printed
	for _, f := range report.Files {
		if len(f.Changes) == 0 {
			continue
		}
		diff, ok, err := diffOf(f, s.colours)
		if err != nil {
			s.sayOf(f.Name, fmt.Sprintf("error: %s: no diff can be made: %s", f.Name, problemOf(err)))
			return false
		}
		if !ok {
			s.sayHidden(f.Name)
			continue
		}
		_, inside := relativeName(f.Name)
		outside = outside || !inside
		diffs = append(diffs, diff)
	}
	for _, diff := range diffs {
		_, _ = s.out.Write(diff) // Flush says what went wrong
	}
	switch {
	case len(report.Added) == 0:
	case secretPath == "":
		s.say("warning: the Secret is new, and is not shown; it has no file: set secret.path")
	default:
		s.sayHidden(secretPath)
	}
	if outside && !s.quiet {
		s.say("the diff has files outside of this folder: apply it with patch -p1 -d /")
	}
	return true
}

func (s *set) sayHidden(name string) {
	s.sayOf(name, "warning: "+name+": the diff is not shown, as it has a Secret in it")
}

// diffOf returns the unified diff of a file, empty if no line changes. ok is false if
// it would show something of a Secret.
func diffOf(f function.File, colours bool) (diff []byte, ok bool, err error) {
	if hasSecret(f) {
		return nil, false, nil
	}
	hunks, ok, err := hunksOf(f)
	if !ok || err != nil || len(hunks) == 0 {
		return nil, ok, err
	}
	w := hunkWriter{out: &bytes.Buffer{}, before: f.Before, colours: colours}
	name, _ := relativeName(f.Name)
	w.line(bold, "--- "+headerName("a/"+name), nil)
	w.line(bold, "+++ "+headerName("b/"+name), nil)
	for _, h := range hunks {
		w.write(h)
	}
	return w.out.Bytes(), true, nil
}

// relativeName returns the name of a file as one in the working folder, with slashes,
// if it is there, and otherwise its absolute path without the root: neither patch nor
// git take a name that leads out of the folder they are in.
func relativeName(name string) (relative string, inside bool) {
	name = filepath.Clean(name)
	if filepath.IsLocal(name) {
		return filepath.ToSlash(name), true
	}
	absolute, err := filepath.Abs(name)
	if err != nil {
		return strings.TrimLeft(filepath.ToSlash(name), "./"), false
	}
	if working, err := os.Getwd(); err == nil && isWithin(working, absolute) {
		if relative, err := filepath.Rel(working, absolute); err == nil {
			return filepath.ToSlash(relative), true
		}
	}
	absolute = strings.TrimPrefix(absolute, filepath.VolumeName(absolute))
	return strings.TrimLeft(filepath.ToSlash(absolute), "/"), false
}

// headerName returns a name as git writes it in the header of a diff: quoted as in C
// if it has something in it that is not printable ASCII, and with a tab behind it if
// it has a blank, by which patch knows where it ends.
func headerName(name string) string {
	const escapes = "\a\b\t\n\v\f\r\"\\"
	const letters = `abtnvfr"\`
	var b strings.Builder
	quoted := false
	for i := range len(name) {
		switch at := strings.IndexByte(escapes, name[i]); {
		case at >= 0:
			quoted = true
			b.WriteByte('\\')
			b.WriteByte(letters[at])
		case name[i] < ' ' || name[i] > '~':
			quoted = true
			fmt.Fprintf(&b, `\%03o`, name[i])
		default:
			b.WriteByte(name[i])
		}
	}
	switch {
	case quoted:
		return `"` + b.String() + `"`
	case strings.Contains(name, " "):
		return name + "\t"
	}
	return name
}
