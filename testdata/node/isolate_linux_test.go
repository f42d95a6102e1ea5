// SPDX-License-Identifier: Apache-2.0

package node

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
)

// inside is the variable that names the node's folder in the isolated process.
const inside = "NODE_TEST_DIR"

// isolate runs this test binary again for one kubelet, in process, mount and network namespaces of
// its own. It returns the exit code. All processes inside end when it returns, is interrupted, or
// is killed.
func isolate(n node) (int, error) {
	dir, err := os.MkdirTemp("", "node")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(dir)
	// Pdeathsig takes effect when the thread ends that started the process.
	runtime.LockOSThread()
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Env = append(os.Environ(), inside+"="+dir, "KUBELET="+n.kubelet)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS | syscall.CLONE_NEWNET,
		Pdeathsig:  syscall.SIGKILL,
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	if err := cmd.Start(); err != nil {
		return 1, err
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case <-done:
		return cmd.ProcessState.ExitCode(), nil
	case s := <-signals:
		cmd.Process.Kill()
		<-done
		return 1, fmt.Errorf("stopped: %v", s)
	}
}

// settle prepares the namespaces. Mounts stay inside, and /proc shows the processes inside. It sets
// two addresses, because kubelet takes no node address from 127.0.0.0/8. It covers the machine's
// folders in which pods write.
func settle() error {
	for _, m := range []struct {
		source, target, kind string
		flags                uintptr
	}{
		{"", "/", "", syscall.MS_REC | syscall.MS_PRIVATE},
		{"", "/", "", syscall.MS_REC | syscall.MS_SHARED},
		{"proc", "/proc", "proc", 0},
	} {
		if err := syscall.Mount(m.source, m.target, m.kind, m.flags, ""); err != nil {
			return fmt.Errorf("mount %s: %w", m.target, err)
		}
	}
	over := filepath.Join(dir, "over")
	if err := os.MkdirAll(over, 0o755); err != nil {
		return err
	}
	if err := syscall.Mount("tmpfs", over, "tmpfs", 0, ""); err != nil {
		return fmt.Errorf("mount %s: %w", over, err)
	}
	for _, folder := range []string{"/etc", "/opt", "/run", "/var"} {
		upper, work := filepath.Join(over, folder), filepath.Join(over, folder+".work")
		for _, d := range []string{upper, work} {
			if err := os.MkdirAll(d, 0o755); err != nil {
				return err
			}
		}
		if err := syscall.Mount("overlay", folder, "overlay", 0, "lowerdir="+folder+",upperdir="+upper+",workdir="+work); err != nil {
			return fmt.Errorf("mount %s: %w", folder, err)
		}
	}
	for _, folder := range []string{"/etc/cni/net.d", "/opt/cni/bin"} { // a new node has no network
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
		if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, ""); err != nil {
			return fmt.Errorf("mount %s: %w", folder, err)
		}
	}
	if err := os.MkdirAll("/var/lib/kubelet/plugins_registry", 0o755); err != nil { // for the CSI driver
		return err
	}
	for _, args := range [][]string{
		{"link", "set", "lo", "up"},
		{"address", "add", nodeIP + "/32", "dev", "lo"},
	} {
		if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
			return fmt.Errorf("ip %v: %w: %s", args, err, out)
		}
	}
	return nil
}
