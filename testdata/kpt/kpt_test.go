// SPDX-License-Identifier: Apache-2.0

// Package kpt runs the packages in examples and in this folder through kpt's own test harness, with
// the installed kpt. It is a separate module: the harness needs some 90 other modules, which take
// minutes to compile.
//
// With KPT_E2E_UPDATE_EXPECTED=true it writes the output into the packages, and compares it again.
package kpt

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

const updateVariable = "KPT_E2E_UPDATE_EXPECTED"

func TestMain(m *testing.M) { os.Exit(needs.Main(m, "../..")) }

func TestKptExamples(t *testing.T) { runFixtures(t, "../../examples") }

// TestKptPackages has packages for what only kpt can show, and no example does. A result
// distinguishes the second object of a file from the first. A new object gets its own file.
// Placeholders and encrypted values survive kpt's own reading and writing.
func TestKptPackages(t *testing.T) { runFixtures(t, ".") }

// runFixtures runs the fixtures in a folder with kpt's own harness.
func runFixtures(t *testing.T, folder string) {
	t.Helper()
	needs.OnPath(t, "kpt")
	root, err := filepath.Abs(folder)
	require.NoError(t, err)
	t.Setenv("DOCKERHUB_USERNAME", "example")
	t.Setenv("DOCKERHUB_TOKEN", "not-a-token")
	cases, err := runner.ScanTestCases(root)
	require.NoError(t, err)
	require.NotEmpty(t, *cases)
	for _, c := range *cases {
		if _, err := os.Stat(filepath.Join(c.Path, ".expected", "config.yaml")); err != nil {
			continue // an example for kustomize
		}
		t.Run(filepath.Base(c.Path), func(t *testing.T) {
			if strings.HasPrefix(filepath.Base(c.Path), "image-") {
				needs.WithImage(t)
			}
			if os.Getenv(updateVariable) == "true" {
				_ = os.Remove(filepath.Join(c.Path, ".expected", "diff.patch")) // otherwise an outdated one would stay
				run(t, c)
				t.Setenv(updateVariable, "")
			}
			run(t, c)
			requireNoCredential(t, c.Path)
		})
	}
}

// run runs a case. If it succeeds, it runs it again in the same place: the second run must not
// change anything.
func run(t *testing.T, c runner.TestCase) {
	t.Helper()
	r, err := runner.NewRunner(t, c, c.Config.TestType)
	require.NoError(t, err)
	require.NoError(t, r.Run())
}

// requireNoCredential fails if the expected output has the token of the examples outside of the
// data of the Secret. The harness has compared that output with the real one.
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
