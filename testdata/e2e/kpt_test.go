// SPDX-License-Identifier: Apache-2.0

// Package e2e runs the examples through kpt's own test harness, with the kpt
// that is installed. It is a module of its own because the harness brings some
// 90 others along.
//
// With KPT_E2E_UPDATE_EXPECTED=true it writes what comes out into the examples,
// and compares it once more.
package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kptdev/kpt/pkg/test/runner"
	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/needs"
)

const (
	updateVariable = "KPT_E2E_UPDATE_EXPECTED"
	image          = "localhost/calico-pull-secrets:dev" // as `make image` names it
)

func TestKptExamples(t *testing.T) { runFixtures(t, "../../examples") }

// TestKptPackages has what only kpt and no example can show: that a result tells the second
// object of a file from the first, that a new object gets a file of its own, and that what is
// yet to be filled in or decrypted comes through kpt's own reading and writing.
func TestKptPackages(t *testing.T) { runFixtures(t, "../kpt") }

// runFixtures runs the fixtures in a folder with kpt's own harness.
func runFixtures(t *testing.T, folder string) {
	t.Helper()
	needs.OnPath(t, "kpt")
	root, err := filepath.Abs(folder)
	require.NoError(t, err)
	setCredential(t)
	cases, err := runner.ScanTestCases(root)
	require.NoError(t, err)
	require.NotEmpty(t, *cases)
	for _, c := range *cases {
		if _, err := os.Stat(filepath.Join(c.Path, ".expected", "config.yaml")); err != nil {
			continue // an example for kustomize
		}
		t.Run(filepath.Base(c.Path), func(t *testing.T) {
			if strings.HasPrefix(filepath.Base(c.Path), "image-") {
				needImage(t)
			}
			if os.Getenv(updateVariable) == "true" {
				_ = os.Remove(filepath.Join(c.Path, ".expected", "diff.patch")) // an outdated one would stay
				run(t, c)
				t.Setenv(updateVariable, "")
			}
			run(t, c)
			requireNoCredential(t, c.Path)
		})
	}
}

// run runs a case, twice in one place if it succeeds: the second run must not
// change anything.
func run(t *testing.T, c runner.TestCase) {
	t.Helper()
	r, err := runner.NewRunner(t, c, c.Config.TestType)
	require.NoError(t, err)
	require.NoError(t, r.Run())
}

// needImage ends a test if `make image` has not been run.
func needImage(t *testing.T) {
	t.Helper()
	needs.OnPath(t, containerTool())
	if err := needs.Command(t, containerTool(), "image", "inspect", image).Run(); err != nil {
		needs.Skip(t, "the image: make image")
	}
}

// eachExample runs a test for each folder of the examples whose name matches a pattern.
// Of those that run an image each needs it.
func eachExample(t *testing.T, pattern string, test func(t *testing.T, folder string)) {
	t.Helper()
	folders, err := filepath.Glob("../../examples/" + pattern)
	require.NoError(t, err)
	require.NotEmpty(t, folders)
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			if strings.HasPrefix(filepath.Base(folder), "image-") {
				needImage(t)
			}
			if strings.HasPrefix(filepath.Base(folder), "image-kustomize") {
				needs.OnPath(t, "docker")
			}
			test(t, folder)
		})
	}
}

// requireNoCredential fails if the token of the examples is anywhere in what was
// expected, and therefore seen, but in the data of the Secret.
func requireNoCredential(t *testing.T, example string) {
	t.Helper()
	for _, name := range []string{"results.yaml", "config.yaml", "diff.patch"} {
		b, err := os.ReadFile(filepath.Join(example, ".expected", name))
		if os.IsNotExist(err) {
			continue
		}
		require.NoError(t, err)
		for line := range bytes.Lines(b) {
			if bytes.Contains(line, []byte(".dockerconfigjson:")) {
				continue
			}
			for _, piece := range []string{"not-a-token", "bm90LWEtdG9rZW4", "ZXhhbXBsZTpub3QtYS10b2tlbg"} {
				require.NotContains(t, string(line), piece)
			}
		}
	}
}

// TestTheCommandsOfTheKptExamples runs the command in the README of each example on a copy.
func TestTheCommandsOfTheKptExamples(t *testing.T) {
	needs.OnPath(t, "kpt")
	setCredential(t)
	eachExample(t, "*kpt-*", func(t *testing.T, folder string) {
		name := filepath.Base(folder)
		dir := t.TempDir()
		require.NoError(t, os.CopyFS(filepath.Join(dir, name), os.DirFS(folder)))
		_, rest, _ := strings.Cut(read(t, folder, "README.md"), "```shell\n")
		command, _, ok := strings.Cut(rest, "```")
		require.True(t, ok)
		if line, after, _ := strings.Cut(command, "\n"); strings.HasPrefix(line, "export ") {
			command = after // the test has done so
		}
		want := 0
		if strings.Contains(read(t, folder, ".expected/config.yaml"), "exitCode: 1") {
			want = 1
		}
		_, stderr, code := runIn(t, dir, "sh", "-c", command)
		require.Equal(t, want, code, stderr)
		files, err := filepath.Glob(filepath.Join(folder, "c*.yaml")) // the manifests of Calico or Canal, and the settings
		require.NoError(t, err)
		changed := false
		for _, file := range files {
			changed = changed || read(t, folder, filepath.Base(file)) != read(t, filepath.Join(dir, name), filepath.Base(file))
		}
		require.Equal(t, want == 0, changed)
	})
}
