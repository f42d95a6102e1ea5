// SPDX-License-Identifier: Apache-2.0

package needs

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Image is the image of the project, as `make image` names it.
const Image = "localhost/calico-pull-secrets:dev"

// Main runs the tests of a module that runs other programs. It gives them the same environment on
// each machine. root is the folder of the project. It hides the machine's git settings, builds the
// program and puts it on PATH. It replaces each program that a machine may lack by one that fails.
// So a test that runs such a program, also in a script, must ask with OnPath, or it fails
// everywhere.
func Main(m *testing.M, root string) (code int) {
	dir, err := os.MkdirTemp("", "tests")
	if err == nil {
		defer os.RemoveAll(dir)
		err = prepare(dir, root)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

func prepare(dir, root string) error {
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, "GIT_") {
			os.Unsetenv(name)
		}
	}
	for _, name := range Optional {
		script := "#!/bin/sh\necho '" + name + ": the test did not ask for it' >&2\nexit 127\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
			return err
		}
	}
	for name, value := range map[string]string{
		"PATH": dir + string(os.PathListSeparator) + os.Getenv("PATH"), "GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C", "IMAGE": Image,
	} {
		os.Setenv(name, value)
	}
	build := exec.Command("go", "build", "-o", filepath.Join(dir, "calico-pull-secrets"), ".")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w: %s", err, out)
	}
	return nil
}

// ContainerTool returns $CONTAINER_TOOL, or docker if that is empty.
func ContainerTool() string {
	if tool := os.Getenv("CONTAINER_TOOL"); tool != "" {
		return tool
	}
	return "docker"
}

// WithImage skips a test if the image of the project is missing. It puts the container tool on
// PATH.
func WithImage(t testing.TB) {
	t.Helper()
	OnPath(t, ContainerTool())
	if err := Command(t, ContainerTool(), "image", "inspect", Image).Run(); err != nil {
		Skip(t, "the image: make image")
	}
}

// InMemory puts the temporary folders of a test in memory, if the machine has /dev/shm. A disk
// takes longer to sync than the program takes to write.
func InMemory(t *testing.T) {
	t.Helper()
	if _, err := os.Stat("/dev/shm"); err == nil {
		t.Setenv("TMPDIR", "/dev/shm")
	}
}
