// SPDX-License-Identifier: Apache-2.0

package finding_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/finding"
)

// root is the folder of the project.
const root = "../.."

// TestTheREADMEHasAllChecks compares the table with what the program says of its
// checks: their order, ids, severities and meanings.
func TestTheREADMEHasAllChecks(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs/checks.md"))
	require.NoError(t, err)
	_, table, ok := strings.Cut(string(page), "| id |")
	require.True(t, ok)
	table, _, _ = strings.Cut(table, "\n\n")
	var rows [][]string
	for line := range strings.Lines(table) {
		if cells := strings.Split(line, " | "); strings.HasPrefix(line, "| `") && len(cells) >= 3 {
			rows = append(rows, []string{strings.Trim(cells[0], "| `"), cells[1], cells[2]})
		}
	}
	var want [][]string
	for _, c := range finding.Checks() {
		severity := string(c.Severity)
		switch c.ID {
		case finding.MissingTarget:
			severity = "by `onMissing`"
		case finding.ServiceAccount: // says two things
			want = append(want, []string{c.ID, "info", "the list has the entries of the pod's ServiceAccount, which it replaces"})
		}
		want = append(want, []string{c.ID, severity, c.About})
	}
	require.Equal(t, want, rows)
}

// TestEachCheckIsComplete looks for what belongs to a check: a row of the table for each
// constant, and a page that names it. Its case is looked for where cases are run.
func TestEachCheckIsComplete(t *testing.T) {
	source, err := os.ReadFile("checks.go")
	require.NoError(t, err)
	var ids []string
	for _, c := range finding.Checks() {
		ids = append(ids, c.ID)
		page, err := os.ReadFile(filepath.Join(root, c.Page))
		require.NoError(t, err)
		require.Contains(t, string(page), "`"+c.ID+"`", "%s lacks it", c.Page)
	}
	constants := regexp.MustCompile(`(?m)^\t\w+ += "([a-z-]+)"`).FindAllStringSubmatch(string(source), -1)
	require.Len(t, constants, len(ids), "internal/finding/checks.go: constants, and rows")
	for _, m := range constants {
		require.Contains(t, ids, m[1], "internal/finding/checks.go has no row for this id")
	}
}
