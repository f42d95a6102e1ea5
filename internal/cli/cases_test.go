// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"encoding/base64"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	udiff "github.com/aymanbagabas/go-udiff"
	"github.com/aymanbagabas/go-udiff/myers"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write the output into testdata/cases, for review")

// testProgram is the program that the tests run.
var testProgram = Program{Version: "test", Metadata: []byte("image: example\ndescription: text\n"), ChecksPage: checksPage()}

// password is in the environment and in the files of every case. The output may have it only in the
// data of a Secret.
const password = "hunter2-correct-horse"

// TestCases runs the cases of testdata/cases. A case is a txtar archive: a sentence, the input
// files, and one or more runs. A run is a section "run" with the command as you would type it,
// followed by its output: exit (the code), stderr, and more. Without flags that is the diff of
// stdin and stdout. With flags it is stdout, and the diff of the changed files. A run that succeeds
// runs again on its own output, and must not change it.
func TestCases(t *testing.T) {
	for _, file := range caseFiles(t) {
		name := filepath.Base(filepath.Dir(file)) + "/" + strings.TrimSuffix(filepath.Base(file), ".txtar")
		t.Run(name, func(t *testing.T) { testCase(t, file) })
	}
}

// testCase runs the commands of a case. With -update it writes their output into the file.
func testCase(t *testing.T, file string) {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	require.NoError(t, err)
	file, err = filepath.Abs(file) // the runs change the folder
	require.NoError(t, err)
	files, runs := readCase(t, archive)
	isGenerator := strings.HasPrefix(filepath.Base(file), "generator-") // kustomize gives it the configuration, never its output
	updated := slices.Clone(files)
	for _, r := range runs {
		got := r.want // -run may leave this run out
		test := func(t *testing.T) {
			got = runCase(t, files, r, !isGenerator)
			if !*update {
				requireSections(t, r.want, got)
			}
		}
		if len(runs) == 1 {
			test(t)
		} else {
			t.Run(r.title, test)
		}
		updated = append(append(updated, r.section), got...)
	}
	if *update && !t.Failed() {
		archive.Files = updated
		require.NoError(t, os.WriteFile(file, txtar.Format(archive), 0o644))
	}
}

// requireSections compares the sections of a run with those in the case, in both directions.
func requireSections(t *testing.T, want, got []txtar.File) {
	t.Helper()
	names := func(sections []txtar.File) (names []string) {
		for _, f := range sections {
			names = append(names, f.Name)
		}
		return names
	}
	require.Equal(t, names(want), names(got), "the sections of the run")
	for i, f := range got {
		require.Equal(t, string(want[i].Data), string(f.Data), f.Name)
	}
}

// enterCase makes a new working folder with the files of a case. It returns these files and the
// text on stdin.
func enterCase(t *testing.T, files []txtar.File, r caseRun) (onDisk []txtar.File, in []byte) {
	t.Helper()
	t.Setenv("REGISTRY_USER", "me")
	t.Setenv("REGISTRY_PASSWORD", password)
	t.Setenv("EMPTY_VARIABLE", "")
	t.Setenv("USER_WITH_COLON", "me:"+password)
	t.Setenv("TWO_LINES", password+"\nand more\n")
	t.Setenv("LATIN_1", password+"\xe9")
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("password", []byte(password+"\r\n"), 0o600))
	require.NoError(t, os.WriteFile("empty", nil, 0o600))
	require.NoError(t, os.WriteFile("huge", bytes.Repeat([]byte(password), 1<<16), 0o600))
	for _, f := range files {
		if !slices.Contains(r.piped, f.Name) {
			onDisk = append(onDisk, f)
			require.NoError(t, os.MkdirAll(filepath.Dir(f.Name), 0o755))
			require.NoError(t, os.WriteFile(f.Name, f.Data, 0o600))
		}
	}
	for _, name := range r.piped {
		i := slices.IndexFunc(files, func(f txtar.File) bool { return f.Name == name })
		require.GreaterOrEqual(t, i, 0, "no file %s", name)
		in = append(in, files[i].Data...)
	}
	return onDisk, in
}

// runCase runs a command in a new folder with the files, and returns its sections. With again it
// repeats a successful run on its own output.
func runCase(t *testing.T, files []txtar.File, r caseRun, again bool) []txtar.File {
	t.Helper()
	onDisk, in := enterCase(t, files, r)
	var stdout, stderr bytes.Buffer
	code := testProgram.Run(r.args, bytes.NewReader(in), &stdout, &stderr)
	first := stdout.String()
	changed := changedFiles(t, onDisk)
	requireNoPassword(t, string(in), first+changed, stderr.String())
	hasFlags := r.hasFlags()
	got := []txtar.File{
		{Name: "exit", Data: []byte(strconv.Itoa(code) + "\n")},
		{Name: "stderr", Data: stderr.Bytes()},
	}
	showsStdout := hasFlags || code != 0 && first == ""
	shown := changed
	if showsStdout {
		got = append(got, txtar.File{Name: "stdout", Data: []byte(first)})
	} else {
		shown = unified(t, string(in), first) + changed
	}
	if !showsStdout || shown != "" {
		got = append(got, txtar.File{Name: "diff", Data: []byte(shown)})
	}
	if code != 0 || !again {
		return got
	}
	stdout.Reset()
	if !hasFlags {
		in = []byte(first)
	}
	require.Equal(t, 0, testProgram.Run(r.args, bytes.NewReader(in), &stdout, &stderr))
	require.Equal(t, first, stdout.String(), "a second run says something else")
	require.Equal(t, changed, changedFiles(t, onDisk), "a second run changes something")
	return got
}

// changedFiles returns the diffs of a case's files that have changed.
func changedFiles(t *testing.T, files []txtar.File) (all string) {
	t.Helper()
	for _, f := range files {
		now, err := os.ReadFile(f.Name)
		require.NoError(t, err)
		if d := unified(t, string(f.Data), string(now)); d != "" {
			all += f.Name + "\n" + d
		}
	}
	return all
}

// unified returns the unified diff of stdin and stdout, empty if they are equal.
func unified(t *testing.T, in, out string) string {
	t.Helper()
	//lint:ignore SA1019 the other one of the package shows a list that is moved where a line is added
	edits := myers.ComputeEdits(in, out)
	text, err := udiff.ToUnified("stdin", "stdout", in, edits, udiff.DefaultContextLines)
	require.NoError(t, err)
	return text
}

// dataOfSecret matches the place where a credential belongs.
var dataOfSecret = regexp.MustCompile(`"?\.dockerconfigjson"?: "?[A-Za-z0-9+/=]*"?`)

// requireNoPassword fails if the password, its base64, or six consecutive characters of either are
// in the output. The data of a Secret may have them, and lines of the input.
func requireNoPassword(t *testing.T, in, stdout, stderr string) {
	t.Helper()
	seen := stderr
	for line := range strings.Lines(stdout) {
		if !strings.Contains(in, line) {
			seen += dataOfSecret.ReplaceAllString(line, "")
		}
	}
	for _, secret := range []string{
		password,
		base64.StdEncoding.EncodeToString([]byte(password)),
		base64.StdEncoding.EncodeToString([]byte("me:" + password)),
	} {
		for i := 0; i+6 <= len(secret); i++ {
			require.NotContains(t, seen, secret[i:i+6])
		}
	}
}
