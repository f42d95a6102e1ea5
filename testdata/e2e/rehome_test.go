// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"

	"example.com/calico-pull-secrets/internal/needs"
)

// TestRehome gives a copy of the project the names of an owner, twice. The copy must build, pass,
// have no earlier name, and be installable from a module proxy.
func TestRehome(t *testing.T) {
	dir := t.TempDir()
	run := func(name string, arguments ...string) string {
		t.Helper()
		cmd := needs.Command(t, name, arguments...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s %v: %s", name, arguments, out)
		return string(out)
	}
	copyProject(t, dir)
	run("git", "init", "-q")
	run("git", "add", "-A")
	placeholder := strings.TrimSpace(run("go", "list", "-m")) // the image's name contains it

	for name, arguments := range map[string][]string{
		"nothing":             {},
		"no image":            {"MODULE=github.com/acme/calico-pull-secrets"},
		"an image with a tag": {"MODULE=github.com/acme/calico-pull-secrets", "IMAGE=ghcr.io/acme/calico-pull-secrets:v1"},
		"an image alone":      {"MODULE=github.com/acme/calico-pull-secrets", "IMAGE=calico-pull-secrets"},
		"a URL":               {"MODULE=https://github.com/acme/calico-pull-secrets", "IMAGE=ghcr.io/acme/calico-pull-secrets"},
		"more than a name":    {"MODULE=github.com/acme/a'b", "IMAGE=ghcr.io/acme/a"},
	} {
		cmd := needs.Command(t, "make", append([]string{"rehome"}, arguments...)...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		require.Error(t, err, name)
		require.Contains(t, string(out), "rehome", name)
		require.Empty(t, run("git", "diff", "--name-only"), name)
	}

	const owner = "rehomed.test/owner/calico-pull-secrets" // all users share the module cache
	run("make", "rehome", "MODULE=github.com/acme/calico-pull-secrets", "IMAGE=ghcr.io/acme/calico-pull-secrets")
	run("make", "rehome", "MODULE="+owner, "IMAGE=registry.rehomed.test/calico-pull-secrets")
	for _, before := range []string{placeholder, "acme" + "/calico-pull-secrets"} { // in two parts, so that this file does not contain it
		cmd := needs.Command(t, "git", "grep", "-nF", before)
		cmd.Dir = dir
		out, _ := cmd.CombinedOutput()
		require.Empty(t, string(out))
	}
	if testing.Short() { // the rest compiles everything, twice
		run("go", "list", "-deps", "-test", "./...")
		return
	}
	run("go", "vet", "./...")
	run("go", "test", "./docs", "./hack", "./internal/pull", "./internal/edit")
	require.Contains(t, run("go", "doc", "-all", "./function"), "func Process(")

	const version = "v0.1.0"
	proxy := filepath.Join(t.TempDir(), "proxy")
	files := filepath.Join(proxy, owner, "@v")
	require.NoError(t, os.MkdirAll(files, 0o755))
	archive, err := os.Create(filepath.Join(files, version+".zip"))
	require.NoError(t, err)
	require.NoError(t, zip.CreateFromDir(archive, module.Version{Path: owner, Version: version}, dir))
	require.NoError(t, archive.Close())
	gomod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(files, version+".mod"), gomod, 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(files, "list"), []byte(version+"\n"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(files, version+".info"), []byte(`{"Version":"`+version+`"}`), 0o644))

	env := func(name string) string { return strings.TrimSpace(run("go", "env", name)) }
	cached := []string{filepath.Join(env("GOMODCACHE"), "rehomed.test"), filepath.Join(env("GOMODCACHE"), "cache", "download", "rehomed.test")}
	clean := func() {
		for _, folder := range cached {
			require.NoError(t, os.RemoveAll(folder))
		}
	}
	clean() // of a killed run
	t.Cleanup(clean)
	bin := t.TempDir()
	install := needs.Command(t, "go", "install", owner+"@"+version)
	install.Dir = t.TempDir()
	install.Env = append(os.Environ(), "GOBIN="+bin, "GOPROXY=file://"+proxy+","+env("GOPROXY"), "GONOSUMDB=rehomed.test", "GOFLAGS=-modcacherw", "CGO_ENABLED=0",
		"GODEBUG=goindex=0") // the go command remembers a version's imports, and here they change
	out, err := install.CombinedOutput()
	require.NoError(t, err, "%s", out)
	out, err = needs.Command(t, filepath.Join(bin, "calico-pull-secrets"), "--version").CombinedOutput()
	require.NoError(t, err)
	require.Equal(t, "calico-pull-secrets "+version+"\n", string(out))
}

// copyProject copies the project's files into a folder: those that git tracks, or would add.
func copyProject(t *testing.T, dir string) {
	t.Helper()
	list := needs.Command(t, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = "../.."
	out, err := list.Output()
	require.NoError(t, err)
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		from := filepath.Join("../..", name)
		info, err := os.Stat(from)
		if os.IsNotExist(err) { // removed, and not yet committed
			continue
		}
		require.NoError(t, err)
		text, err := os.ReadFile(from)
		require.NoError(t, err)
		to := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o755))
		require.NoError(t, os.WriteFile(to, text, info.Mode().Perm()))
	}
}
