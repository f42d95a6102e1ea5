// SPDX-License-Identifier: Apache-2.0

// Package needs gives tests what a machine may lack: a program, Calico's manifests, a right. It
// skips a test that lacks one, and the end of `make test` names it. With CI=true such a test fails.
//
// Every test starts programs through Command, so that no test can forget to ask. Only testdata/node
// asks in its own way: once, before the node starts.
package needs

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// The attributes of a test. `go test -json` reports them as events.
const (
	Asked   = "asks"  // an optional program that the test asked for
	Missing = "needs" // what was missing when the test was skipped
)

// Optional are the programs that a machine may lack. Everybody needs Go, make, git and a shell with
// its usual commands.
var Optional = []string{"docker", "kpt", "kubectl", "kustomize", "patch", "podman"}

// found has the optional programs on PATH when the tests begin. A test may replace one later.
var found = func() map[string]string {
	paths := map[string]string{}
	for _, name := range Optional {
		if path, err := exec.LookPath(name); err == nil {
			paths[name] = path
		}
	}
	return paths
}()

// Skip skips a test because this machine lacks something. With CI=true the test fails.
func Skip(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("needs %s", what)
	}
	t.Attr(Missing, what)
	t.Skipf("needs %s", what)
}

// IfPresent skips a test if a program is missing, also with CI=true: no machine must run it.
func IfPresent(t testing.TB, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Attr(Missing, name)
		t.Skipf("%s is not here", name)
	}
}

// Program returns the path of a program. It builds kustomize, and finds others on PATH. It returns
// a path unchanged. A missing program skips the test.
func Program(t testing.TB, name string) string {
	t.Helper()
	if filepath.Base(name) != name {
		return name
	}
	if name == "kustomize" {
		t.Attr(Asked, name)
		path, err := kustomize()
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, optional := range Optional {
		if name == optional {
			t.Attr(Asked, name)
			if found[name] == "" {
				Skip(t, name)
			}
			return found[name]
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		Skip(t, name)
	}
	return path
}

// kustomize builds the tool of this name, or gets it from Go's cache. The go.mod of the module in
// the working folder has the version. $KUSTOMIZE_PROGRAM replaces it.
var kustomize = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("KUSTOMIZE_PROGRAM"); path != "" {
		return path, nil
	}
	var errs strings.Builder
	cmd := exec.Command("go", "tool", "-n", "kustomize")
	cmd.Stderr = &errs
	path, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("build of kustomize: %w: %s", err, errs.String())
	}
	return strings.TrimSpace(string(path)), nil
})

// Command returns the command that runs a program with arguments.
func Command(t testing.TB, name string, arguments ...string) *exec.Cmd {
	t.Helper()
	return exec.Command(Program(t, name), arguments...)
}

// OnPath puts programs on PATH until the test ends, for scripts and programs that run them. For a
// parallel test its parent must call this.
func OnPath(t testing.TB, names ...string) {
	t.Helper()
	for _, name := range names {
		path := Program(t, name)
		name = filepath.Base(name)
		if now, err := exec.LookPath(name); err == nil && same(now, path) {
			continue
		}
		dir := t.TempDir()
		if err := os.Symlink(path, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	}
}

// same reports whether two paths are one file.
func same(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

// Manifests returns the folder with Calico's own manifests, VERSION/NAME.yaml.
func Manifests(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("CALICO_MANIFESTS")
	if files, _ := filepath.Glob(filepath.Join(dir, "*", "*.yaml")); dir == "" || len(files) == 0 {
		Skip(t, "Calico's manifests: set CALICO_MANIFESTS to a folder with v3.28.0/calico.yaml and so on")
	}
	return dir
}
