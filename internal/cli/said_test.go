// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"example.com/calico-pull-secrets/internal/finding"
)

// outputsOfCases calls f with the name of each case and each of its outputs.
func outputsOfCases(t *testing.T, f func(name, output string)) {
	t.Helper()
	for _, file := range caseFiles(t) {
		archive, err := txtar.ParseFile(file)
		require.NoError(t, err)
		_, runs := readCase(t, archive)
		for _, run := range runs {
			for _, section := range run.want {
				f(file, string(section.Data))
			}
		}
	}
}

// TestHintsAreShort checks the hints on stderr, in JSON, and in results.
func TestHintsAreShort(t *testing.T) {
	hint := regexp.MustCompile(`(?m)(?:hint: |"hint": ")((?:[^"\\\n]|\\.|")*?)(?:",?$|$)`)
	seen := 0
	outputsOfCases(t, func(name, output string) {
		for _, m := range hint.FindAllStringSubmatch(output, -1) {
			seen++
			require.LessOrEqual(t, len(m[1]), finding.LongestHint, "%s: %s", name, m[1])
		}
	})
	require.Greater(t, seen, 300)
}

// TestEachIDInTheOutputIsExplained checks the ids that any format shows.
func TestEachIDInTheOutputIsExplained(t *testing.T) {
	id := regexp.MustCompile(`(?m)"(?:check|ruleId)": "([^"]+)"|^ +check: (\S+)$|pull-secrets explain ([a-z-]+)|<failure [^>]*type="([^"]+)"`)
	seen, explained := map[string]bool{}, map[string]bool{}
	outputsOfCases(t, func(name, output string) {
		for _, m := range id.FindAllStringSubmatch(output, -1) {
			id := strings.Join(m[1:], "")
			if seen[id] = true; explained[id] || id == "lists" { // explain lists all checks
				continue
			}
			var out, messages bytes.Buffer
			require.Equal(t, exitOK, testProgram.Run([]string{"explain", id}, nil, &out, &messages), "%s: explain %s: %s", name, id, messages.String())
			explained[id] = true
		}
	})
	require.Greater(t, len(seen), 12)
}
