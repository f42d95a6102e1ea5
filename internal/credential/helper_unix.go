// SPDX-License-Identifier: Apache-2.0

//go:build unix

package credential

import (
	"os/exec"
	"syscall"
)

// endWithChildren makes the end of the command that of its children, too. The
// agents that helpers start, such as gpg-agent, leave the group, and stay.
func endWithChildren(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
