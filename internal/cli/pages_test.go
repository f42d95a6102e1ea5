// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/config"
)

// TestThePagesUseFlagsThatExist parses each of our commands in the shell blocks of the pages, as the
// program does. Other tests run most of these commands, but not those that need a cluster or a
// registry.
func TestThePagesUseFlagsThatExist(t *testing.T) {
	commands := 0
	for _, pattern := range []string{"*.md", "docs/*.md", "examples/*/*.md"} {
		pages, err := filepath.Glob(filepath.Join("../..", pattern))
		require.NoError(t, err)
		for _, page := range pages {
			text, err := os.ReadFile(page)
			require.NoError(t, err)
			for _, block := range regexp.MustCompile("(?ms)^```shell\n(.*?)^```").FindAllStringSubmatch(string(text), -1) {
				for _, arguments := range ourCommands(block[1]) {
					commands++
					options, err := parseOptions(arguments)
					require.NoError(t, err, "%s: %q", page, arguments)
					data := map[string]string{}
					for _, setting := range options.settings {
						field, value, _ := strings.Cut(setting, "=")
						data[field] = value
					}
					object, err := fn.NewFromTypedObject(map[string]any{
						"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]string{"name": "arguments"}, "data": data,
					})
					require.NoError(t, err)
					_, problems := config.Parse(object)
					if strings.Contains(page, "kpt-eval-typo") {
						require.NotEmpty(t, problems)
						continue
					}
					require.Empty(t, problems, "%s: %q", page, arguments)
				}
			}
		}
	}
	require.Greater(t, commands, 35)
}

// TestMessagesNameFlagsThatExist reads every string of the program that names a flag.
func TestMessagesNameFlagsThatExist(t *testing.T) {
	others := []string{ // of kpt, kustomize, docker, helm and flux
		"values", "path", "kustomization-file", "dry-run", "enable-helm", "file",
		"enable-alpha-plugins", "enable-exec", "env", "exec", "match-", "match-kind", "mount", "password-stdin", "doc", "docker-server", "docker-username", "docker-password",
	}
	var o options
	flags, switches, valued := 0, o.switches(), o.valued()
	require.NoError(t, filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains([]string{"testdata", "bin", "dist", ".git"}, d.Name()):
			return fs.SkipDir
		case filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		for _, text := range stringsOf(t, path) {
			for _, flag := range regexp.MustCompile(`(?:^|[^-])--([a-z][a-z-]*)`).FindAllStringSubmatch(text, -1) {
				name := flag[1]
				flags++
				require.True(t, switches[name] != nil || valued[name] != nil || slices.Contains(others, name), "%s: %q", path, text)
			}
		}
		return nil
	}))
	require.Greater(t, flags, 30)
}

// stringsOf returns the string literals of a Go file.
func stringsOf(t *testing.T, path string) (all []string) {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	files := token.NewFileSet()
	var s scanner.Scanner
	s.Init(files.AddFile(path, -1, len(text)), text, nil, 0)
	for {
		switch _, kind, literal := s.Scan(); kind {
		case token.EOF:
			return all
		case token.STRING:
			value, err := strconv.Unquote(literal)
			require.NoError(t, err)
			all = append(all, value)
		}
	}
}

// ourCommands returns the arguments of each call of the program in a shell block. It replaces an
// argument that is no flag and no setting by a path.
func ourCommands(block string) (calls [][]string) {
	block = strings.ReplaceAll(block, "\\\n", " ")
	block = regexp.MustCompile(`(?m)(^|\s)#.*$`).ReplaceAllString(block, "$1")
	for _, command := range regexp.MustCompile(`[|;&\n()]+`).Split(block, -1) {
		command, _, _ = strings.Cut(command, " < ")
		words := strings.Fields(strings.NewReplacer("'", "", `"`, "", "[", "", "]", "", " ...", "").Replace(command))
		i := slices.IndexFunc(words, func(w string) bool { return filepath.Base(w) == "calico-pull-secrets" })
		if i > 0 && words[0] == "kpt" {
			i = slices.Index(words, "--")
		}
		if i < 0 || i > 0 && !slices.Contains([]string{"exec", "time", "!", "kpt"}, words[0]) {
			continue
		}
		var arguments []string
		for _, word := range words[i+1:] {
			if strings.HasPrefix(word, ">") || strings.HasPrefix(word, "2>") {
				break // the rest redirects the output
			}
			isValue := len(arguments) > 0 && slices.Contains([]string{"--output", "--config", "--allow-env", "--allow-files", "--nodes", "--pull-limit"}, arguments[len(arguments)-1])
			switch {
			case slices.Contains([]string{"FLAGS", "FIELD=VALUE", "…"}, word): // a stand-in for other arguments
			case isValue, strings.HasPrefix(word, "-"), strings.Contains(word, "="):
				arguments = append(arguments, word)
			default:
				arguments = append(arguments, "x.yaml")
			}
		}
		calls = append(calls, arguments)
	}
	return calls
}

// TestTheTableOfWhatIsRenderedLater compares the rows of the page with the cases. Each row has a
// case. Each case has a row, except the case without a finding.
func TestTheTableOfWhatIsRenderedLater(t *testing.T) {
	page, err := os.ReadFile("../../docs/rendered-later.md")
	require.NoError(t, err)
	var rows []string
	for _, m := range regexp.MustCompile(`(?m)^\| .* \(\[case\]\(\.\./testdata/cases/rendered-later/([a-z0-9-]+)\.txtar\)\) \| `).FindAllStringSubmatch(string(page), -1) {
		rows = append(rows, m[1])
	}
	files, err := filepath.Glob("../../testdata/cases/rendered-later/*.txtar")
	require.NoError(t, err)
	var cases []string
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		isFine := !regexp.MustCompile(`\n-- exit --\n[^0]`).Match(text) // no run fails
		require.Equal(t, name == "nothing", isFine, "%s: what is rendered later fails under strict", name)
		if !isFine {
			cases = append(cases, name)
		}
	}
	require.ElementsMatch(t, cases, rows)
	require.GreaterOrEqual(t, len(rows), 20)
}
