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

var update = flag.Bool("update", false, "write what the program does into testdata/cases, for review")

// testProgram is what the tests run.
var testProgram = Program{Version: "test", Metadata: []byte("image: example\ndescription: text\n")}

// password is in the environment and in the files of every case. It may come
// out in the data of a Secret and nowhere else.
const password = "hunter2-correct-horse"

// TestCases runs the program on testdata/cases. A case is a txtar archive: what
// it shows; args, an argument a line; in.yaml for stdin; any files, whose names have
// an extension; and what the program makes of it: stderr, exit (the code), and diff of
// stdin and stdout, or with flags stdout itself and the diff of files that --write
// changes. All of these that a run makes must be in the case, no others, and each once.
// A case that succeeds runs again on its own output, which must not change it.
func TestCases(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "cases", "*.txtar"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { runCase(t, file) })
	}
}

func runCase(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	require.NoError(t, err)
	file, err = filepath.Abs(file)
	require.NoError(t, err)
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

	section := map[string]string{}
	for _, f := range archive.Files {
		require.NotContains(t, section, f.Name, "a section stands twice")
		require.True(t, isInputFile(f.Name) || slices.Contains(slices.Concat(given, made), f.Name), "no section is called %q", f.Name)
		section[f.Name] = string(f.Data)
		if isInputFile(f.Name) {
			require.NoError(t, os.MkdirAll(filepath.Dir(f.Name), 0o755))
			require.NoError(t, os.WriteFile(f.Name, f.Data, 0o600))
		}
	}
	in := []byte(section["in.yaml"])
	arguments := strings.Split(strings.TrimSuffix(section["args"], "\n"), "\n")
	if section["args"] == "" {
		arguments = nil
	}
	var stdout, stderr bytes.Buffer
	code := testProgram.Run(arguments, bytes.NewReader(in), &stdout, &stderr)
	requireNoPassword(t, string(in), stdout.String(), stderr.String())

	got := []txtar.File{
		{Name: "exit", Data: []byte(strconv.Itoa(code) + "\n")},
		{Name: "stderr", Data: stderr.Bytes()},
		{Name: "diff", Data: []byte(diff(t, string(in), stdout.String()))},
	}
	hasFlags := len(arguments) > 0 && strings.HasPrefix(arguments[0], "--")
	switch {
	case hasFlags:
		got[2] = txtar.File{Name: "stdout", Data: stdout.Bytes()}
		if changed := changedFiles(t, archive); changed != "" {
			got = append(got, txtar.File{Name: "diff", Data: []byte(changed)})
		}
	case code != 0 && stdout.Len() == 0:
		got[2] = txtar.File{Name: "stdout"}
	}
	if *update {
		kept := archive.Files[:0]
		for _, f := range archive.Files {
			if !slices.Contains(made, f.Name) {
				kept = append(kept, f)
			}
		}
		archive.Files = append(kept, got...)
		require.NoError(t, os.WriteFile(file, txtar.Format(archive), 0o644))
	} else {
		for _, f := range got {
			want, there := section[f.Name]
			require.True(t, there, "no section %s", f.Name)
			require.Equal(t, want, string(f.Data), f.Name)
		}
		for _, name := range made {
			isGot := slices.ContainsFunc(got, func(f txtar.File) bool { return f.Name == name })
			require.True(t, isGot || !hasSection(archive, name), "the run made no section %s", name)
		}
	}
	if code != 0 {
		return
	}
	first := stdout.String()
	stdout.Reset()
	if strings.HasPrefix(filepath.Base(file), "generator-") { // which gets its configuration, and never its output
		return
	}
	if hasFlags {
		before := changedFiles(t, archive)
		require.Equal(t, 0, testProgram.Run(arguments, bytes.NewReader(in), &stdout, &stderr))
		require.Equal(t, first, stdout.String(), "a second run says something else")
		require.Equal(t, before, changedFiles(t, archive), "a second run changes something")
		return
	}
	require.Equal(t, 0, testProgram.Run(arguments, strings.NewReader(first), &stdout, &stderr))
	require.Equal(t, first, stdout.String(), "a second run changes something")
}

// The sections of a case that are no files: what goes in, and what a run makes.
var (
	given = []string{"args", "in.yaml"}
	made  = []string{"exit", "stderr", "stdout", "diff"}
)

// hasSection reports whether a case has a section of this name.
func hasSection(archive *txtar.Archive, name string) bool {
	return slices.ContainsFunc(archive.Files, func(f txtar.File) bool { return f.Name == name })
}

// isInputFile reports whether a section of a case is a file.
func isInputFile(section string) bool {
	return section != "in.yaml" && (filepath.Ext(section) != "" || strings.Contains(section, "/"))
}

// changedFiles returns the diffs of the files of a case that are not as they were.
func changedFiles(t *testing.T, archive *txtar.Archive) (all string) {
	t.Helper()
	for _, f := range archive.Files {
		if isInputFile(f.Name) {
			now, err := os.ReadFile(f.Name)
			require.NoError(t, err)
			if d := diff(t, string(f.Data), string(now)); d != "" {
				all += f.Name + "\n" + d
			}
		}
	}
	return all
}

// diff returns the unified diff of stdin and stdout, empty if they are the same.
func diff(t *testing.T, in, out string) string {
	t.Helper()
	//lint:ignore SA1019 the other one of the package shows a list that is moved where a line is added
	edits := myers.ComputeEdits(in, out)
	unified, err := udiff.ToUnified("stdin", "stdout", in, edits, udiff.DefaultContextLines)
	require.NoError(t, err)
	return unified
}

// dataOfSecret is where a credential belongs.
var dataOfSecret = regexp.MustCompile(`"?\.dockerconfigjson"?: "?[A-Za-z0-9+/=]*"?`)

// requireNoPassword fails if the password, its base64 or a piece of six
// characters of either is anywhere but in the data of a Secret, or in a line that
// was in the input already.
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
