// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/cli"
	"example.com/calico-pull-secrets/testdata/pictures"
)

// TestPictures draws the pictures of the documentation once more and compares: the
// terminal from a run of the program, the chart from the table of speed. With -update it
// writes them; `make pictures` does that.
func TestPictures(t *testing.T) {
	groups := speed(t)
	lines := session(t)
	for _, theme := range pictures.Themes {
		for name, want := range map[string]string{
			"session": theme.Session("A terminal: the check fails, the diff shows two lines, they are written, and the check passes", lines),
			"speed":   theme.Chart("CPU time of calico-pull-secrets and of other programs, as in the table", groups),
		} {
			name = filepath.Join("docs", "pictures", name+"-"+theme.Name+".svg")
			if *update {
				require.NoError(t, os.WriteFile(name, []byte(want), 0o644))
			}
			got, err := os.ReadFile(name)
			require.NoError(t, err)
			require.Equal(t, want, string(got), "make pictures writes %s", name)
		}
	}
}

// session runs the program on the example, as the picture shows it.
func session(t *testing.T) []string {
	t.Helper()
	manifest, err := os.ReadFile(filepath.Join("examples", "manifests", "calico.yaml"))
	require.NoError(t, err)
	home, err := os.Getwd()
	require.NoError(t, err)
	require.NoError(t, os.Chdir(t.TempDir()))
	defer func() { require.NoError(t, os.Chdir(home)) }()
	require.NoError(t, os.WriteFile("calico.yaml", manifest, 0o644))
	run := func(arguments []string, terminal io.Writer) int {
		return cli.Program{Version: version, Metadata: metadata}.Run(arguments, strings.NewReader(""), terminal, terminal)
	}
	lines := pictures.Record("calico-pull-secrets", run,
		"--quiet --check calico.yaml", "--quiet --diff calico.yaml", "--quiet --write calico.yaml", "--quiet --check calico.yaml")
	text := strings.Join(lines, "\n")
	for _, shown := range []string{"does not reference Secret", "\n+        - name: regcred\n", "\n$ echo $?\n0"} {
		require.Contains(t, text, shown)
	}
	return lines
}

// speed returns the table of the page on speed.
func speed(t *testing.T) []pictures.Group {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("docs", "speed.md"))
	require.NoError(t, err)
	groups, err := pictures.ParseTable(string(page))
	require.NoError(t, err)
	require.Greater(t, len(groups), 3)
	return groups
}

// TestTheREADMEHasTheSpeedOfTheTable compares the sentence of the README with the table,
// rounded down. With -update it writes the numbers.
func TestTheREADMEHasTheSpeedOfTheTable(t *testing.T) {
	const sdk = "the same function through fn.Run"
	groups := speed(t)
	one, err := pictures.Ratio(groups, "v3.32.1", sdk)
	require.NoError(t, err)
	sixty, err := pictures.Ratio(groups, "60 copies", sdk)
	require.NoError(t, err)
	sentence := regexp.MustCompile(`takes \d+ times less CPU than(\s+)the same function through the SDK's ` + "`fn.Run`" + `, and \d+ times less on sixty copies`)
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	want := fmt.Sprintf("takes %d times less CPU than${1}the same function through the SDK's `fn.Run`, and %d times less on sixty copies", int(one), int(sixty))
	require.Regexp(t, sentence, string(readme))
	corrected := sentence.ReplaceAllString(string(readme), want)
	if *update {
		require.NoError(t, os.WriteFile("README.md", []byte(corrected), 0o644))
		return
	}
	require.Equal(t, corrected, string(readme), "make pictures writes the numbers")
}
