// SPDX-License-Identifier: Apache-2.0

package function_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTheInstallationsThatTheREADMELinksTo runs every row of the table that says
// what to set for which installation, on Calico's manifests of each version, or
// on those in testdata/shapes.
func TestTheInstallationsThatTheREADMELinksTo(t *testing.T) {
	t.Setenv("REGISTRY_USER", "me")
	t.Setenv("REGISTRY_PASSWORD", "it's a secret")
	page, err := os.ReadFile("../docs/installations.md")
	require.NoError(t, err)
	_, table, ok := strings.Cut(string(page), "| installed from |")
	require.True(t, ok)
	table, _, _ = strings.Cut(table, "\n\n")
	rows := strings.Split(table, "\n")[2:]
	require.Greater(t, len(rows), 10)
	quoted := regexp.MustCompile("`([^`]+)`")
	cell := func(row string, n int) (words []string) {
		for _, m := range quoted.FindAllStringSubmatch(strings.Split(row, "|")[n], -1) {
			words = append(words, m[1])
		}
		return words
	}
	for _, row := range rows {
		file, settings := cell(row, 1)[0], cell(row, 2)
		for version, manifest := range shapes(t, file) {
			t.Run(strings.Join(append([]string{version}, settings...), " "), func(t *testing.T) {
				require.ElementsMatch(t, cell(row, 3), references(t, filter(t, manifest, arguments(t, settings...))))
				settings := append(slices.Clone(settings), "secret.usernameEnv=REGISTRY_USER", "secret.passwordEnv=REGISTRY_PASSWORD")
				var namespaces []string
				for _, n := range objects(t, filter(t, manifest, arguments(t, settings...))) {
					if n.GetKind() == "Secret" && n.GetName() == "regcred" {
						namespaces = append(namespaces, n.GetNamespace())
					}
				}
				require.Equal(t, cell(row, 4), namespaces)
			})
		}
	}
}

// shapes returns the manifests of a name: ours, or else Calico's of each version.
func shapes(t *testing.T, file string) map[string][]byte {
	t.Helper()
	if b, err := os.ReadFile(filepath.Join("..", "testdata", "shapes", file)); err == nil {
		return map[string][]byte{file: b}
	}
	found := map[string][]byte{}
	for name, b := range manifests(t) {
		if filepath.Base(name) == file {
			found[name] = b
		}
	}
	require.NotEmpty(t, found, file)
	return found
}
