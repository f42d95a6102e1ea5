// SPDX-License-Identifier: Apache-2.0

// Package docs compares the pages with the program.
package docs

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/cli"
)

var update = flag.Bool("update", false, "write the quotes in the README, for review")

// replaceInREADME compares the README's text that matches the expression with the wanted text. With
// -update it writes the wanted text.
func replaceInREADME(t *testing.T, expression, text string) {
	t.Helper()
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	found := regexp.MustCompile(expression).FindIndex(readme)
	require.NotNil(t, found, expression)
	if *update {
		require.NoError(t, os.WriteFile("../README.md", []byte(string(readme[:found[0]])+text+string(readme[found[1]:])), 0o644))
		return
	}
	require.Equal(t, text, string(readme[found[0]:found[1]]), "go test ./docs -run README -update writes it")
}

// TestTheREADMEHasASession types the commands of the first block of the README.
func TestTheREADMEHasASession(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	require.Contains(t, string(readme), "`cp examples/manifests/calico.yaml example.yaml`")
	manifest, err := os.ReadFile(filepath.Join("..", "examples", "manifests", "calico.yaml"))
	require.NoError(t, err)
	home, err := os.Getwd()
	require.NoError(t, err)
	require.NoError(t, os.Chdir(t.TempDir())) // not t.Chdir: the test reads the README later
	defer func() { require.NoError(t, os.Chdir(home)) }()
	require.NoError(t, os.WriteFile("example.yaml", manifest, 0o644))
	session := new(bytes.Buffer)
	for _, c := range []struct {
		arguments string
		code      int
	}{{"--quiet --check example.yaml", 1}, {"--quiet --diff example.yaml", 0}, {"--quiet --write example.yaml", 0}, {"--quiet --check example.yaml && echo fine", 0}} {
		session.WriteString("$ calico-pull-secrets " + c.arguments + "\n")
		arguments, _, last := strings.Cut(c.arguments, " && echo fine")
		program := cli.Program{}
		require.Equal(t, c.code, program.Run(strings.Fields(arguments), strings.NewReader(""), session, session))
		if last {
			session.WriteString("fine\n")
		}
	}
	require.NoError(t, os.Chdir(home))
	replaceInREADME(t, "(?s)```console\n.*?```", "```console\n"+session.String()+"```")
}

// TestTheREADMEHasTheSpeedOfTheTable compares a sentence of the README with the table of the page
// on speed, rounded down.
func TestTheREADMEHasTheSpeedOfTheTable(t *testing.T) {
	page, err := os.ReadFile("speed.md")
	require.NoError(t, err)
	ratio := func(task string) string {
		row := regexp.MustCompile(`(?s)\| \*\*` + task + `.*?\n\| the same function through fn\.Run \|[^|]*\| (\d+)\.`).FindSubmatch(page)
		require.NotNil(t, row, task)
		return string(row[1])
	}
	const one, sixty = " times as much CPU time as this one. For a file with sixty copies of the manifest, the other program needs ", " times as much as this one."
	replaceInREADME(t, `needs \d+`+one+`\d+`+sixty, "needs "+ratio("v3.32.1")+one+ratio("60 copies")+sixty)
}
