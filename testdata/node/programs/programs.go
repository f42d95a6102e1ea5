// SPDX-License-Identifier: Apache-2.0

// Package programs builds the programs of a node that Debian does not package. The go.mod of a
// folder names them as tools, and pins their version.
package programs

import (
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

var (
	// pinned matches the only requirement of a go.mod that is not indirect.
	pinned = regexp.MustCompile(`(?m)^(?:require |\t)(\S+) (v\S+)$`)
	// tool matches a tool of a go.mod, alone or in a block.
	tool = regexp.MustCompile(`(?m)^(?:tool |\t)([^\s(]+)$`)
)

// Dir returns the folder in the user's cache for the programs of a folder, and their packages. A
// program has the last name of its package.
func Dir(folder string) (dir string, packages []string, err error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", nil, err
	}
	mod, err := os.ReadFile(filepath.Join(folder, "go.mod"))
	if err != nil {
		return "", nil, err
	}
	version := pinned.FindSubmatch(mod)
	if version == nil {
		return "", nil, fmt.Errorf("%s/go.mod pins nothing", folder)
	}
	for _, m := range tool.FindAllSubmatch(mod, -1) {
		packages = append(packages, string(m[1]))
	}
	if len(packages) == 0 {
		return "", nil, fmt.Errorf("%s/go.mod names no tool", folder)
	}
	name := filepath.Base(filepath.Dir(folder)) + "-" + string(version[2])
	return filepath.Join(cache, "calico-pull-secrets", "node", name), packages, nil
}

// Build builds the programs of a folder that are not in the cache.
func Build(folder string) error {
	dir, packages, err := Dir(folder)
	if err != nil {
		return err
	}
	var missing []string
	for _, p := range packages {
		if _, err := os.Stat(filepath.Join(dir, path.Base(p))); err != nil {
			missing = append(missing, p)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	fmt.Printf("building %s in %s, which takes minutes\n", strings.Join(missing, ", "), dir)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	half, err := os.MkdirTemp(dir, "half")
	if err != nil {
		return err
	}
	defer os.RemoveAll(half)
	cmd := exec.Command("go", append([]string{"build", "-ldflags=-s -w", "-o", half + "/"}, missing...)...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build of %s: %w: %s", folder, err, out)
	}
	for _, p := range missing {
		if err := os.Rename(filepath.Join(half, path.Base(p)), filepath.Join(dir, path.Base(p))); err != nil {
			return err
		}
	}
	return nil
}
