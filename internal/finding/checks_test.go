// SPDX-License-Identifier: Apache-2.0

package finding_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/finding"
)

// root is the folder of the project.
const root = "../.."

var update = flag.Bool("update", false, "write the rows of docs/checks.md, for review")

// TestTheREADMEHasAllChecks compares the table of docs/checks.md with checks.go: order, ids,
// severities and meanings. With -update it writes these columns. The last column says what to do;
// people write it, and -update keeps it.
func TestTheREADMEHasAllChecks(t *testing.T) {
	file := filepath.Join(root, "docs", "checks.md")
	page, err := os.ReadFile(file)
	require.NoError(t, err)
	const head = "| --- | --- | --- | --- |\n"
	before, rest, ok := strings.Cut(string(page), head)
	require.True(t, ok)
	table, after, ok := strings.Cut(rest, "\n\n")
	require.True(t, ok)
	todo := map[string]string{} // keyed by the start of a row: id and severity
	for row := range strings.Lines(table + "\n") {
		cells := strings.SplitN(row, " | ", 4)
		require.Len(t, cells, 4, row)
		todo[cells[0]+" | "+cells[1]] = cells[3]
	}
	want := ""
	add := func(id, severity, about string) {
		start := "| `" + id + "` | " + severity
		if todo[start] == "" {
			todo[start] = "|\n"
		}
		want += start + " | " + about + " | " + todo[start]
	}
	for _, c := range finding.Checks() {
		severity := string(c.Severity)
		switch c.ID {
		case finding.MissingTarget:
			severity = "by `onMissing`"
		case finding.ServiceAccount: // it has two meanings
			add(c.ID, "info", "imagePullSecrets of the object also has the entries of the pod's ServiceAccount, because the pod does not get them otherwise")
		}
		add(c.ID, severity, c.About)
	}
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(before+head+want+"\n"+after), 0o644))
		return
	}
	rows := strings.Split(table+"\n", "\n")
	for i, row := range strings.Split(want, "\n") {
		if i >= len(rows) || rows[i] != row {
			require.FailNow(t, "docs/checks.md: the table is not that of internal/finding/checks.go", "write it with: go test ./internal/finding -update\nthe first row that differs is: %s", row)
		}
	}
	require.Equal(t, want, table+"\n")
}

// TestEachCheckIsComplete wants, for each check, a row in the table, a constant, and a page that
// names the check. The runner of the cases looks for its case.
func TestEachCheckIsComplete(t *testing.T) {
	source, err := os.ReadFile("checks.go")
	require.NoError(t, err)
	var ids []string
	for _, c := range finding.Checks() {
		ids = append(ids, c.ID)
		page, err := os.ReadFile(filepath.Join(root, c.Page))
		require.NoError(t, err)
		if !strings.Contains(string(page), "`"+c.ID+"`") {
			t.Errorf("%s: name `%s` there, or give its row in internal/finding/checks.go another page", c.Page, c.ID)
		}
	}
	constants := regexp.MustCompile(`(?m)^\t\w+ += "([a-z-]+)"`).FindAllStringSubmatch(string(source), -1)
	var named []string
	for _, m := range constants {
		named = append(named, m[1])
		if !slices.Contains(ids, m[1]) {
			t.Errorf("internal/finding/checks.go: add a row to the table for the constant %q", m[1])
		}
	}
	for _, id := range ids {
		if !slices.Contains(named, id) {
			t.Errorf("internal/finding/checks.go: add a constant for the row %q", id)
		}
	}
}
