// SPDX-License-Identifier: Apache-2.0

package programs

import (
	"encoding/json"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestWhatIsBuiltIsACommand asks the go command about each package: it must be a command with the
// name that the node calls. That takes seconds. A build takes minutes.
func TestWhatIsBuiltIsACommand(t *testing.T) {
	containerd := []string{"containerd", "containerd-shim-runc-v2"}
	for folder, want := range map[string][]string{
		"kubernetes/1.32": {"kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet"},
		"kubernetes/1.35": {"kubelet"},
		"kubernetes/1.37": {"kubelet"},
		"containerd/1.7":  containerd,
		"containerd/2.1":  containerd,
		"operator/1.34":   {"operator"},
	} {
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			_, packages, err := Dir(filepath.Join("..", folder))
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, pkg := range packages {
				if kind := nameOf(t, filepath.Join("..", folder), pkg); kind != "main" {
					t.Errorf("%s is no command, but package %s", pkg, kind)
				}
				names = append(names, path.Base(pkg))
			}
			if slices.Sort(names); !slices.Equal(names, want) {
				t.Errorf("has %q, want %q", names, want)
			}
		})
	}
	folders, err := filepath.Glob("../*/*/go.mod")
	if err != nil || len(folders) != 6 {
		t.Errorf("%q, %v: one of these is not tested", folders, err)
	}
}

// nameOf returns the name of a package of the module that a folder pins. It downloads only that
// module: for the go command the package is a folder outside of any module.
func nameOf(t *testing.T, folder, pkg string) string {
	t.Helper()
	run := func(dir string, env []string, arguments ...string) []byte {
		cmd := exec.Command("go", arguments...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
		var errs strings.Builder
		cmd.Stderr = &errs
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("go %q: %v: %s%s", arguments, err, errs.String(), out)
		}
		return out
	}
	mod, err := os.ReadFile(filepath.Join(folder, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	var module struct{ Path, Dir string }
	if err := json.Unmarshal(run(folder, nil, "mod", "download", "-json", string(pinned.FindSubmatch(mod)[1])), &module); err != nil {
		t.Fatal(err)
	}
	below, ok := strings.CutPrefix(pkg, module.Path)
	if !ok {
		t.Fatalf("%s is not in %s", pkg, module.Path)
	}
	return strings.TrimSpace(string(run(filepath.Join(module.Dir, below), []string{"GO111MODULE=off"}, "list", "-find", "-f", "{{.Name}}", ".")))
}
