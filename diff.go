// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"github.com/aymanbagabas/go-udiff/myers"

	"calico-pull-secrets/function"
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

var (
	isSecret   = regexp.MustCompile(`kind["']?\s*:\s*["']?Secret`)
	secretData = regexp.MustCompile(`\b(data|stringData)["']?\s*:`)
)

// secretLines reports of each line of a stream whether it may show what is in a
// Secret: those from its data to the end of its document.
func secretLines(text []byte) []bool {
	var shows []bool
	for i, document := range strings.Split("\n"+string(text), "\n---") {
		within := false
		for j, line := range strings.Split(document, "\n") {
			if i == 0 && j == 0 {
				continue // what was put before the text
			}
			within = within || secretData.MatchString(line)
			shows = append(shows, within && isSecret.MatchString(document))
		}
	}
	return shows
}

// showsSecret reports whether a diff of the edit shows what is in a Secret, ours or
// one that happens to stand beside a change.
func (e edit) showsSecret(diff udiff.UnifiedDiff) bool {
	if e.isNew {
		return true
	}
	before, after := secretLines(e.before), secretLines(e.after)
	for _, hunk := range diff.Hunks {
		from, to := hunk.FromLine-1, hunk.ToLine-1
		for _, line := range hunk.Lines {
			if line.Kind != udiff.Insert {
				if before[from] {
					return true
				}
				from++
			}
			if line.Kind != udiff.Delete {
				if after[to] {
					return true
				}
				to++
			}
		}
	}
	return false
}

// show prints the names of files that would change, their diffs, or both.
func (t *fileTool) show(edits []edit) int {
	for _, e := range edits {
		if !t.diff {
			fmt.Fprintln(t.stdout, e.name)
			continue
		}
		diff, err := unified(e)
		if err != nil {
			t.say(fmt.Sprintf("error: %s: no diff can be made: %v", e.name, err))
			return exitFailed
		}
		if e.showsSecret(diff) {
			t.say(e.name + ": the diff is not shown, as it has a Secret in it")
			continue
		}
		text := diff.String()
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
func unified(e edit) (udiff.UnifiedDiff, error) {
	name := strings.TrimPrefix(filepath.ToSlash(filepath.Clean(e.name)), "/")
	before, after := string(e.before), string(e.after)
	return udiff.ToUnifiedDiff("a/"+name, "b/"+name, before, myers.ComputeEdits(before, after), udiff.DefaultContextLines)
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
