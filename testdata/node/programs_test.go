// SPDX-License-Identifier: Apache-2.0

package node

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"

	"example.com/calico-pull-secrets/testdata/node/programs"
)

// A node is a kubelet, and the containerd that was current with it, or the machine's own.
type node struct{ kubelet, containerd string }

var nodes = []node{
	{"1.32", ""},
	{"1.35", "1.7"},
	{"1.37", "2.1"},
}

// debian has the package of each program on PATH. No package has kubectl.
var debian = map[string]string{
	"etcd": "etcd-server", "containerd": "containerd", "ctr": "containerd", "runc": "runc", "ip": "iproute2", "busybox": "busybox-static", "kubectl": "",
}

// errMissing is for a machine that lacks something nobody can install.
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
	folders := map[string]bool{"kubernetes/1.32": true} // the control plane of all nodes
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
		if err := programs.Build(folder); err != nil {
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
