// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/needs"
)

// blocks returns the code blocks of a language in a page.
func blocks(t *testing.T, page, language string) (found []string) {
	t.Helper()
	for _, block := range strings.Split(read(t, "../..", page), "```"+language+"\n")[1:] {
		code, _, ok := strings.Cut(block, "```")
		require.True(t, ok)
		found = append(found, code)
	}
	return found
}

// theBlock returns the block that contains a word.
func theBlock(t *testing.T, page, language, word string) string {
	t.Helper()
	for _, block := range blocks(t, page, language) {
		if strings.Contains(block, word) {
			return block
		}
	}
	t.Fatalf("%s: no block with %q", page, word)
	return ""
}

// withCredential replaces the parts that the pages leave to the reader.
var withCredential = strings.NewReplacer("DOCKERHUB_USERNAME=…", "DOCKERHUB_USERNAME=example", "DOCKERHUB_TOKEN=…", "DOCKERHUB_TOKEN=not-a-token")

// typeIn runs a block of a page unchanged, in a folder.
func typeIn(t *testing.T, dir, code string) string {
	t.Helper()
	cmd := needs.Command(t, "bash", "-euo", "pipefail", "-c", code)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s\n%s", code, out)
	return string(out)
}

// withKubectl puts a kubectl on PATH that needs no cluster and prints its input.
func withKubectl(t *testing.T) {
	t.Helper()
	real := needs.Program(t, "kubectl")
	bin := t.TempDir()
	script := "#!/bin/sh\ntest \"$*\" = 'apply -f -' || exec " + real + " \"$@\"\nexec " + real + " annotate --local -f - -o yaml tested=yes\n"
	require.NoError(t, os.WriteFile(filepath.Join(bin, "kubectl"), []byte(script), 0o755))
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
}

// TestTheREADMEWithGoAndMake types the commands that need a clone, Go and make.
func TestTheREADMEWithGoAndMake(t *testing.T) {
	clone := filepath.Join(t.TempDir(), "clone")
	out, err := needs.Command(t, "git", "clone", "-q", "../..", clone).CombinedOutput()
	require.NoError(t, err, string(out))
	if testing.Short() { // with the flags of the tests: a release's flags would compile everything again
		t.Setenv("MAKEFLAGS", `GOBUILD=go\ build\ -buildvcs=true`)
	}
	require.Contains(t, typeIn(t, clone, theBlock(t, "README.md", "shell", "make run")), "+        - name: regcred\n")
	// The commit is from the go command, or from make.
	require.Contains(t, typeIn(t, clone, "bin/calico-pull-secrets --version"), " (commit "+strings.TrimSpace(typeIn(t, clone, "git rev-parse HEAD"))+")\n")
}

// TestTheREADMEWithABinary types the commands that need only the program, and then those for kpt
// and kustomize.
func TestTheREADMEWithABinary(t *testing.T) {
	setCredential(t)
	manifest := realManifest(t)

	t.Run("the one command", func(t *testing.T) {
		withKubectl(t)
		t.Setenv("DOCKERHUB_USERNAME", "")
		t.Setenv("DOCKERHUB_TOKEN", "")
		dir := kustomization(t, map[string]string{"calico.yaml": manifest})
		for _, page := range []string{"README.md", "docs/k3s.md"} {
			command := withCredential.Replace(theBlock(t, page, "shell", "| kubectl apply"))
			require.NotContains(t, command, "…")
			applied := typeIn(t, dir, "exec 2>/dev/null\n"+command)
			require.Equal(t, []string{"regcred"}, references(t, applied, "DaemonSet"))
			require.Equal(t, []string{"kube-system/regcred"}, find(t, applied, "Secret"))
			require.Contains(t, applied, "type: kubernetes.io/dockerconfigjson")
		}
	})
	t.Run("to see which images are pulled anonymously", func(t *testing.T) {
		dir := kustomization(t, map[string]string{"manifests/calico.yaml": manifest})
		out := typeIn(t, dir, "! "+theBlock(t, "README.md", "shell", "--audit preflight=strict manifests/"))
		require.Contains(t, out, "anonymous  docker.io/calico/cni")
	})
	t.Run("in a pipe, or on files", func(t *testing.T) {
		dir := kustomization(t, map[string]string{"calico.yaml": manifest, "manifests/calico.yaml": manifest})
		typeIn(t, dir, theBlock(t, "README.md", "shell", "> calico-with-reference.yaml"))
		for _, file := range []string{"calico-with-reference.yaml", "manifests/calico.yaml"} {
			require.Equal(t, []string{"regcred"}, references(t, read(t, dir, file), "DaemonSet"))
		}
	})
	for i, line := range strings.Split(strings.TrimSpace(theBlock(t, "docs/command-line.md", "shell", "--write")), "\n") {
		t.Run("files, line "+strconv.Itoa(i), func(t *testing.T) {
			dir := kustomization(t, map[string]string{"manifests/calico.yaml": manifest})
			if strings.Contains(line, "--check") {
				require.Contains(t, typeIn(t, dir, "! "+line), "\nmanifests/calico.yaml\n")
				return
			}
			typeIn(t, dir, "git init -q .\n"+line)
			require.Equal(t, []string{"regcred"}, references(t, read(t, dir, "manifests/calico.yaml"), "DaemonSet"))
			typeIn(t, dir, "calico-pull-secrets --check manifests/")
		})
	}
	t.Run("proof in CI", func(t *testing.T) {
		needs.OnPath(t, "kustomize")
		var lines []string
		for _, part := range []string{"--audit preflight=strict manifests/", "--audit --build preflight=strict", "--enable-exec . | calico-pull-secrets --audit", "--check preflight=error"} {
			lines = append(lines, strings.Split(strings.TrimSpace(theBlock(t, "README.md", "shell", part)), "\n")...)
		}
		require.Len(t, lines, 4)
		dir := kustomization(t, map[string]string{"manifests/calico.yaml": manifest, "kustomization.yaml": "resources: [manifests/calico.yaml]\n"})
		for _, line := range lines {
			typeIn(t, dir, "! { "+line+"; }")
		}
		typeIn(t, dir, "calico-pull-secrets targets=calico secret.path=manifests/secret.yaml secret.usernameEnv=DOCKERHUB_USERNAME secret.passwordEnv=DOCKERHUB_TOKEN --write manifests/")
		require.NoError(t, os.WriteFile(filepath.Join(dir, "kustomization.yaml"), []byte("resources: [manifests/calico.yaml, manifests/secret.yaml]\n"), 0o644))
		for _, line := range lines {
			typeIn(t, dir, line)
		}
	})
	t.Run("kpt fn eval", func(t *testing.T) {
		needs.OnPath(t, "kpt")
		dir := kustomization(t, map[string]string{"calico.yaml": manifest})
		typeIn(t, dir, theBlock(t, "README.md", "shell", "--exec calico-pull-secrets -- "))
		require.Equal(t, []string{"regcred"}, references(t, read(t, dir, "calico.yaml"), "DaemonSet"))
	})
	t.Run("kpt fn render", func(t *testing.T) {
		needs.OnPath(t, "kpt")
		dir := kustomization(t, map[string]string{
			"calico.yaml":              manifest,
			"Kptfile":                  "apiVersion: kpt.dev/v1\nkind: Kptfile\nmetadata:\n  name: calico\n" + theBlock(t, "docs/kpt.md", "yaml", "in the Kptfile"),
			"calico-pull-secrets.yaml": theBlock(t, "docs/kpt.md", "yaml", "beside the Kptfile"),
		})
		typeIn(t, dir, "kpt fn render . --allow-exec")
		require.Equal(t, []string{"regcred"}, references(t, read(t, dir, "calico.yaml"), "DaemonSet"))
		require.Equal(t, []string{"kube-system/regcred"}, find(t, content(t, dir), "Secret"))
	})
	t.Run("kustomize build", func(t *testing.T) {
		needs.OnPath(t, "kustomize")
		dir := kustomization(t, map[string]string{
			"calico.yaml":              manifest,
			"kustomization.yaml":       theBlock(t, "README.md", "yaml", "# kustomization.yaml"),
			"calico-pull-secrets.yaml": theBlock(t, "README.md", "yaml", "config.kubernetes.io/function"),
		})
		built := typeIn(t, dir, theBlock(t, "README.md", "shell", "--enable-exec .\n"))
		require.Equal(t, []string{"regcred"}, references(t, built, "DaemonSet"))
	})
}

// TestTheGuardThatThePagesShow checks the guard: kustomize skips an exec function silently, and the
// guard makes that an error. The table says what each call does with and without the guard.
func TestTheGuardThatThePagesShow(t *testing.T) {
	needs.OnPath(t, "kustomize")
	needs.OnPath(t, "kubectl")
	const page = "docs/kustomize.md"
	files := map[string]string{
		"calico.yaml":              calicoNode,
		"kustomization.yaml":       theBlock(t, page, "yaml", "# kustomization.yaml"),
		"calico-pull-secrets.yaml": theBlock(t, page, "yaml", "config.kubernetes.io/function"),
		"guard.yaml":               theBlock(t, page, "yaml", "# guard.yaml"),
	}
	guarded := kustomization(t, files)
	require.Contains(t, files["kustomization.yaml"], "- guard.yaml\n")
	files["kustomization.yaml"] = strings.Replace(files["kustomization.yaml"], "- guard.yaml\n", "", 1)
	unguarded := kustomization(t, files)

	_, table, ok := strings.Cut(read(t, "../..", page), "| call | without the guard | with the guard |\n| --- | --- | --- |\n")
	require.True(t, ok)
	table, _, _ = strings.Cut(table, "\n\n")
	word := func(cell string) string { // the word that a message must have
		text := strings.Split(cell, "`")
		if len(text) < 3 {
			return ""
		}
		return strings.TrimSuffix(text[1], ": …")
	}
	calls := 0
	for row := range strings.Lines(table) {
		cells := strings.Split(row, "|")
		message := word(cells[2])
		guardMessage := word(cells[3])
		if strings.Contains(cells[3], "the same error") && message != "" {
			guardMessage = message
		} else if strings.Contains(cells[3], "the same error") {
			guardMessage = "test operation does not apply: is missing path"
		}
		for i, call := range strings.Split(cells[1], "`") {
			if i%2 == 0 {
				continue
			}
			calls++
			for dir, want := range map[string]string{unguarded: message, guarded: guardMessage} {
				if strings.Contains(call, "apply") {
					call = strings.Replace(call, "apply", "apply --dry-run=client", 1)
				}
				out, stderr, code := runIn(t, dir, strings.Fields(call)...)
				require.Equal(t, want == "", code == 0, "%s: %s", call, stderr)
				require.Contains(t, stderr, want, call)
				if code == 0 {
					require.Equal(t, strings.Contains(cells[2], "the reference is there"), strings.Contains(out, "imagePullSecrets"), call)
				}
			}
		}
	}
	require.Equal(t, 6, calls)

	// The guard fails if its object has another name. It finds an object that kustomize renames.
	files["kustomization.yaml"] += "- guard.yaml\n"
	renamed := maps.Clone(files)
	renamed["calico.yaml"] = strings.Replace(files["calico.yaml"], "name: calico-node", "name: canal", 1)
	_, stderr, code := runIn(t, kustomization(t, renamed), "kustomize", "build", "--enable-alpha-plugins", ".")
	require.NotZero(t, code)
	require.Contains(t, stderr, "no matches for Id DaemonSet.v1.apps/calico-node.kube-system")
	files["kustomization.yaml"] += "namePrefix: a-\nnameSuffix: -z\n"
	_, stderr, code = runIn(t, kustomization(t, files), "kustomize", "build", "--enable-alpha-plugins", ".")
	require.NotZero(t, code)
	require.Contains(t, stderr, "test operation does not apply")
}

// TestTheREADMEWithAContainer types the commands that need only docker or podman. The image must
// exist already, because a build needs a registry.
func TestTheREADMEWithAContainer(t *testing.T) {
	needs.WithImage(t)
	needs.OnPath(t, "docker") // the page writes docker
	needs.OnPath(t, "kpt")
	setCredential(t)
	dir := kustomization(t, map[string]string{"calico.yaml": realManifest(t)})
	_, eval, ok := strings.Cut(theBlock(t, "docs/image.md", "shell", "docker build "), "\n")
	require.True(t, ok)
	typeIn(t, dir, eval)
	require.Equal(t, []string{"regcred"}, references(t, read(t, dir, "calico.yaml"), "DaemonSet"))
	typeIn(t, dir, theBlock(t, "docs/image.md", "shell", "install /out"))
	require.Contains(t, typeIn(t, dir, "bin/calico-pull-secrets --version"), "calico-pull-secrets ")
}
