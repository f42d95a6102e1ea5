// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// blocks returns the code blocks of a language in a section of the README.
func blocks(t *testing.T, section, language string) (found []string) {
	t.Helper()
	_, text, ok := strings.Cut(read(t, "../..", "README.md"), "\n## "+section+"\n")
	require.True(t, ok, section)
	text, _, _ = strings.Cut(text, "\n## ")
	for _, block := range strings.Split(text, "```"+language+"\n")[1:] {
		code, _, ok := strings.Cut(block, "```")
		require.True(t, ok)
		found = append(found, code)
	}
	return found
}

// theBlock returns the one of the blocks that has a word in it.
func theBlock(t *testing.T, section, language, word string) string {
	t.Helper()
	for _, block := range blocks(t, section, language) {
		if strings.Contains(block, word) {
			return block
		}
	}
	t.Fatalf("README, %s: no block with %q", section, word)
	return ""
}

// typeIn runs a block of the README as it stands, in a folder.
func typeIn(t *testing.T, dir, code string) string {
	t.Helper()
	cmd := exec.Command("bash", "-euo", "pipefail", "-c", code)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s\n%s", code, out)
	return string(out)
}

// withKubectl puts a kubectl on PATH that has no cluster to apply to, and says what
// it was given.
func withKubectl(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("kubectl"); err != nil {
		skip(t, "kubectl")
	}
	real, err := exec.LookPath("kubectl")
	require.NoError(t, err)
	bin := t.TempDir()
	script := "#!/bin/sh\ntest \"$*\" = 'apply -f -' || exec " + real + " \"$@\"\nexec " + real + " annotate --local -f - -o yaml tested=yes\n"
	require.NoError(t, os.WriteFile(filepath.Join(bin, "kubectl"), []byte(script), 0o755))
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
}

// TestTheREADMEWithGoAndMake types what needs a clone, Go and make.
func TestTheREADMEWithGoAndMake(t *testing.T) {
	setUp(t)
	clone := filepath.Join(t.TempDir(), "clone")
	out, err := exec.Command("git", "clone", "-q", "../..", clone).CombinedOutput()
	require.NoError(t, err, string(out))
	require.Contains(t, typeIn(t, clone, theBlock(t, "Show me", "shell", "make run")), "+        - name: regcred\n")
	typeIn(t, clone, "make build && bin/calico-pull-secrets --version")
}

// TestTheREADMEWithABinary types what needs the program alone, then kpt and kustomize.
func TestTheREADMEWithABinary(t *testing.T) {
	setUp(t)
	setCredential(t)
	manifest := realManifest(t)

	t.Run("manifests", func(t *testing.T) {
		dir := kustomization(t, map[string]string{"calico.yaml": manifest})
		typeIn(t, dir, theBlock(t, "Run it", "shell", "> calico-with-secret.yaml"))
		require.Equal(t, []string{"regcred"}, references(t, read(t, dir, "calico-with-secret.yaml"), "DaemonSet"))
	})
	t.Run("with the Secret, to kubectl", func(t *testing.T) {
		withKubectl(t)
		dir := kustomization(t, map[string]string{"calico.yaml": manifest})
		applied := typeIn(t, dir, theBlock(t, "Run it", "shell", "| kubectl apply"))
		require.Contains(t, applied, "name: regcred")
		require.Contains(t, applied, "type: kubernetes.io/dockerconfigjson")
	})
	for i, line := range strings.Split(strings.TrimSpace(theBlock(t, "Run it", "shell", "--write")), "\n") {
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
	t.Run("kpt fn eval", func(t *testing.T) {
		needKpt(t)
		dir := kustomization(t, map[string]string{"calico.yaml": manifest})
		typeIn(t, dir, theBlock(t, "Run it", "shell", "--exec calico-pull-secrets -- "))
		require.Equal(t, []string{"regcred"}, references(t, read(t, dir, "calico.yaml"), "DaemonSet"))
	})
	t.Run("kpt fn render", func(t *testing.T) {
		needKpt(t)
		dir := kustomization(t, map[string]string{
			"calico.yaml":              manifest,
			"Kptfile":                  "apiVersion: kpt.dev/v1\nkind: Kptfile\nmetadata:\n  name: calico\n" + theBlock(t, "Run it", "yaml", "in the Kptfile"),
			"calico-pull-secrets.yaml": theBlock(t, "Run it", "yaml", "beside the Kptfile"),
		})
		typeIn(t, dir, "kpt fn render . --allow-exec")
		require.Equal(t, []string{"regcred"}, references(t, read(t, dir, "calico.yaml"), "DaemonSet"))
		require.Equal(t, []string{"kube-system/regcred"}, find(t, content(t, dir), "Secret"))
	})
	t.Run("kustomize build", func(t *testing.T) {
		if _, err := exec.LookPath("kustomize"); err != nil {
			skip(t, "kustomize")
		}
		dir := kustomization(t, map[string]string{
			"calico.yaml":              manifest,
			"kustomization.yaml":       theBlock(t, "Run it", "yaml", "# kustomization.yaml"),
			"calico-pull-secrets.yaml": theBlock(t, "Run it", "yaml", "config.kubernetes.io/function"),
		})
		built := typeIn(t, dir, "kustomize build --enable-alpha-plugins --enable-exec .")
		require.Equal(t, []string{"regcred"}, references(t, built, "DaemonSet"))
	})
}

func needKpt(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("kpt"); err != nil {
		skip(t, "kpt")
	}
}

// TestTheREADMEWithAContainer types what needs docker or podman alone. The image is
// there already: to build it needs a registry.
func TestTheREADMEWithAContainer(t *testing.T) {
	setUp(t)
	needImage(t)
	needKpt(t)
	setCredential(t)
	dir := kustomization(t, map[string]string{"calico.yaml": realManifest(t)})
	_, eval, ok := strings.Cut(theBlock(t, "Run it", "shell", "docker build "), "\n")
	require.True(t, ok)
	typeIn(t, dir, eval)
	require.Equal(t, []string{"regcred"}, references(t, read(t, dir, "calico.yaml"), "DaemonSet"))
}
