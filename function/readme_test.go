// SPDX-License-Identifier: Apache-2.0

package function_test

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

// section returns the text of a page between two of its lines.
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

func TestTheREADMEShowsWhatTheExamplesDo(t *testing.T) {
	read := func(path ...string) string {
		b, err := os.ReadFile(filepath.Join(append([]string{"..", "examples"}, path...)...))
		require.NoError(t, err)
		return string(b)
	}
	for _, page := range []string{"README.md", "docs/kustomize.md"} {
		config := section(t, page, "# calico-pull-secrets.yaml\n", "```")
		require.Equal(t, read("kustomize-transformer", "calico-pull-secrets.yaml"), config)
	}
	kustomization := read("kustomize-transformer", "kustomization.yaml")
	require.Contains(t, kustomization, section(t, "README.md", "# kustomization.yaml\n", "```"))
	require.Contains(t, read("kpt-render", "Kptfile"), section(t, "docs/kpt.md", "--allow-exec\n", "```"))
	require.Contains(t, read("kpt-eval", ".expected", "exec.sh"), "kpt fn eval . --exec calico-pull-secrets --results-dir ../results -- secretName=regcred")
}

// TestTheREADMEHasWhatCatalogsTake looks for the three texts that kpt's mdtogo cuts out of the
// README of a function. Each must end at its mark, before the next begins.
func TestTheREADMEHasWhatCatalogsTake(t *testing.T) {
	for _, name := range []string{"Short", "Examples", "Long"} {
		text := section(t, "README.md", "\n<!--mdtogo:"+name+"-->\n", "\n<!--mdtogo-->\n")
		require.NotContains(t, text, "mdtogo")
		require.NotContains(t, text, "\n#", "a heading")
		require.Greater(t, len(strings.Fields(text)), 20, name)
	}
}

// TestTheREADMEsDesignNamesTestsThatExist looks for each test and fuzz target that docs/design.md
// names.
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

// link matches a link in a page, with the part behind its #.
var link = regexp.MustCompile(`\]\(([^)#\s]*)(?:#([^)]*))?\)`)

// TestTheREADMEsLinksLeadSomewhere follows the links between the pages. The part behind a # must be
// a heading.
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

// anchors returns the anchors of the headings of a page, as GitHub makes them.
func anchors(t *testing.T, page string) (names []string) {
	t.Helper()
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	code := regexp.MustCompile("(?ms)^```.*?^```")
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(code.ReplaceAllString(string(text), ""), -1) {
		words := link.ReplaceAllString(strings.ToLower(heading[1]), "")
		words = regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(words, "")
		name := strings.ReplaceAll(words, " ", "-")
		for n := 1; slices.Contains(names, name); n++ { // a later heading with the same words
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
