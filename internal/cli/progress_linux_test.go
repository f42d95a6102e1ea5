// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/calico-pull-secrets/internal/needs"
)

// openTerminal returns both ends of a pseudo terminal.
func openTerminal(t *testing.T) (master, terminal *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		needs.Skip(t, "/dev/ptmx")
	}
	t.Cleanup(func() { _ = master.Close() })
	require.NoError(t, unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0))
	number, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	require.NoError(t, err)
	terminal, err = os.OpenFile("/dev/pts/"+strconv.Itoa(number), os.O_RDWR|unix.O_NOCTTY, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _ = terminal.Close() })
	return master, terminal
}

// TestWhoSeesAProgress has the program wait for a pipe, with a terminal as stderr.
func TestWhoSeesAProgress(t *testing.T) {
	for name, c := range map[string]struct {
		arguments []string
		variable  string
		sees      bool
	}{
		"on a terminal": {nil, "CI=", true},
		"in CI":         {nil, "CI=true", false},
		"quiet":         {[]string{"--quiet"}, "CI=", false},
		"a dumb one":    {nil, "TERM=dumb", false},
	} {
		t.Run(name, func(t *testing.T) {
			inFolder(t, map[string]string{"a.yaml": changed})
			master, terminal := openTerminal(t)
			require.NoError(t, unix.Mkfifo("pipe", 0o600))
			cmd := program(t, append([]string{"--check", "a.yaml", "pipe"}, c.arguments...)...)
			cmd.Stderr = terminal
			cmd.Env = append(cmd.Env, "TERM=xterm", "CI=", c.variable)
			require.NoError(t, cmd.Start())
			var seen screen
			go func() { _, _ = io.Copy(&seen, master) }()
			writer, err := os.OpenFile("pipe", os.O_WRONLY, 0)
			require.NoError(t, err)
			if c.sees {
				require.Eventually(t, func() bool { return strings.Contains(seen.String(), "\r\x1b[K1 of 2 files") }, 30*time.Second, time.Millisecond)
			} else {
				time.Sleep(progressAfter + 3*progressEvery)
			}
			_, err = io.WriteString(writer, "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n")
			require.NoError(t, err)
			require.NoError(t, writer.Close())
			var exit *exec.ExitError
			if err := cmd.Wait(); err != nil {
				require.ErrorAs(t, err, &exit)
			}
			require.Eventually(t, func() bool { return c.arguments != nil || strings.Contains(seen.String(), "regcred") }, 10*time.Second, time.Millisecond)
			require.Equal(t, c.sees, strings.Contains(seen.String(), " of 2 files"), seen.String())
			if c.sees {
				lines := strings.Split(seen.String(), eraseLine)
				require.NotContains(t, lines[len(lines)-1], " of 2 files", "it is erased in the end")
			} else {
				require.NotContains(t, seen.String(), "\x1b")
			}
		})
	}
}
