// SPDX-License-Identifier: Apache-2.0

package node

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// debian has the package of each program that is taken from PATH. kubectl is in none.
var debian = map[string]string{
	"etcd": "etcd-server", "containerd": "containerd", "ctr": "containerd", "runc": "runc", "ip": "iproute2", "kubectl": "",
}

// kubernetes has what is built: the modules are beside this file.
var kubernetes = map[string][]string{
	"1.32": {"kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet"},
	"1.35": {"kubelet"},
}

// prepare installs and builds what the node needs. It gives the reason why the node
// cannot run here, if there is one.
func prepare() (skip string, err error) {
	if os.Getuid() != 0 {
		return "the node needs root", nil
	}
	missing := map[string]bool{}
	for program, pkg := range debian {
		if _, err := exec.LookPath(program); err != nil {
			if pkg == "" {
				return "the node needs " + program + " on PATH", nil
			}
			missing[pkg] = true
		}
	}
	if len(missing) > 0 {
		if _, err := exec.LookPath("apt-get"); err != nil {
			return fmt.Sprintf("the node needs etcd, containerd, runc and iproute2, and there is no apt-get: %v", missing), nil
		}
		args := []string{"install", "-y", "-qq", "--no-install-recommends"}
		for pkg := range missing {
			args = append(args, pkg)
		}
		for _, args := range [][]string{{"update", "-qq"}, args} {
			if out, err := exec.Command("apt-get", args...).CombinedOutput(); err != nil {
				return fmt.Sprintf("apt-get %s: %v: %s", args[0], err, out), nil
			}
		}
	}
	for version := range kubernetes {
		if err := build(version); err != nil {
			return "", err
		}
	}
	return "", nil
}

// program is where a program of Kubernetes is, or is to be.
func program(version, name string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	mod, err := os.ReadFile(filepath.Join("kubernetes", version, "go.mod"))
	if err != nil {
		return "", err
	}
	_, rest, _ := strings.Cut(string(mod), "k8s.io/kubernetes ")
	pinned, _, _ := strings.Cut(rest, "\n")
	return filepath.Join(cache, "calico-pull-secrets", "node", "kubernetes-"+pinned, name), nil
}

// build compiles what is not in the cache.
func build(version string) error {
	for _, name := range kubernetes[version] {
		to, err := program(version, name)
		if err != nil {
			return err
		}
		if _, err := os.Stat(to); err == nil {
			continue
		}
		fmt.Printf("building %s, which takes minutes\n", to)
		cmd := exec.Command("go", "build", "-o", to+".new", "k8s.io/kubernetes/cmd/"+name)
		cmd.Dir = filepath.Join("kubernetes", version)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("build %s: %w: %s", name, err, out)
		}
		if err := os.Rename(to+".new", to); err != nil {
			return err
		}
	}
	return nil
}
