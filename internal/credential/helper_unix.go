// SPDX-License-Identifier: Apache-2.0

//go:build unix

package credential

import (
	"os/exec"
	"syscall"
)

// endWithChildren makes a timeout end the children of the command, too. Agents that
// helpers start, such as gpg-agent, leave the process group and keep running.
func endWithChildren(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
