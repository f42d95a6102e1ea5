// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"os"
	"path/filepath"
	"runtime"

	"example.com/calico-pull-secrets/internal/disk"
	"example.com/calico-pull-secrets/internal/finding"
)

// These words are commands if they come first. A path of that name is ./install.
const (
	installCommand    = "install"
	explainCommand    = "explain"
	completionCommand = "completion"
)

var commands = []string{completionCommand, explainCommand, installCommand}

// install copies the running program into a folder. Init containers of Argo CD and Tekton use it:
// the image has no other program that copies. It returns the exit code.
func install(arguments []string, c *console) int {
	if len(arguments) != 1 {
		return c.fail(finding.Errorf("install needs a folder\nhint: %s install DIR", programName), finding.ExitUsage)
	}
	target := filepath.Join(arguments[0], programName)
	if runtime.GOOS == "windows" {
		target += ".exe"
	}
	own, err := os.Executable()
	if err == nil {
		err = disk.Copy(own, target, 0o755)
	}
	if err != nil {
		return c.fail(finding.Errorf("error: install: %s: %s\nhint: name a folder that exists, and that you may write", showTarget(arguments[0], "the folder"), disk.Problem(err)), finding.ExitUnread)
	}
	c.say("wrote " + target)
	return int(finding.ExitOK)
}
