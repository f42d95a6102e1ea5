// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/needs"
)

func TestTheNextWordsAreThoseOfTheTables(t *testing.T) {
	for typed, want := range map[string]string{
		"--ou":                        "--output",
		"-w":                          "",
		"--output s":                  "sarif",
		"--output=js":                 "--output=json",
		"preflight=":                  "preflight=strict preflight=error preflight=warn preflight=ignore",
		"--check onMissing=e":         "onMissing=error",
		"targets=can":                 "targets=canal",
		"secret.nameSuffixHash=t":     "secret.nameSuffixHash=true",
		"secretName=":                 "",
		"secret.passw":                "secret.password= secret.passwordEnv= secret.passwordFile= :files",
		"--config ":                   ":files",
		"--check manifests/":          ":files",
		"ext":                         "externalSecret.", // and more
		"explain registry-mis":        "registry-mismatch",
		"explain x registry-mis":      "registry-mismatch",
		"completion ":                 "bash zsh fish",
		"install ":                    ":files",
		"--check exp":                 ":files",
		"--check explain regi":        ":files",
		"no such field=":              "",
		"secret.registries.0.server=": "",
	} {
		words := strings.Split(typed, " ")
		got := strings.Join(testProgram.nextWords(words), " ")
		if strings.HasSuffix(want, ".") {
			require.True(t, strings.HasPrefix(got, want), "%s: %s", typed, got)
			continue
		}
		require.Equal(t, want, got, typed)
	}
	all := testProgram.nextWords([]string{"--"})
	var o options
	for name := range o.switches() {
		if len(name) > 1 {
			require.Contains(t, all, "--"+name)
		}
	}
	for name := range o.valued() {
		require.Contains(t, all, "--"+name)
	}
	for _, path := range config.FieldPaths() {
		require.Contains(t, testProgram.nextWords([]string{""}), path+"=")
		for _, value := range config.FieldValues(path) {
			require.NotEmpty(t, value, path)
		}
	}
	for _, check := range finding.Checks() {
		require.Contains(t, testProgram.nextWords([]string{"explain", ""}), check.ID)
	}
}

func TestCompletionNeedsAShell(t *testing.T) {
	for _, arguments := range [][]string{{"completion"}, {"completion", "tcsh"}, {"completion", password}, {"completion", "bash", "zsh"}, {"completion", "words"}} {
		code, stdout, stderr := call(t, arguments...)
		require.Equal(t, exitUsage, code)
		require.Empty(t, stdout)
		require.Regexp(t, "^calico-pull-secrets: completion needs a shell\ncalico-pull-secrets: hint: (calico-pull-secrets completion bash, or zsh, or fish|did you mean (bash|zsh)\\?)\n$", stderr)
	}
}

// TestShellsComplete makes real shells complete a line with their scripts. The folder has a file
// and a folder.
func TestShellsComplete(t *testing.T) {
	for shell, ask := range map[string]func(t *testing.T, words []string) string{"bash": askBash, "zsh": askZsh, "fish": askFish} {
		t.Run(shell, func(t *testing.T) {
			if shell != "bash" {
				needs.IfPresent(t, shell)
			}
			inFolder(t, map[string]string{"manifests/a.yaml": "", "with blank.yaml": ""})
			own, err := os.Executable()
			require.NoError(t, err)
			bin := t.TempDir()
			require.NoError(t, os.Symlink(own, filepath.Join(bin, programName)))
			t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
			t.Setenv(asProgram, "1")
			t.Setenv("HOME", t.TempDir())
			_, script, _ := call(t, "completion", shell)
			require.NoError(t, os.WriteFile("script", []byte(script), 0o600))
			for line, want := range map[string]string{
				"--output js":                 "json",
				"completion z":                "zsh",
				"--check preflight=st":        "preflight=strict",
				"--check onMissing=":          "onMissing=error onMissing=warn onMissing=ignore",
				"--output=js":                 "--output=json",
				"--check secretN":             "secretName=",
				"--audit preflight=error man": "manifests/",
				"comp":                        "completion",
			} {
				got := ask(t, append([]string{programName}, strings.Split(line, " ")...))
				require.ElementsMatch(t, strings.Fields(want), strings.Fields(got), line)
			}
		})
	}
}

// askBash returns bash's completions of the last word. bash splits words at "=", and keeps the text
// before it.
func askBash(t *testing.T, words []string) string {
	t.Helper()
	last := words[len(words)-1]
	before := last[:strings.LastIndexByte(last, '=')+1]
	var cut []string
	for _, word := range words {
		cut = append(cut, strings.Fields(strings.ReplaceAll(word, "=", " = "))...)
	}
	const script = `set -u; source ./script; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _calico_pull_secrets; printf '%s\n' "${COMPREPLY[@]}"`
	out, err := needs.Command(t, "bash", append([]string{"--norc", "-c", script, "bash"}, cut...)...).Output()
	require.NoError(t, err)
	got := strings.Fields(string(out))
	for i := range got {
		got[i] = before + got[i]
	}
	return strings.Join(got, " ")
}

// askZsh returns what the script passes to zsh's own functions, which need a terminal.
func askZsh(t *testing.T, words []string) string {
	t.Helper()
	const script = `compdef() {}
compadd() { while [[ $1 != -- ]]; do shift; done; shift; print -rl -- "$@" }
_files() { print -rl -- ${PREFIX}*(MN) }
source ./script
words=("$@") CURRENT=$# PREFIX=${@[-1]}
_calico_pull_secrets
exit 0`
	out, err := needs.Command(t, "zsh", append([]string{"-f", "-c", script, "zsh"}, words...)...).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return string(out)
}

// askFish returns fish's completions.
func askFish(t *testing.T, words []string) string {
	t.Helper()
	out, err := needs.Command(t, "fish", "--no-config", "-c", `source ./script; complete -C "$argv"`, strings.Join(words, " ")).Output()
	require.NoError(t, err)
	var got []string
	for line := range strings.Lines(string(out)) {
		word, _, _ := strings.Cut(line, "\t")
		got = append(got, strings.TrimSpace(word))
	}
	return strings.Join(got, " ")
}
