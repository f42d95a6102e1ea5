// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/disk"
	"example.com/calico-pull-secrets/internal/needs"
	"example.com/calico-pull-secrets/internal/report"
)

// asProgram is the variable that makes the test binary run the program.
const asProgram = "TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(testProgram.Run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	// A test that uses a text after its release notices this.
	recycle := disk.Recycle
	disk.Recycle = func(text []byte) {
		for i := range text {
			text[i] = '!'
		}
		recycle(text)
	}
	os.Exit(m.Run())
}

// program returns a command that runs the program in its own process.
func program(t *testing.T, arguments ...string) *exec.Cmd {
	t.Helper()
	own, err := os.Executable()
	require.NoError(t, err)
	cmd := needs.Command(t, own, arguments...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return cmd
}

// TestStoppedAtAnyTime stops the program while it writes. Each file must be the old or the new one
// at any time. After a signal that can be caught all must be old, or all new, and no temporary file
// may stay.
func TestStoppedAtAnyTime(t *testing.T) {
	needs.InMemory(t)
	inFolder(t, nil)
	padding := "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: large\ndata:\n  text: " + strings.Repeat("x", 1<<13) + "\n"
	before, after := daemonSet+padding, changed+padding
	var names []string
	for i := range 40 {
		names = append(names, fmt.Sprintf("%d.yaml", i))
	}
	arguments := append([]string{"--write", "--quiet", "secret.path=new/regcred.yaml"}, append(emit, names...)...)
	var whole time.Duration
	stopped := map[syscall.Signal]int{}
	signals := []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGKILL}
	kills := 80
	if os.Getenv("CI") == "true" {
		kills = 400
	}
	for i := range kills {
		for _, name := range names {
			require.NoError(t, os.WriteFile(name, []byte(before), 0o644))
		}
		require.NoError(t, os.RemoveAll("new"))
		started := time.Now()
		sent := signals[i%len(signals)]
		cmd := program(t, arguments...)
		require.NoError(t, cmd.Start())
		if i > 0 {
			time.Sleep(time.Duration(rand.Int64N(int64(whole) + 1)))
			_ = cmd.Process.Signal(sent)
		}
		if err := cmd.Wait(); err != nil {
			stopped[sent]++
		} else {
			whole = time.Since(started) // of the last one: the machine may be busy
		}
		news := 0
		for _, name := range names {
			if text := content(t, name); text != before {
				require.Equal(t, after, text)
				news++
			}
		}
		if sent == syscall.SIGKILL {
			removeTemporary(t)
			continue
		}
		require.Contains(t, []int{0, len(names)}, news, "%s: files that are new", sent)
		require.Empty(t, removeTemporary(t), sent.String())
		require.Equal(t, news > 0, disk.Exists("new/regcred.yaml"), sent.String())
		require.Equal(t, news > 0, disk.Exists("new"), sent.String())
	}
	t.Logf("stopped: %v", stopped)
	for _, sent := range signals {
		if signal.Ignored(sent) { // nohup does so, and the program leaves it ignored
			continue
		}
		require.Greater(t, stopped[sent], kills/100, "%s: too few were stopped in the middle", sent)
	}
}

// removeTemporary removes the temporary files below the working folder, and returns them.
func removeTemporary(t *testing.T) (names []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".tmp") {
			names = append(names, path)
			return os.Remove(path)
		}
		return err
	}))
	return names
}

func TestTextsToAFullDisk(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		needs.Skip(t, "/dev/full")
	}
	defer full.Close()
	inFolder(t, map[string]string{"a.yaml": daemonSet})
	for _, arguments := range [][]string{
		{"--schema"}, {"--help"}, {"--version"}, {"--doc"}, {"a.yaml"}, {"--check", "a.yaml"}, {"--diff", "a.yaml"}, {"--audit", "a.yaml"},
		{"--audit", "--output=json", "a.yaml"}, {"--check", "--output=sarif", "a.yaml"}, {"--audit", "--output=junit", "a.yaml"}, {"--audit", "--output=markdown", "a.yaml"}, {"--diff", "--each", "a.yaml"}, {"onMissing=ignore"},
	} {
		var stderr bytes.Buffer
		require.Equal(t, exitUnread, testProgram.Run(arguments, strings.NewReader(daemonSet), full, &stderr), arguments)
		require.Contains(t, stderr.String(), "cannot write stdout: no space left on device", arguments)
	}
}

func TestInputsWithoutEnd(t *testing.T) {
	inFolder(t, map[string]string{"a.yaml": daemonSet})
	require.NoError(t, os.WriteFile("huge.yaml", nil, 0o644))
	require.NoError(t, os.Truncate("huge.yaml", 8<<40))
	require.NoError(t, os.Symlink("/dev/zero", "zero.yaml"))
	for _, c := range []struct {
		arguments []string
		want      string
	}{
		{[]string{"/dev/zero"}, "/dev/zero: is a device, not a file"},
		{[]string{"--config", "/dev/zero"}, "--config /dev/zero: is a device"},
		{[]string{"--config", "huge.yaml"}, "--config huge.yaml: larger than 1 GiB"},
		{[]string{"--check", "huge.yaml"}, "larger than 1 GiB"},
		{[]string{"--config", "."}, "--config .: is a folder"},
		{append([]string{"--check", "a.yaml", "secret.path=zero.yaml"}, emit...), "secret.path: is not a regular file"},
	} {
		started := time.Now()
		code, stdout, stderr := call(t, c.arguments...)
		require.NotEqual(t, exitOK, code)
		require.Empty(t, stdout)
		require.Contains(t, stderr, c.want)
		require.Less(t, time.Since(started), 10*time.Second)
	}
	huge, err := os.Open("huge.yaml")
	require.NoError(t, err)
	defer huge.Close()
	var stderr bytes.Buffer
	require.Equal(t, exitUnread, testProgram.Run(nil, huge, &stderr, &stderr))
	require.Contains(t, stderr.String(), "stdin: cannot be read: larger than 1 GiB")
	zero, err := os.Open("/dev/zero")
	require.NoError(t, err)
	defer zero.Close()
	require.Equal(t, exitUnread, testProgram.Run(nil, zero, &stderr, &stderr))
	require.Contains(t, stderr.String(), "stdin: cannot be read: is not text")
}

func TestAPipeIsReadOnce(t *testing.T) {
	inFolder(t, map[string]string{"dir/a.yaml": daemonSet})
	require.NoError(t, syscall.Mkfifo("pipe", 0o600))
	require.NoError(t, syscall.Mkfifo("dir/pipe.yaml", 0o600))
	write := func(text string) {
		go func() { _ = os.WriteFile("pipe", []byte(text), 0o600) }()
	}
	write(daemonSet)
	code, stdout, stderr := call(t, "pipe")
	require.Equal(t, exitOK, code, stderr)
	require.Equal(t, changed, stdout)

	write(strings.ReplaceAll(daemonSet, "name: calico-node", "name: canal"))
	code, _, stderr = call(t, "pipe", "--check")
	require.Equal(t, exitFailed, code)
	require.Contains(t, stderr, "canal", "a second look finds what is there")

	code, _, stderr = call(t, "pipe", "--write")
	require.Equal(t, exitUsage, code)
	require.Contains(t, stderr, "pipe: is a pipe: --write needs a file")

	code, _, stderr = call(t, "--write", "dir")
	require.Equal(t, exitOK, code)
	require.Contains(t, stderr, "warning: dir/pipe.yaml: skipped: not a regular file")

	require.NoError(t, os.Remove("dir/pipe.yaml"))
	require.NoError(t, syscall.Mkfifo("dir/.pipe.yaml", 0o600))
	code, _, stderr = call(t, "--check", "preflight=strict", "servers=docker.io", "dir")
	require.Equal(t, exitUnread, code, "a hidden pipe is not opened, and strict does not pass it")
	require.Contains(t, stderr, "error: dir/.pipe.yaml: skipped: hidden, and the program cannot read it")
}

func TestStdinOfACheckADiffAndAnAudit(t *testing.T) {
	inFolder(t, map[string]string{"b.yaml": strings.Replace(changed, "kube-system", "other", 1)})
	run := func(stdin string, arguments ...string) (int, string, string) {
		var stdout, stderr bytes.Buffer
		code := testProgram.Run(arguments, strings.NewReader(stdin), &stdout, &stderr)
		return code, stdout.String(), stderr.String()
	}
	for _, dash := range [][]string{nil, {"-"}} {
		code, stdout, stderr := run(daemonSet, append(dash, "--diff")...)
		require.Equal(t, exitOK, code, stderr)
		require.True(t, strings.HasPrefix(stdout, "--- a/stdin\n+++ b/stdin\n@@ "), stdout)
		code, stdout, _ = run(changed, append(dash, "--check")...)
		require.Equal(t, exitOK, code)
		require.Empty(t, stdout)
	}
	code, stdout, _ := run(daemonSet, "-", "secretName=x")
	require.Equal(t, exitOK, code)
	require.Equal(t, strings.Replace(changed, "regcred", "x", 1), stdout)

	code, stdout, stderr := run(daemonSet, "--check", "b.yaml", "-")
	require.Equal(t, exitFailed, code, stderr)
	require.Equal(t, "stdin\n", stdout)

	code, stdout, _ = run("\tno: yaml", "--check", "-")
	require.Equal(t, exitUnread, code)
	require.Empty(t, stdout)
}

func TestInstall(t *testing.T) {
	dir := t.TempDir()
	var stderr bytes.Buffer
	require.Equal(t, exitOK, testProgram.Run([]string{"install", dir}, nil, nil, &stderr), stderr.String())
	target := filepath.Join(dir, "calico-pull-secrets")
	require.Equal(t, "calico-pull-secrets: wrote "+target+"\n", stderr.String())
	info, err := os.Stat(target)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o755), info.Mode())
	cmd := needs.Command(t, target, "--version")
	cmd.Env = append(os.Environ(), asProgram+"=1")
	out, err := cmd.Output()
	require.NoError(t, err)
	require.Equal(t, "calico-pull-secrets test\n", string(out))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1)
	stderr.Reset()
	require.Equal(t, exitUnread, testProgram.Run([]string{"install", filepath.Join(dir, "none")}, nil, nil, &stderr))
	require.Contains(t, stderr.String(), filepath.Join(dir, "none")+": no such file or directory")
}

func TestMessagesHaveNoControlCharacters(t *testing.T) {
	inFolder(t, map[string]string{"esc\x1b[2J.yaml": "kind: DaemonSet # \xff calico-node\n"})
	code, _, stderr := call(t, "--check", "esc\x1b[2J.yaml")
	require.Equal(t, exitUnread, code)
	require.NotContains(t, stderr, "\x1b")
	require.Contains(t, stderr, `esc\x1b[2J.yaml`)
}

func TestAPipeThatNobodyWritesToIsAnError(t *testing.T) {
	inFolder(t, map[string]string{"a.yaml": daemonSet})
	require.NoError(t, syscall.Mkfifo("fifo", 0o600))
	patience := disk.WriterTimeout
	disk.WriterTimeout = 50 * time.Millisecond
	t.Cleanup(func() { disk.WriterTimeout = patience })
	for _, arguments := range [][]string{{"fifo"}, {"--check", "fifo"}, {"--config", "fifo", "a.yaml"}} {
		code, stdout, stderr := call(t, arguments...)
		require.NotEqual(t, exitOK, code, arguments)
		require.Empty(t, stdout)
		require.Contains(t, stderr, "nobody wrote to this pipe within 50ms", arguments)
	}
}

func TestNoOutputHasControlCharacters(t *testing.T) {
	const evil = "x\x1b[31m\a\u009b\u202e\u2066\r\x7f.yaml"
	inFolder(t, map[string]string{evil: daemonSet})
	for _, mode := range []string{"--check", "--audit"} {
		for _, form := range report.Names() {
			_, stdout, stderr := call(t, mode, "--output", form, evil)
			require.NotEmpty(t, stdout)
			require.False(t, strings.ContainsAny(stdout+stderr, "\x1b\a\u009b\u202e\u2066\r\x7f"), "%s %s", mode, form)
		}
	}
}

// TestAnInputIsNotTheOutput runs the program with stdout in a file that it also reads. The file must
// stay as the shell leaves it.
func TestAnInputIsNotTheOutput(t *testing.T) {
	inFolder(t, nil)
	for name, c := range map[string]struct {
		flag    int // of the redirection
		isStdin bool
		left    string
	}{
		"FILE > FILE":    {os.O_TRUNC, false, ""},
		"FILE >> FILE":   {os.O_APPEND, false, daemonSet},
		"< FILE > FILE":  {os.O_TRUNC, true, ""},
		"< FILE >> FILE": {os.O_APPEND, true, daemonSet},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, os.WriteFile("ds.yaml", []byte(daemonSet), 0o644))
			out, err := os.OpenFile("ds.yaml", os.O_WRONLY|c.flag, 0)
			require.NoError(t, err)
			defer out.Close()
			in, err := os.Open("ds.yaml")
			require.NoError(t, err)
			defer in.Close()
			cmd, place := program(t, "ds.yaml"), "ds.yaml"
			if c.isStdin {
				cmd, place = program(t, "secretName=regcred"), "stdin"
			}
			var stderr bytes.Buffer
			cmd.Stdin, cmd.Stdout, cmd.Stderr = in, out, &stderr
			require.Error(t, cmd.Run())
			require.Equal(t, int(exitUsage), cmd.ProcessState.ExitCode())
			require.Contains(t, stderr.String(), "error: "+place+": is also the output of this call\ncalico-pull-secrets: hint: restore the file")
			require.Equal(t, c.left, content(t, "ds.yaml"))
		})
	}
}
