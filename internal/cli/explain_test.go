// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/report"
)

// checksPage returns docs/checks.md, which main.go embeds. It is empty if the test binary is the
// program, because that runs in another folder.
func checksPage() string {
	text, _ := os.ReadFile(filepath.Join("..", "..", "docs", "checks.md"))
	return string(text)
}

func TestEachCheckIsExplained(t *testing.T) {
	known := report.Explanations(testProgram.ChecksPage)
	for _, check := range finding.Checks() {
		var out, messages bytes.Buffer // not call: the password has an English word
		code := testProgram.Run([]string{"explain", check.ID}, nil, &out, &messages)
		stdout, stderr := out.String(), messages.String()
		require.Equal(t, exitOK, code, "docs/checks.md: a row for %s is missing: go test ./internal/finding -update writes it. %s", check.ID, stderr)
		require.True(t, strings.HasPrefix(stdout, check.ID+" ("), stdout)
		_, why, found := strings.Cut(stdout, "\nwhy\n")
		require.True(t, found && len(strings.Fields(why)) > 5, "docs/checks.md: write a section \"### %s\" that says why, below \"## Why\"", check.ID)
		require.NotContains(t, stdout, "](", "a link, which no terminal opens")
		require.NotContains(t, stdout, "\n#")
		for line := range strings.Lines(stdout) {
			isCode := strings.HasPrefix(line, "    ")
			require.True(t, isCode || len([]rune(line)) <= 82, line)
		}
	}
	require.Len(t, report.IDsOf(known), len(finding.Checks()), "docs/checks.md: rows")
}

func TestExplain(t *testing.T) {
	code, stdout, _ := call(t, "explain", "registry-mismatch")
	require.Equal(t, exitOK, code)
	require.True(t, strings.HasPrefix(stdout, "registry-mismatch (warning)\n  the Secret is for none of the images, so kubelet pulls them anonymously\n"), stdout)
	require.Contains(t, stdout, "\nwhat to do\n  set `secret.server`")

	_, stdout, _ = call(t, "explain", "registry-partial")
	require.Contains(t, stdout, "\n    spec:\n      targets: canal\n", "code stays as it is")

	_, stdout, _ = call(t, "explain", "service-account", "anonymous")
	require.Equal(t, 2, strings.Count(stdout, "service-account ("), "it says two things")
	require.Contains(t, stdout, "\n\nanonymous-pull (error)\n", "a verdict stands for its id")

	code, stdout, _ = call(t, "explain")
	require.Equal(t, exitOK, code)
	for _, check := range finding.Checks() {
		require.Contains(t, stdout, check.ID+" ")
	}

	for _, c := range []struct{ argument, want string }{
		{"registry-mismach", "explain: argument 1: no check has this id\ncalico-pull-secrets: hint: did you mean registry-mismatch?\n"},
		{password, "explain: argument 1: no check has this id\ncalico-pull-secrets: hint: explain without an id lists all\n"},
	} {
		code, stdout, stderr := call(t, "explain", c.argument)
		require.Equal(t, exitUsage, code)
		require.Empty(t, stdout)
		require.Equal(t, "calico-pull-secrets: "+c.want, stderr)
	}

	inFolder(t, map[string]string{"explain": changed})
	code, _, stderr := call(t, "./explain", "--check")
	require.Equal(t, exitOK, code, stderr)
}
