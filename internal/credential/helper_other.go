// SPDX-License-Identifier: Apache-2.0

//go:build !unix

package credential

import "os/exec"

// endWithChildren does nothing: here only the command itself is ended, and its
// children lose the pipe.
func endWithChildren(*exec.Cmd) {}
