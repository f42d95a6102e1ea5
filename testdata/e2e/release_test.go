// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/needs"
)

// releaseFolder returns a folder with files of the project, and a function that runs a command
// there.
func releaseFolder(t *testing.T, files ...string) (dir string, run func(name string, arguments ...string) (string, error)) {
	t.Helper()
	dir = t.TempDir()
	for _, name := range files {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(read(t, "../..", name)), 0o755))
	}
	return dir, func(name string, arguments ...string) (string, error) {
		cmd := needs.Command(t, name, arguments...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
}

func TestThePackagesAreThoseOfTheChecksums(t *testing.T) {
	dir, run := releaseFolder(t, "hack/packages.sh", "hack/metadata.yaml")
	require.NoError(t, os.Mkdir(filepath.Join(dir, "dist"), 0o755))
	var sums strings.Builder
	archives := map[string]string{} // by checksum
	for i, platform := range []string{"linux_amd64.tar.gz", "linux_arm64.tar.gz", "darwin_amd64.tar.gz", "darwin_arm64.tar.gz", "windows_amd64.zip", "windows_arm64.zip"} {
		sum := strings.Repeat(fmt.Sprint(i), 64)
		archives[sum] = "https://example.test/releases/download/v1.2.3/calico-pull-secrets_v1.2.3_" + platform
		fmt.Fprintf(&sums, "%s  calico-pull-secrets_v1.2.3_%s\n", sum, platform)
	}
	text := strings.ReplaceAll(read(t, dir, "hack/metadata.yaml"), "sourceURL: ", "sourceURL: https://example.test\nbefore: ")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "hack/metadata.yaml"), []byte(text), 0o644))

	require.NoError(t, os.WriteFile(filepath.Join(dir, "dist", "checksums.txt"), []byte(sums.String()[:300]), 0o644))
	out, err := run("hack/packages.sh", "v1.2.3")
	require.Error(t, err)
	require.Contains(t, out, "no archive for ")
	require.NoDirExists(t, filepath.Join(dir, "dist", "packages"))

	require.NoError(t, os.WriteFile(filepath.Join(dir, "dist", "checksums.txt"), []byte(sums.String()), 0o644))
	out, err = run("hack/packages.sh", "v1.2.3")
	require.NoError(t, err, out)
	require.Empty(t, out)
	var plugin struct {
		Spec struct {
			Version          string
			ShortDescription string `yaml:"shortDescription"`
			Platforms        []struct {
				Selector struct {
					MatchLabels map[string]string `yaml:"matchLabels"`
				}
				URI, SHA256, Bin string
			}
		}
	}
	require.NoError(t, yaml.Unmarshal([]byte(read(t, dir, "dist/packages/calico-pull-secrets.yaml")), &plugin))
	require.Equal(t, "v1.2.3", plugin.Spec.Version)
	require.Less(t, len(plugin.Spec.ShortDescription), 50, "as krew wants it")
	require.Len(t, plugin.Spec.Platforms, len(archives))
	for _, p := range plugin.Spec.Platforms {
		require.Equal(t, archives[p.SHA256], p.URI)
		require.Contains(t, p.URI, p.Selector.MatchLabels["os"]+"_"+p.Selector.MatchLabels["arch"])
		require.Equal(t, p.Selector.MatchLabels["os"] == "windows", strings.HasSuffix(p.Bin, ".exe"))
	}
	formula := read(t, dir, "dist/packages/calico-pull-secrets.rb")
	for sum, archive := range archives {
		pair := fmt.Sprintf("url %q\n      sha256 %q", archive, sum)
		require.Equal(t, !strings.Contains(archive, "windows"), strings.Contains(formula, pair), formula)
	}
	require.Contains(t, formula, `version "1.2.3"`)
}

func TestTheNotesAreThoseOfTheChangelog(t *testing.T) {
	dir, run := releaseFolder(t, "hack/notes.sh")
	changelog := "# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2027-01-01\n\n### Added\n\n- two\n\n## [0.1.0] - 2026-01-01\n\n- one\n\n## [0.0.1]\n\n[0.2.0]: https://example.test/2\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "CHANGELOG.md"), []byte(changelog), 0o644))
	for version, notes := range map[string]string{"v0.2.0": "### Added\n\n- two\n", "v0.1.0": "- one\n", "0.1.0": "- one\n"} {
		out, err := run("hack/notes.sh", version)
		require.NoError(t, err, out)
		require.Equal(t, notes, out)
	}
	for _, version := range []string{"v0.3.0", "v0.0.1", "v0.1", "Unreleased", ""} {
		out, err := run("hack/notes.sh", version)
		require.Error(t, err, version)
		require.Contains(t, out, "notes", version)
	}
	out, err := needs.Command(t, "../../hack/notes.sh", "v0.1.0").CombinedOutput()
	require.NoError(t, err, "%s", out)
}

// TestTheMetadataNameTheImageOfTheRelease compares the metadata of a release with those in the
// repository.
func TestTheMetadataNameTheImageOfTheRelease(t *testing.T) {
	dir, run := releaseFolder(t, "hack/metadata.sh", "hack/metadata.yaml", "hack/krm-function.yaml", "go.mod")
	var m struct{ Image string }
	require.NoError(t, yaml.Unmarshal([]byte(read(t, dir, "hack/metadata.yaml")), &m))
	digest := "sha256:" + strings.Repeat("0a", 32)
	out, err := run("hack/metadata.sh", "v1.2.3", digest)
	require.NoError(t, err, out)
	for _, name := range []string{"metadata.yaml", "krm-function.yaml"} {
		want := strings.Replace(read(t, dir, "hack/"+name), "image: "+m.Image+"\n", "image: "+m.Image+":v1.2.3@"+digest+"\n", 1)
		require.NotEqual(t, read(t, dir, "hack/"+name), want)
		require.Equal(t, want, read(t, dir, "dist/"+name))
	}
	for _, bad := range []string{"", "latest", "sha256:0a", digest + "0"} {
		out, err := run("hack/metadata.sh", "v1.2.3", bad)
		require.Error(t, err, bad)
		require.Contains(t, out, "DIGEST is")
	}

	// Without an owner no release is possible.
	for name, owned := range map[string]bool{"registry.example.com/a": false, "example.com/a": false, "ghcr.io/acme/a": true, "ghcr.io/example.com-a": true} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module "+name+"\n"), 0o644))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "hack/metadata.yaml"), []byte("image: "+name+"\n"), 0o644))
		out, err := run("hack/metadata.sh", "owned")
		require.Equal(t, owned, err == nil, name)
		require.Equal(t, !owned, strings.Contains(out, "make rehome first"), name)
	}
}

// TestTheReleaseHasOneGo compares the Go version of the archives with that of the image.
func TestTheReleaseHasOneGo(t *testing.T) {
	image := regexp.MustCompile(`(?m)^ARG GO_IMAGE=\S+/golang:([0-9.]+)@sha256:[0-9a-f]{64}$`).FindStringSubmatch(read(t, "../..", "Dockerfile"))
	archives := regexp.MustCompile(`go-version: (\S+)`).FindStringSubmatch(read(t, "../..", ".github/workflows/release.yaml"))
	require.NotNil(t, image)
	require.NotNil(t, archives)
	require.Equal(t, image[1], archives[1])
}

// TestThePreCommitHooks runs the hooks as pre-commit does.
func TestThePreCommitHooks(t *testing.T) {
	var hooks []struct {
		ID, Entry, Language string
		Args                []string
		PassFilenames       *bool `yaml:"pass_filenames"`
	}
	require.NoError(t, yaml.Unmarshal([]byte(read(t, "../..", ".pre-commit-hooks.yaml")), &hooks))
	require.Len(t, hooks, 2)
	manifest := setUpRecipe(t)
	repo := kustomization(t, map[string]string{"calico.yaml": manifest})
	codes := map[string]int{}
	for _, id := range []string{"calico-pull-secrets", "calico-pull-secrets-write", "calico-pull-secrets"} {
		for _, hook := range hooks {
			if hook.ID == id {
				require.False(t, *hook.PassFilenames)
				_, stderr, code := runIn(t, repo, append(strings.Fields(hook.Entry), hook.Args...)...)
				codes[fmt.Sprint(len(codes), id)] = code
				t.Log(stderr)
			}
		}
	}
	require.Equal(t, map[string]int{"0calico-pull-secrets": 1, "1calico-pull-secrets-write": 0, "2calico-pull-secrets": 0}, codes)
	requireTheTwoLines(t, manifest, contents(t, repo, "calico.yaml"))
}
