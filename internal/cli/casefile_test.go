// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
)

// casesFolder has a folder of cases for each subject.
var casesFolder = filepath.Join("..", "..", "testdata", "cases")

// caseFiles returns the paths of all cases.
func caseFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(casesFolder, "*", "*.txtar"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	return files
}

// TestTheIndexOfCases compares the table of testdata/cases/README.md with the folders. It also
// checks the first line of each case.
func TestTheIndexOfCases(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(casesFolder, "README.md"))
	require.NoError(t, err)
	var listed, folders []string
	for _, m := range regexp.MustCompile(`(?m)^\| \[(.+)\]\((.+)\) \| \S.+ \|$`).FindAllStringSubmatch(string(page), -1) {
		require.Equal(t, m[1], m[2])
		listed = append(listed, m[1])
	}
	for _, file := range caseFiles(t) {
		folders = append(folders, filepath.Base(filepath.Dir(file)))
		archive, err := txtar.ParseFile(file)
		require.NoError(t, err)
		require.Regexp(t, `^Given [^\n]+: [^\n]+\.\n$`, string(archive.Comment), file)
	}
	for _, folder := range slices.Compact(folders) {
		if !slices.Contains(listed, folder) {
			t.Errorf("testdata/cases/README.md: add a row for the folder %s", folder)
		}
	}
	for _, folder := range listed {
		if !slices.Contains(folders, folder) {
			t.Errorf("testdata/cases/README.md: take the row of %s out: the folder has no case", folder)
		}
	}

	for pattern, count := range map[string]int{"*": len(listed) + 1, "*/*": len(caseFiles(t))} {
		found, err := filepath.Glob(filepath.Join(casesFolder, filepath.FromSlash(pattern)))
		require.NoError(t, err)
		require.Len(t, found, count, "a file that is no case, or where no case runs: %s", pattern)
	}
}

// made are the sections that a run produces.
var made = []string{"exit", "stderr", "stdout", "diff"}

// A caseRun is one command of a case, and its expected output.
type caseRun struct {
	section txtar.File
	title   string // the comment above the command, unique among the runs of a case
	args    []string
	piped   []string // the files on stdin
	want    []txtar.File
}

// readCase returns the files of a case and its runs. It fails the test for a section that is
// neither, occurs twice, or is in no command: otherwise nobody would notice it.
func readCase(t *testing.T, archive *txtar.Archive) (files []txtar.File, runs []caseRun) {
	t.Helper()
	var names []string
	for _, f := range archive.Files {
		switch {
		case f.Name == "run":
			runs = append(runs, caseRun{section: f})
		case slices.Contains(made, f.Name):
			require.NotEmpty(t, runs, "section %s is before the first run", f.Name)
			runs[len(runs)-1].want = append(runs[len(runs)-1].want, f)
		case filepath.Ext(f.Name) != "" || strings.Contains(f.Name, "/"):
			require.Empty(t, runs, "file %s is behind a run", f.Name)
			require.NotContains(t, names, f.Name, "a file stands twice")
			files, names = append(files, f), append(names, f.Name)
		default:
			require.Fail(t, "no section has this name", "%q", f.Name)
		}
	}
	require.NotEmpty(t, runs, "no run")
	var titles []string
	named := ""
	for i := range runs {
		runs[i].readCommand(t)
		require.NotContains(t, titles, runs[i].title, "two runs have one title")
		titles = append(titles, runs[i].title)
		named += strings.Join(slices.Concat(runs[i].args, runs[i].piped), "\n") + "\n"
	}
	for _, name := range names {
		first, _, _ := strings.Cut(name, "/")
		require.True(t, strings.Contains(named, first) || strings.Contains(named, "\n.\n"), "no command names %s", name)
	}
	return files, runs
}

// word matches a word of a command: without a space, or in single quotes.
var word = regexp.MustCompile(`'[^']*'|[^\s']+`)

// readCommand reads the section of a run: a comment, and a command in shell words:
//
// \t[cat FILE... |] calico-pull-secrets ARGUMENT... [< FILE]
//
// Files on stdin are not on disk.
func (r *caseRun) readCommand(t *testing.T) {
	t.Helper()
	command := string(r.section.Data)
	if strings.HasPrefix(command, "# ") {
		r.title, command, _ = strings.Cut(command[2:], "\n")
	}
	words := word.FindAllString(strings.ReplaceAll(command, "\\\n", " "), -1)
	require.NotEmpty(t, words, "no command")
	if pipe := slices.Index(words, "|"); words[0] == "cat" && pipe > 0 {
		r.piped, words = words[1:pipe], words[pipe+1:]
	}
	require.NotEmpty(t, words, "no command behind cat")
	require.Equal(t, "calico-pull-secrets", words[0])
	words = words[1:]
	if n := len(words); n > 1 && words[n-2] == "<" {
		r.piped, words = append(r.piped, words[n-1]), words[:n-2]
	}
	for _, w := range words {
		r.args = append(r.args, strings.Trim(w, "'"))
	}
}

// hasFlags reports whether the command begins with a flag, so that it reads files.
func (r caseRun) hasFlags() bool { return len(r.args) > 0 && strings.HasPrefix(r.args[0], "--") }
