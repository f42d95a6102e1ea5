// SPDX-License-Identifier: Apache-2.0

package function

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// section returns what stands in the README between two of its lines.
func section(t *testing.T, from, to string) string {
	t.Helper()
	b, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	_, rest, ok := strings.Cut(string(b), from)
	require.True(t, ok, from)
	text, _, ok := strings.Cut(rest, to)
	require.True(t, ok, to)
	return text
}

// firstColumn returns the words in backquotes in the first column of a table.
func firstColumn(table string) (words []string) {
	for line := range strings.Lines(table) {
		if cells := strings.Split(line, "|"); len(cells) > 2 {
			for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[1], -1) {
				words = append(words, m[1])
			}
		}
	}
	return words
}

func TestTheREADMEHasAllFields(t *testing.T) {
	require.ElementsMatch(t, append(fieldPaths(), "secret"), firstColumn(section(t, "## Configuration", "`targets` is a string")))
}

func TestTheREADMEHasAllPresets(t *testing.T) {
	want := []string{"Kind/name", "group", "version", "kind", "name", "namespace", "labelSelector"}
	for _, p := range presets {
		want = append(want, p.name)
	}
	require.ElementsMatch(t, want, firstColumn(section(t, "| entry |", "## What it promises")))
}

func TestTheREADMEHasAllChecks(t *testing.T) {
	want := []string{
		checkConfig, checkReference, checkSecret, checkMissingTarget, checkServerUnusable, checkServiceAccount, checkPlaintext, "encoding",
	}
	require.ElementsMatch(t, want, firstColumn(section(t, "| id |", "## Develop")))
}

func TestTheREADMEShowsWhatTheExamplesDo(t *testing.T) {
	read := func(path ...string) string {
		b, err := os.ReadFile(filepath.Join(append([]string{"..", "examples"}, path...)...))
		require.NoError(t, err)
		return string(b)
	}
	shown := section(t, "```diff\n", "```")
	require.Contains(t, read("kpt-eval", ".expected", "diff.patch"), shown)
	config := section(t, "# calico-pull-secrets.yaml\n", "```")
	require.Equal(t, read("kustomize-transformer", "calico-pull-secrets.yaml"), config)
	require.Contains(t, read("kustomize-transformer", "kustomization.yaml"), section(t, "--enable-exec .\n", "```"))
	require.Contains(t, read("kpt-render", "Kptfile"), section(t, "--allow-exec\n", "```"))
	require.Contains(t, read("kpt-eval", ".expected", "exec.sh"), "kpt fn eval . --exec calico-pull-secrets --results-dir ../results -- secretName=regcred")
	message := section(t, "```\ncalico-pull-secrets: error: ", "\n```")
	require.Contains(t, read("kpt-eval-missing", ".expected", "results.yaml"), message)
}
