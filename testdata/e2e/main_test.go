// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/calico-pull-secrets/internal/needs"
)

// TestMain runs the tests in an environment that is the same on each machine.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "e2e")
	code := 1
	if err == nil {
		if err = prepare(dir); err == nil {
			code = m.Run()
		}
		os.RemoveAll(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// prepare keeps the settings of git and kpt away, builds the program and puts it on PATH.
// In the place of each program that a machine may lack it puts one that fails. A test that
// runs such a program, be it in a script, must ask for it with needs.OnPath: otherwise it
// passes nowhere.
func prepare(dir string) error {
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, "GIT_") {
			os.Unsetenv(name)
		}
	}
	for _, name := range needs.Optional {
		script := "#!/bin/sh\necho '" + name + ": the test did not ask for it' >&2\nexit 127\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
			return err
		}
	}
	for name, value := range map[string]string{
		"PATH": dir + string(os.PathListSeparator) + os.Getenv("PATH"), "GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C", "IMAGE": image,
	} {
		os.Setenv(name, value)
	}
	build := exec.Command("go", "build", "-o", filepath.Join(dir, "calico-pull-secrets"), ".")
	build.Dir = filepath.Join("..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w: %s", err, out)
	}
	return nil
}
