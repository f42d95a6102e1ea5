// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"calico-pull-secrets/function"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"github.com/aymanbagabas/go-udiff/myers"
)

// An edit is what is to become of a file.
type edit struct {
	name          string
	before, after []byte
	isNew         bool
}

// editsOf returns the files that change.
func editsOf(files []function.File, report function.FilesReport) []edit {
	var edits []edit
	for i, o := range report.Files {
		if o.Changed {
			edits = append(edits, edit{name: files[i].Name, before: files[i].Input, after: bytes.Join(o.Output, nil)})
		}
	}
	return edits
}

// hasSecret reports whether a text may show the content of a Secret.
func hasSecret(text string) bool {
	return strings.Contains(text, ".dockerconfigjson") || strings.Contains(text, ".dockercfg")
}

// show prints the names of files that would change, their diffs, or both.
func (t *fileTool) show(edits []edit) int {
	for _, e := range edits {
		if !t.diff {
			fmt.Fprintln(t.stdout, e.name)
			continue
		}
		text := unified(e)
		if e.isNew || hasSecret(text) {
			t.say(e.name + ": the diff is not shown, as it has the Secret in it")
			continue
		}
		if isTerminal(t.stdout) && os.Getenv("NO_COLOR") == "" {
			text = coloured(text)
		}
		fmt.Fprint(t.stdout, text)
	}
	if t.check && len(edits) > 0 {
		return exitFailed
	}
	return exitOK
}

// unified returns the diff of an edit, as git and patch -p1 take it.
func unified(e edit) string {
	name := strings.TrimPrefix(filepath.ToSlash(filepath.Clean(e.name)), "/")
	text, err := udiff.ToUnified("a/"+name, "b/"+name, string(e.before), myers.ComputeEdits(string(e.before), string(e.after)), udiff.DefaultContextLines)
	if err != nil { // it says so of edits that do not fit the text
		return ""
	}
	return text
}

// coloured returns a diff in the colours of git.
func coloured(diff string) string {
	var b strings.Builder
	for line := range strings.Lines(diff) {
		colour := ""
		switch {
		case strings.HasPrefix(line, "---"), strings.HasPrefix(line, "+++"):
			colour = "\x1b[1m"
		case strings.HasPrefix(line, "@@"):
			colour = "\x1b[36m"
		case strings.HasPrefix(line, "+"):
			colour = "\x1b[32m"
		case strings.HasPrefix(line, "-"):
			colour = "\x1b[31m"
		}
		text, end := strings.TrimSuffix(line, "\n"), ""
		if colour != "" {
			end = "\x1b[m"
		}
		b.WriteString(colour + text + end + "\n")
	}
	return b.String()
}

// isTerminal reports whether somebody looks at w, or types r.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && info.Mode()&os.ModeDevice != 0 && f.Name() != os.DevNull
}
