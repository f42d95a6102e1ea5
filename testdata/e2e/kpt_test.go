// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/needs"
)

// eachExample runs a test for each folder of the examples whose name matches a pattern. Examples
// that run an image need the image.
func eachExample(t *testing.T, pattern string, test func(t *testing.T, folder string)) {
	t.Helper()
	folders, err := filepath.Glob("../../examples/" + pattern)
	require.NoError(t, err)
	require.NotEmpty(t, folders)
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			if strings.HasPrefix(filepath.Base(folder), "image-") {
				needs.WithImage(t)
			}
			if strings.HasPrefix(filepath.Base(folder), "image-kustomize") {
				needs.OnPath(t, "docker")
			}
			test(t, folder)
		})
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
			command = after // the test has set these variables
		}
		want := 0
		if strings.Contains(read(t, folder, ".expected/config.yaml"), "exitCode: 1") {
			want = 1
		}
		_, stderr, code := runIn(t, dir, "sh", "-c", command)
		require.Equal(t, want, code, stderr)
		files, err := filepath.Glob(filepath.Join(folder, "*.yaml")) // the manifests and the settings
		require.NoError(t, err)
		changed := false
		for _, file := range files {
			changed = changed || read(t, folder, filepath.Base(file)) != read(t, filepath.Join(dir, name), filepath.Base(file))
		}
		require.Equal(t, want == 0, changed)
	})
}
