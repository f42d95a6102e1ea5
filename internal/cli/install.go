// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"example.com/calico-pull-secrets/internal/finding"
)

// These words are commands if they come first. A path of that name is ./install.
const (
	installCommand    = "install"
	explainCommand    = "explain"
	completionCommand = "completion"
)

// install copies the running program into a folder. Init containers of Argo CD and Tekton use it:
// the image has no other program that copies. It returns the exit code.
func install(arguments []string, c *console) int {
	if len(arguments) != 1 {
		c.say("install needs a folder: install DIR")
		return int(finding.ExitUsage)
	}
	target, err := copyProgram(arguments[0])
	if err != nil {
		c.say("error: install: " + arguments[0] + ": " + problemOf(err))
		return int(finding.ExitUnread)
	}
	c.say("wrote " + target)
	return int(finding.ExitOK)
}

// copyProgram copies the running program into a folder, in one step. It returns the path of the
// copy.
func copyProgram(folder string) (target string, err error) {
	name := programName
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	own, err := os.Executable()
	if err != nil {
		return "", err
	}
	in, err := os.Open(own)
	if err != nil {
		return "", err
	}
	defer in.Close()
	out, err := os.CreateTemp(folder, temporaryPattern)
	if err != nil {
		return "", err
	}
	defer os.Remove(out.Name()) // does nothing after the rename
	_, err = io.Copy(out, in)
	for _, step := range []func() error{func() error { return out.Chmod(0o755) }, out.Sync} {
		if err == nil {
			err = step()
		}
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return "", err
	}
	target = filepath.Join(folder, name)
	if err := os.Rename(out.Name(), target); err != nil {
		return "", err
	}
	syncFolder(folder)
	return target, nil
}
