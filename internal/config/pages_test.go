// SPDX-License-Identifier: Apache-2.0

package config

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/kinds"
)

// section returns the text of a page between two of its lines.
func section(t *testing.T, page, from, to string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", page))
	require.NoError(t, err)
	_, rest, ok := strings.Cut(string(b), from)
	require.True(t, ok, "%s: %s", page, from)
	text, _, ok := strings.Cut(rest, to)
	require.True(t, ok, "%s: %s", page, to)
	return text
}

const configurationPage = "docs/configuration.md"

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
	require.ElementsMatch(t, append(FieldPaths(), "secret", "externalSecret"), firstColumn(section(t, configurationPage, "## Fields", "## Targets")))
}

// TestTheREADMEHasTheDefaults compares the defaults in the table with those of the fields, of Parse
// and of the help text.
func TestTheREADMEHasTheDefaults(t *testing.T) {
	defaults := map[string]string{}
	for line := range strings.Lines(section(t, configurationPage, "## Fields", "## Targets")) {
		cells := strings.Split(line, "|")
		if len(cells) < 4 {
			continue
		}
		paths := regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[1], -1)
		values := regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[2], -1)
		for i, path := range paths {
			if len(values) > 0 {
				defaults[path[1]] = values[min(i, len(values)-1)][1]
			}
		}
	}
	for _, f := range fields {
		want := f.fallback()
		require.Equal(t, want, defaults[f.path], f.path)
	}
	c, problems := Parse(nil)
	require.Empty(t, problems)
	require.Equal(t, defaults["mode"], string(c.Mode))
	require.Equal(t, []string{defaults["audit.registries"]}, c.Audited)
	require.Equal(t, defaults["secretName"], c.SecretName)
	require.Equal(t, defaults["targets"], c.Targets[0].Name)
	require.Equal(t, defaults["onMissing"], string(c.OnMissing))
	require.Equal(t, defaults["preflight"], string(c.Preflight))
	given, err := FromArguments([]string{"externalSecret.secretStoreRef.name=x", "externalSecret.remoteKey=x"})
	require.NoError(t, err)
	require.Empty(t, given.Problems)
	c = given.Settings
	require.Equal(t, defaults["externalSecret.server"], c.External.Server)
	require.Equal(t, defaults["externalSecret.usernameProperty"], c.External.UsernameProperty)
	require.Equal(t, defaults["externalSecret.passwordProperty"], c.External.PasswordProperty)
	require.Equal(t, defaults["externalSecret.refreshInterval"], c.External.RefreshInterval)
	require.Equal(t, defaults["externalSecret.secretStoreRef.kind"], c.External.StoreKind)

	usage, err := os.ReadFile("../cli/usage.go")
	require.NoError(t, err)
	help := regexp.MustCompile(`(?m)^  ([a-zA-Z.]+)=(\S+)`).FindAllStringSubmatch(string(usage), -1)
	require.Greater(t, len(help), 5)
	for _, m := range help {
		i := slices.IndexFunc(fields, func(f field) bool { return f.path == m[1] })
		require.GreaterOrEqual(t, i, 0, m[1])
		if fields[i].fallback() != "" {
			require.Equal(t, fields[i].fallback(), m[2], m[1])
		}
	}
}

func TestTheREADMEHasAllPresets(t *testing.T) {
	want := []string{"Kind/name", "group/Kind/name", "group", "version", "kind", "name", "namespace", "labelSelector"}
	want = append(want, "docker.io")
	require.True(t, isRegistry("docker.io"))
	for _, p := range presets {
		want = append(want, p.Name)
	}
	table := section(t, configurationPage, "| entry |", "The kinds are")
	require.ElementsMatch(t, want, firstColumn(table))
	_, calico, ok := strings.Cut(table, "| `calico` |")
	require.True(t, ok)
	calico, _, _ = strings.Cut(calico, "\n")
	for _, s := range slices.Concat(PresetNamed("calico").Target().Selectors, PresetNamed("calico-node").Target().Selectors) {
		for name := range strings.SplitSeq(s.Name, "|") {
			if name != "calico-node" && name != "canal" && name != "canal-node" { // "the DaemonSets above"
				require.Contains(t, calico, "`"+name+"`")
			}
		}
	}
}

func TestTheREADMEHasAllKinds(t *testing.T) {
	text := section(t, configurationPage, "The kinds are ", "\n\n")
	for _, kind := range kinds.Names() {
		if !regexp.MustCompile(`\b` + kind + `\b`).MatchString(text) {
			t.Errorf("docs/configuration.md: add %s to the sentence that begins with \"The kinds are\"", kind)
		}
	}
}
