// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"

	"golang.org/x/term"

	"example.com/calico-pull-secrets/internal/disk"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/report"
)

// A console has the streams that the program reads and writes.
type console struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	mu             sync.Mutex // guards stderr
}

// say writes a message as one line on stderr.
func (c *console) say(message string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	fmt.Fprintf(c.stderr, "%s: %s\n", programName, report.Visible(message))
}

// fail writes an error that ends the call, and then its hint. It returns the exit code.
func (c *console) fail(err error, code finding.ExitCode) int {
	c.say(err.Error())
	if hint := finding.HintOf(err); hint != "" {
		c.say("hint: " + hint)
	}
	return int(code)
}

// print writes a text on stdout. It returns the exit code.
func (c *console) print(text string) int {
	if _, err := io.WriteString(c.stdout, text); err != nil {
		c.say("error: cannot write stdout: " + disk.Problem(err))
		return int(finding.ExitUnread)
	}
	return int(finding.ExitOK)
}

// isStdout reports whether stdout goes into a regular file, and that is the given one. A shell empties
// it before the program starts, or the output of the program comes behind its old text.
func (c *console) isStdout(file fs.FileInfo) bool {
	f, ok := c.stdout.(*os.File)
	if !ok || file == nil || !file.Mode().IsRegular() {
		return false
	}
	out, err := f.Stat()
	return err == nil && os.SameFile(file, out)
}

// isStdinStdout is isStdout for stdin.
func (c *console) isStdinStdout() bool {
	f, ok := c.stdin.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && c.isStdout(info)
}

// errIsStdout is the problem with an input that is also the output.
var errIsStdout = finding.Errorf("is also the output of this call\nhint: restore the file if the shell emptied it; to change it write --write FILE, without >")

// isTerminal reports whether a stream is a terminal.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// hasColours reports whether to colour a stream: only a terminal, and not if the environment
// refuses (https://no-color.org).
func hasColours(stream any) bool {
	return isTerminal(stream) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}
