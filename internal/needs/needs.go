// SPDX-License-Identifier: Apache-2.0

// Package needs is how tests get at what a machine may lack: a program, Calico's
// manifests, a right. A test that lacks one is skipped, and the end of `make test` names
// it. With CI=true such a test fails.
//
// Every test starts programs through Command, so that none can forget to ask.
// testdata/node alone asks in its own way: once, before the node starts.
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

// The attributes of a test, which `go test -json` has as events of their own.
const (
	Asked   = "asks"  // an optional program that the test asked for
	Missing = "needs" // what the test was skipped for
)

// Optional are the programs that nobody has to have, beside Go, make, git and a shell with
// its usual commands.
var Optional = []string{"docker", "kpt", "kubectl", "kustomize", "patch", "podman"}

// found has the optional programs that were on PATH when the tests began. Later a test may
// have put something else in their place.
var found = func() map[string]string {
	paths := map[string]string{}
	for _, name := range Optional {
		if path, err := exec.LookPath(name); err == nil {
			paths[name] = path
		}
	}
	return paths
}()

// Skip ends a test that needs something which is not here. With CI=true the test fails.
func Skip(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("needs %s", what)
	}
	t.Attr(Missing, what)
	t.Skipf("needs %s", what)
}

// IfPresent ends a test that is for machines with a program, and that no machine has to
// run: with CI=true, too, it is skipped.
func IfPresent(t testing.TB, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Attr(Missing, name)
		t.Skipf("%s is not here", name)
	}
}

// Program returns the path of a program. Kustomize is built, the others are looked up on
// PATH. A path comes back as it is.
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

// kustomize builds the tool of that name of the module in the working folder, whose
// go.mod has the version, or gets it from Go's cache. KUSTOMIZE_PROGRAM is another one.
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

// OnPath has programs on PATH until the test ends, for scripts and programs that run them.
// A parallel test must have its parent call this.
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

// same reports whether two paths lead to one file.
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
