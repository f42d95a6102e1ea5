// SPDX-License-Identifier: Apache-2.0

// Package diff shows the changes of a file as a unified diff for patch -p1 and git apply. It
// promises that a diff contains nothing of a Secret. Near a Secret it shows fewer lines around the
// changes, or no diff.
package diff

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	udiff "github.com/aymanbagabas/go-udiff"

	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/layout"
	"example.com/calico-pull-secrets/internal/report"
)

// Of returns the unified diff of a file, empty if no line changes. ok is false if every diff would
// show a part of a Secret. Near a Secret all changes have fewer lines around them, but at least
// one.
func Of(f function.File) (diff string, ok bool, err error) {
	if f.ChangesSecret {
		return "", false, nil
	}
	edits, err := editsOf(f.Before, f.Changes)
	if len(edits) == 0 || err != nil {
		return "", true, err
	}
	name, _ := RelativeName(f.Name)
	for around := udiff.DefaultContextLines; around > 0; around-- {
		if hunks, ok := hunksOf(f, edits, around); ok {
			return "--- " + headerName("a/"+name) + "\n+++ " + headerName("b/"+name) + "\n" + hunks, true, nil
		}
	}
	return "", false, nil
}

// editsOf returns the changes as edits of separate lines. It trims equal bytes at both ends. So the
// edits are small where the program wrote a whole object again.
func editsOf(before []byte, changes []function.Change) (edits []udiff.Edit, err error) {
	done := 0
	for i := 0; i < len(changes); {
		start, end := changes[i].Start, changes[i].Start
		var text strings.Builder
		for ; i < len(changes); i++ {
			c := changes[i]
			if c.Start < done || c.End < c.Start || c.End > len(before) {
				return nil, errors.New("the changes are not in order")
			}
			if bytes.IndexByte(before[end:c.Start], '\n') >= 0 {
				break
			}
			text.Write(before[end:c.Start])
			text.WriteString(c.Text)
			end, done = c.End, c.End
		}
		edit := udiff.Edit{Start: start, End: end, New: text.String()}
		for n := min(end-start, len(edit.New)); n > 0 && edit.New[0] == before[edit.Start]; n-- {
			edit.Start, edit.New = edit.Start+1, edit.New[1:]
		}
		for last := len(edit.New) - 1; last >= 0 && edit.End > edit.Start && edit.New[last] == before[edit.End-1]; last-- {
			edit.End, edit.New = edit.End-1, edit.New[:last]
		}
		for _, newline := range []string{"\r\n", "\n"} { // text after the end of a line belongs before the next line
			if text, ok := strings.CutPrefix(edit.New, newline); ok && edit.Start == edit.End && bytes.HasPrefix(before[edit.End:], []byte(newline)) {
				edit.Start, edit.End, edit.New = edit.Start+len(newline), edit.End+len(newline), text+newline
			}
		}
		if edit.Start < edit.End || edit.New != "" {
			edits = append(edits, edit)
		}
	}
	return edits, nil
}

// hunksOf returns the hunks of edits with this number of lines around each. ok is false if they
// would show text that the file hides.
//
// The library gets the text of one hunk at a time. So it can show only text that was checked here,
// and does not count all lines before each edit.
func hunksOf(f function.File, edits []udiff.Edit, around int) (hunks string, ok bool) {
	var out strings.Builder
	counted, lines, shift := 0, 0, 0 // the lines before, and how many more there are after the edits
	for i := 0; i < len(edits); {
		start, end := linesUp(f.Before, edits[i].Start, around), 0
		var own []udiff.Edit
		for ; i < len(edits) && (own == nil || linesUp(f.Before, edits[i].Start, around) <= end); i++ {
			e := edits[i]
			own = append(own, udiff.Edit{Start: e.Start - start, End: e.End - start, New: e.New})
			end = linesDown(f.Before, e, around)
		}
		if slices.ContainsFunc(f.Secrets, func(r function.Range) bool { return r.Start < end && start < r.End }) {
			return "", false
		}
		unified, err := udiff.ToUnified("", "", string(f.Before[start:end]), own, end-start)
		if err != nil {
			return "", false
		}
		body := strings.SplitN(unified, "\n", 4)[3] // after the names and the range
		count := map[byte]int{}
		for line := range strings.Lines(body) {
			count[line[0]]++
		}
		lines += bytes.Count(f.Before[counted:start], []byte{'\n'})
		counted = start
		before, after := count[' ']+count['-'], count[' ']+count['+']
		fmt.Fprintf(&out, "@@ -%s +%s @@\n%s", lineRange(lines, before), lineRange(lines+shift, after), body)
		shift += after - before
	}
	return out.String(), true
}

// linesUp returns the start of the line this number of lines above a place.
func linesUp(text []byte, at, lines int) int {
	at = bytes.LastIndexByte(text[:at], '\n') + 1
	for ; lines > 0 && at > 0; lines-- {
		at = bytes.LastIndexByte(text[:at-1], '\n') + 1
	}
	return at
}

// linesDown returns the end of the line this number of lines below an edit.
func linesDown(text []byte, e udiff.Edit, lines int) int {
	isStart := func(at int) bool { return at == 0 || text[at-1] == '\n' }
	if !isStart(e.End) || e.New == "" && !isStart(e.Start) || e.New != "" && !strings.HasSuffix(e.New, "\n") {
		lines++ // the rest of its last line
	}
	at := e.End
	for ; lines > 0 && at < len(text); lines-- {
		n := bytes.IndexByte(text[at:], '\n')
		if n < 0 {
			return len(text)
		}
		at += n + 1
	}
	return at
}

// lineRange returns the range of count lines after this number of lines. An empty range has the
// place of the line before it.
func lineRange(before, count int) string {
	switch count {
	case 0:
		return fmt.Sprintf("%d,0", before)
	case 1:
		return fmt.Sprint(before + 1)
	}
	return fmt.Sprintf("%d,%d", before+1, count)
}

// InColour returns a diff in the colours of git.
func InColour(diff string) string {
	var out strings.Builder
	n := 0
	for line := range strings.Lines(diff) {
		colour := map[byte]string{'@': report.Cyan, '-': report.Red, '+': report.Green}[line[0]]
		if n++; n <= 2 { // the names
			colour = report.Bold
		}
		if colour != "" {
			line = colour + strings.TrimSuffix(line, "\n") + report.Plain + "\n"
		}
		out.WriteString(line)
	}
	return out.String()
}

// RelativeName returns a file's name relative to the working folder, with slashes. For a file
// outside it returns the absolute path without the root: patch and git refuse names that lead out
// of their folder.
func RelativeName(name string) (relative string, inside bool) {
	name = filepath.Clean(name)
	if filepath.IsLocal(name) {
		return filepath.ToSlash(name), true
	}
	absolute, err := filepath.Abs(name)
	if err != nil {
		return strings.TrimLeft(filepath.ToSlash(name), "./"), false
	}
	if working, err := os.Getwd(); err == nil && layout.IsWithin(working, absolute) {
		if relative, err := filepath.Rel(working, absolute); err == nil {
			return filepath.ToSlash(relative), true
		}
	}
	absolute = strings.TrimPrefix(absolute, filepath.VolumeName(absolute))
	return strings.TrimLeft(filepath.ToSlash(absolute), "/"), false
}

// headerName returns a name as git writes it in the header of a diff. Characters other than
// printable ASCII are quoted as in C. A tab follows a name with a blank, so that patch finds its
// end.
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
