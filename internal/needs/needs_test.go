// SPDX-License-Identifier: Apache-2.0

package needs

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A recorder is a test that notes how it ended.
type recorder struct {
	testing.TB
	said []string
}

func (*recorder) Helper()                  {}
func (r *recorder) Attr(key, value string) { r.said = append(r.said, key+": "+value) }
func (r *recorder) Skipf(format string, a ...any) {
	r.said = append(r.said, "skip: "+fmt.Sprintf(format, a...))
}
func (r *recorder) Fatalf(format string, a ...any) {
	r.said = append(r.said, "fail: "+fmt.Sprintf(format, a...))
}

func TestWhatIsMissingIsSkippedAndNamed(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv("CALICO_MANIFESTS", t.TempDir())
	for what, ask := range map[string]func(t testing.TB){
		"no-such-program": func(t testing.TB) { Command(t, "no-such-program", "--version") },
		"Calico's manifests: set CALICO_MANIFESTS to a folder with v3.28.0/calico.yaml and so on": func(t testing.TB) { Manifests(t) },
		"kpt": func(t testing.TB) {
			was := found["kpt"]
			delete(found, "kpt")
			defer func() { found["kpt"] = was }()
			Program(t, "kpt")
		},
	} {
		for ci, said := range map[string][]string{
			"":     {"needs: " + what, "skip: needs " + what},
			"true": {"fail: needs " + what, "needs: " + what, "skip: needs " + what}, // a real test ends after the first
		} {
			t.Setenv("CI", ci)
			var r recorder
			ask(&r)
			if what == "kpt" {
				said = append([]string{"asks: kpt"}, said...)
			}
			require.Equal(t, said, r.said)
		}
	}
}

func TestProgramsOnPath(t *testing.T) {
	theirs, ours := t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(theirs, "kpt"), []byte("#!/bin/sh\necho real\n"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(ours, "kpt"), []byte("#!/bin/sh\necho fake\n"), 0o755))
	was := found["kpt"]
	t.Cleanup(func() { found["kpt"] = was })
	found["kpt"] = filepath.Join(theirs, "kpt")
	t.Setenv("PATH", ours+string(os.PathListSeparator)+os.Getenv("PATH"))
	run := func() string {
		out, err := Command(t, "sh", "-c", "kpt").Output()
		require.NoError(t, err)
		return string(out)
	}
	require.Equal(t, "fake\n", run())
	OnPath(t, "kpt")
	require.Equal(t, "real\n", run())
	before := os.Getenv("PATH")
	OnPath(t, "kpt")
	require.Equal(t, before, os.Getenv("PATH"))
}

// TestNoTestStartsAProgramItself reads all tests of all modules, except testdata/node.
func TestNoTestStartsAProgramItself(t *testing.T) {
	starts := regexp.MustCompile(`exec\.(Command|CommandContext|LookPath)\(|os\.StartProcess\(|syscall\.(Exec|ForkExec)\(`)
	const root = "../.."
	files := 0
	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		switch name, _ := filepath.Rel(root, path); {
		case d.IsDir() && (name == "testdata/node" || name == "bin" || name == "dist" || name == ".git"):
			return fs.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		files++
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		if path != filepath.Join(root, "internal/needs/needs_test.go") { // this file has the expression
			require.Empty(t, starts.FindString(string(text)), path)
		}
		return nil
	}))
	require.Greater(t, files, 60)
}
