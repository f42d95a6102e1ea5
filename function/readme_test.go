// SPDX-License-Identifier: Apache-2.0

package function

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// section returns what stands in a page between two of its lines.
func section(t *testing.T, page, from, to string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", page))
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

// TestTheREADMEHasTheDefaults compares the second column of the table with the
// schema, and the fields with what the program says of itself.
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
	c, err := ParseSettings(nil)
	require.NoError(t, err)
	require.Equal(t, defaults["mode"], string(c.Mode))
	require.Equal(t, []string{defaults["audit.registries"]}, c.Audited)
	require.Equal(t, defaults["secretName"], c.SecretName)
	require.Equal(t, defaults["targets"], c.Targets[0].Name)
	require.Equal(t, defaults["onMissing"], string(c.OnMissing))
	require.Equal(t, defaults["preflight"], string(c.Preflight))
	config, err := FromArguments([]string{"externalSecret.secretStoreRef.name=x", "externalSecret.remoteKey=x"})
	require.NoError(t, err)
	require.Empty(t, config.problems)
	c = config.settings
	require.Equal(t, defaults["externalSecret.server"], c.External.Server)
	require.Equal(t, defaults["externalSecret.usernameProperty"], c.External.UsernameProperty)
	require.Equal(t, defaults["externalSecret.passwordProperty"], c.External.PasswordProperty)
	require.Equal(t, defaults["externalSecret.refreshInterval"], c.External.RefreshInterval)
	require.Equal(t, defaults["externalSecret.secretStoreRef.kind"], c.External.StoreKind)

	usage, err := os.ReadFile("../internal/cli/usage.go")
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
	want := []string{"Kind/name", "group", "version", "kind", "name", "namespace", "labelSelector"}
	want = append(want, "docker.io")
	require.True(t, isRegistry("docker.io"))
	for _, p := range presets {
		want = append(want, p.name)
	}
	table := section(t, configurationPage, "| entry |", "The kinds are")
	require.ElementsMatch(t, want, firstColumn(table))
	_, calico, ok := strings.Cut(table, "| `calico` |")
	require.True(t, ok)
	calico, _, _ = strings.Cut(calico, "\n")
	for _, s := range slices.Concat(presetNamed("calico").target().selectors, presetNamed("calico-node").target().selectors) {
		for name := range strings.SplitSeq(s.Name, "|") {
			if name != "calico-node" && name != "canal" && name != "canal-node" { // "the DaemonSets above"
				require.Contains(t, calico, "`"+name+"`")
			}
		}
	}
}

func TestTheREADMEHasAllKinds(t *testing.T) {
	text := section(t, configurationPage, "The kinds are ", "\n\n")
	for _, kind := range kinds() {
		require.Regexp(t, `\b`+kind+`\b`, text)
	}
}

// TestTheREADMEHasAllChecks compares the table with what the program says of its
// checks: their order, ids, severities and meanings.
func TestTheREADMEHasAllChecks(t *testing.T) {
	var rows [][]string
	for line := range strings.Lines(section(t, "docs/checks.md", "| id |", "\n\n")) {
		if cells := strings.Split(line, " | "); strings.HasPrefix(line, "| `") && len(cells) >= 3 {
			rows = append(rows, []string{strings.Trim(cells[0], "| `"), cells[1], cells[2]})
		}
	}
	var want [][]string
	for _, c := range Checks() {
		severity := c.Severity
		switch c.ID {
		case checkMissingTarget:
			severity = "by `onMissing`"
		case checkServiceAccount: // says two things
			want = append(want, []string{c.ID, "info", "the list has the entries of the pod's ServiceAccount, which it replaces"})
		}
		want = append(want, []string{c.ID, severity, c.About})
	}
	require.Equal(t, want, rows)
}

// TestTheREADMEsChecksAreAllThereAre looks for ids in the source that Checks does not have.
func TestTheREADMEsChecksAreAllThereAre(t *testing.T) {
	source, err := os.ReadFile("checks.go")
	require.NoError(t, err)
	var ids []string
	for _, c := range Checks() {
		ids = append(ids, c.ID)
	}
	constants := regexp.MustCompile(`(?m)^\tcheck\w+\s*= "([a-z-]+)"`).FindAllStringSubmatch(string(source), -1)
	require.Greater(t, len(constants), 20)
	for _, m := range constants {
		if m[1] != checkTag {
			require.Contains(t, ids, m[1])
		}
	}
}

// TestEachCheckHasFixtures has a fixture for kpt that shows each finding, and a case of
// what looks like it and is fine. Not for what is said of every run, nor for an audit:
// these have cases of their own.
func TestEachCheckHasFixtures(t *testing.T) {
	without := []string{
		checkReference, checkSecret, checkMissingTarget, checkConfig, checkEncoding, checkUnread,
		checkAnonymousPull, checkFailingPull, checkUnknownPull, checkAuthenticatedPull,
	}
	for _, c := range Checks() {
		if slices.Contains(without, c.ID) {
			continue
		}
		results, err := os.ReadFile(filepath.Join("..", "testdata", "checks", c.ID, ".expected", "results.yaml"))
		require.NoError(t, err)
		require.Contains(t, string(results), "check: "+c.ID)
		require.True(t, exists(filepath.Join("..", "testdata", "cases", "check-"+c.ID+"-not.txtar")), c.ID)
	}
}

func TestTheREADMEShowsWhatTheExamplesDo(t *testing.T) {
	read := func(path ...string) string {
		b, err := os.ReadFile(filepath.Join(append([]string{"..", "examples"}, path...)...))
		require.NoError(t, err)
		return string(b)
	}
	diff := read("kpt-eval", ".expected", "diff.patch")
	require.Contains(t, diff, section(t, "README.md", "```diff\n", "```"))
	for _, page := range []string{"README.md", "docs/kustomize.md"} {
		config := section(t, page, "# calico-pull-secrets.yaml\n", "```")
		require.Equal(t, read("kustomize-transformer", "calico-pull-secrets.yaml"), config)
	}
	kustomization := read("kustomize-transformer", "kustomization.yaml")
	require.Contains(t, kustomization, section(t, "README.md", "# kustomization.yaml\n", "```"))
	require.Contains(t, read("kpt-render", "Kptfile"), section(t, "docs/kpt.md", "--allow-exec\n", "```"))
	require.Contains(t, read("kpt-eval", ".expected", "exec.sh"), "kpt fn eval . --exec calico-pull-secrets --results-dir ../results -- secretName=regcred")
}

// TestTheREADMEHasWhatCatalogsTake looks for the three texts that kpt's mdtogo cuts out
// of the README of a function. Each ends where it says, before the next begins.
func TestTheREADMEHasWhatCatalogsTake(t *testing.T) {
	for _, name := range []string{"Short", "Examples", "Long"} {
		text := section(t, "README.md", "\n<!--mdtogo:"+name+"-->\n", "\n<!--mdtogo-->\n")
		require.NotContains(t, text, "mdtogo")
		require.NotContains(t, text, "\n#", "a heading")
		require.Greater(t, len(strings.Fields(text)), 20, name)
	}
}

// TestTheREADMEsDesignNamesTestsThatExist looks for each test and fuzz target that the
// page on the design has.
func TestTheREADMEsDesignNamesTestsThatExist(t *testing.T) {
	page, err := os.ReadFile("../docs/design.md")
	require.NoError(t, err)
	var source strings.Builder
	require.NoError(t, filepath.WalkDir("..", func(path string, d os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := os.ReadFile(path)
		source.Write(b)
		return err
	}))
	names := regexp.MustCompile("`((?:Test|Fuzz)[A-Z]\\w+)`").FindAllStringSubmatch(string(page), -1)
	require.Greater(t, len(names), 20)
	for _, m := range names {
		require.Contains(t, source.String(), "\nfunc "+m[1]+"(")
	}
}

// TestThePagesAreListed looks for each page and each example in the list of its folder.
func TestThePagesAreListed(t *testing.T) {
	for folder, pattern := range map[string]string{"docs": "*.md", "examples": "*/"} {
		list, err := os.ReadFile(filepath.Join("..", folder, "README.md"))
		require.NoError(t, err)
		entries, err := filepath.Glob(filepath.Join("..", folder, pattern))
		require.NoError(t, err)
		require.Greater(t, len(entries), 10)
		for _, entry := range entries {
			if name := filepath.Base(entry); name != "README.md" {
				require.Contains(t, string(list), "]("+name+")", "%s/README.md", folder)
			}
		}
	}
}

// A link in a page, with what stands behind its #.
var link = regexp.MustCompile(`\]\(([^)#\s]*)(?:#([^)]*))?\)`)

// TestTheREADMEsLinksLeadSomewhere follows the links between the pages, with what stands
// behind the # if it is a heading.
func TestTheREADMEsLinksLeadSomewhere(t *testing.T) {
	var pages []string
	for _, pattern := range []string{"*.md", "docs/*.md", "examples/*.md", "examples/*/*.md", ".github/*.md", "testdata/*/*.md"} {
		found, err := filepath.Glob(filepath.Join("..", pattern))
		require.NoError(t, err)
		pages = append(pages, found...)
	}
	require.Greater(t, len(pages), 25)
	links := 0
	for _, page := range pages {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "mailto:") {
				continue
			}
			links++
			target := page
			if m[1] != "" {
				target = filepath.Join(filepath.Dir(page), m[1])
			}
			require.True(t, exists(target), "%s links to %s", page, m[1])
			if m[2] != "" {
				require.Contains(t, anchors(t, target), m[2], "%s links to %s", page, m[1])
			}
		}
	}
	require.Greater(t, links, 100)
}

// anchors returns what leads to the headings of a page, as GitHub names them.
func anchors(t *testing.T, page string) (names []string) {
	t.Helper()
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	code := regexp.MustCompile("(?ms)^```.*?^```")
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(code.ReplaceAllString(string(text), ""), -1) {
		words := link.ReplaceAllString(strings.ToLower(heading[1]), "")
		words = regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(words, "")
		name := strings.ReplaceAll(words, " ", "-")
		for n := 1; slices.Contains(names, name); n++ { // the second of a name
			name = strings.ReplaceAll(words, " ", "-") + "-" + strconv.Itoa(n)
		}
		names = append(names, name)
	}
	return names
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
