// SPDX-License-Identifier: Apache-2.0

package node

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
)

// A node is what the tests run on: a kubelet, and the containerd that was current with
// it, or the machine's own.
type node struct{ kubelet, containerd string }

var nodes = []node{
	{"1.32", ""},
	{"1.35", "1.7"},
	{"1.37", "2.1"},
}

// debian has the package of each program that is taken from PATH. kubectl is in none.
var debian = map[string]string{
	"etcd": "etcd-server", "containerd": "containerd", "ctr": "containerd", "runc": "runc", "ip": "iproute2", "busybox": "busybox-static", "kubectl": "",
}

// built has what is built: the module that pins it is in the folder of the name.
var built = map[string][]string{
	"kubernetes/1.32": {"kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet"},
	"kubernetes/1.35": {"kubelet"},
	"kubernetes/1.37": {"kubelet"},
	"containerd/1.7":  {"containerd", "containerd-shim-runc-v2"},
	"containerd/2.1":  {"containerd", "containerd-shim-runc-v2"},
	"operator/1.34":   {"operator"},
}

// errMissing is that of a machine that lacks something which cannot be installed.
var errMissing = errors.New("cannot run here")

// prepare installs and builds what the nodes need.
func prepare(nodes []node) error {
	switch {
	case runtime.GOOS != "linux":
		return fmt.Errorf("%w: the node needs Linux", errMissing)
	case os.Getuid() != 0:
		return fmt.Errorf("%w: the node needs root", errMissing)
	}
	missing := map[string]bool{}
	for program, pkg := range debian {
		if _, err := exec.LookPath(program); err != nil {
			if pkg == "" {
				return fmt.Errorf("%w: the node needs %s on PATH", errMissing, program)
			}
			missing[pkg] = true
		}
	}
	if err := install(missing); err != nil {
		return err
	}
	folders := map[string]bool{"kubernetes/1.32": true} // the control plane of all
	if os.Getenv("CALICO_MANIFESTS") != "" {
		folders["operator/1.34"] = true
	}
	for _, n := range nodes {
		folders["kubernetes/"+n.kubelet] = true
		if n.containerd != "" {
			folders["containerd/"+n.containerd] = true
		}
	}
	for folder := range folders {
		if err := build(folder); err != nil {
			return err
		}
	}
	return nil
}

func install(packages map[string]bool) error {
	if len(packages) == 0 {
		return nil
	}
	if _, err := exec.LookPath("apt-get"); err != nil {
		return fmt.Errorf("%w: the node needs etcd, containerd, runc, iproute2 and a static busybox, and there is no apt-get", errMissing)
	}
	args := []string{"install", "-y", "-qq", "--no-install-recommends"}
	for pkg := range packages {
		args = append(args, pkg)
	}
	for _, args := range [][]string{{"update", "-qq"}, args} {
		if out, err := exec.Command("apt-get", args...).CombinedOutput(); err != nil {
			return fmt.Errorf("%w: apt-get %s: %w: %s", errMissing, args[0], err, out)
		}
	}
	return nil
}

// pinned matches the one requirement of a go.mod that is not indirect.
var pinned = regexp.MustCompile(`(?m)^(?:require |\t)(\S+) (v\S+)$`)

// programs is the folder with what is built from a folder, or is to be, and the path
// of the module that it comes from.
func programs(folder string) (dir, module string, err error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", "", err
	}
	mod, err := os.ReadFile(filepath.Join(folder, "go.mod"))
	if err != nil {
		return "", "", err
	}
	m := pinned.FindSubmatch(mod)
	if m == nil {
		return "", "", fmt.Errorf("%s/go.mod pins nothing", folder)
	}
	return filepath.Join(cache, "calico-pull-secrets", "node", path.Dir(folder)+"-"+string(m[2])), string(m[1]), nil
}

// packageOf returns the package of a program.
func packageOf(module, name string) string {
	if path.Base(module) == name {
		return module
	}
	return module + "/cmd/" + name
}

// build compiles what is not in the cache.
func build(folder string) error {
	to, module, err := programs(folder)
	if err != nil {
		return err
	}
	var packages []string
	for _, name := range built[folder] {
		if _, err := os.Stat(filepath.Join(to, name)); err != nil {
			packages = append(packages, packageOf(module, name))
		}
	}
	if len(packages) == 0 {
		return nil
	}
	fmt.Printf("building %s in %s, which takes minutes\n", strings.Join(packages, ", "), to)
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	half, err := os.MkdirTemp(to, "half")
	if err != nil {
		return err
	}
	defer os.RemoveAll(half)
	cmd := exec.Command("go", append([]string{"build", "-ldflags=-s -w", "-o", half + "/"}, packages...)...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build of %s: %w: %s", folder, err, out)
	}
	for _, p := range packages {
		if err := os.Rename(filepath.Join(half, path.Base(p)), filepath.Join(to, path.Base(p))); err != nil {
			return err
		}
	}
	return nil
}
