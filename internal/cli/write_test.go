// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/needs"
	"example.com/calico-pull-secrets/internal/stop"
)

// A signal waits until the program has finished the set that it is writing.
func TestASignalWaitsForTheSet(t *testing.T) {
	if os.Getenv(asWriter) != "" { // in a process of its own
		var writing sync.RWMutex
		stop.OnSignals(&writing, func(message string) { fmt.Println(message) })
		writing.RLock()
		_ = syscall.Kill(os.Getpid(), syscall.SIGTERM)
		time.Sleep(200 * time.Millisecond)
		fmt.Println("finished")
		writing.RUnlock()
		time.Sleep(10 * time.Second)
		return
	}
	own, err := os.Executable()
	require.NoError(t, err)
	cmd := needs.Command(t, own, "-test.run=^TestASignalWaitsForTheSet$")
	cmd.Env = append(os.Environ(), asWriter+"=1")
	out, _ := cmd.Output()
	require.Equal(t, 143, cmd.ProcessState.ExitCode())
	require.Equal(t, "error: stopped by a signal: each set of files is written completely or not at all\nfinished\n", string(out))
}

// asWriter is the variable that makes the test binary run TestASignalWaitsForTheSet as the writer.
const asWriter = "TEST_AS_WRITER"

func TestAFileWithASecretThatOthersCanReadIsAWarning(t *testing.T) {
	inFolder(t, map[string]string{"m/ds.yaml": daemonSet, "regcred.yaml": "# the Secret\n"})
	arguments := append([]string{"--write", "m", "--quiet", "secret.path=regcred.yaml"}, emit...)
	code, _, stderr := call(t, arguments...)
	require.Equal(t, exitOK, code, stderr)
	require.Contains(t, stderr, "warning: regcred.yaml: has a Secret in it, and other users may read it: chmod 600")
	require.NotContains(t, stderr, "wrote")
	require.Contains(t, content(t, "regcred.yaml"), "kind: Secret")
	info, err := os.Stat("regcred.yaml")
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o644), info.Mode())
	for _, mode := range []string{"--write", "--check", "--diff", "--audit"} { // modes that change nothing in it
		_, _, stderr := call(t, append([]string{mode, "m", "secret.path=regcred.yaml"}, emit...)...)
		require.Contains(t, stderr, "warning: regcred.yaml: has a Secret in it, and other users may read it", mode)
	}
	require.NoError(t, os.Chmod("regcred.yaml", 0o600))
	for _, mode := range []string{"--write", "--check", "--diff", "--audit"} {
		_, _, stderr := call(t, append([]string{mode, "m", "secret.path=regcred.yaml"}, emit...)...)
		require.NotContains(t, stderr, "may read it", mode)
	}
}

// Everybody may read an encrypted Secret.
func TestAnEncryptedSecretMayBeRead(t *testing.T) {
	inFolder(t, map[string]string{"m/ds.yaml": daemonSet, "regcred.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: regcred, namespace: kube-system}\ntype: kubernetes.io/dockerconfigjson\ndata: {.dockerconfigjson: 'ENC[AES256_GCM,data:x]'}\nsops: {}\n"})
	_, _, stderr := call(t, append([]string{"--check", "m", "secret.path=regcred.yaml"}, emit...)...)
	require.NotContains(t, stderr, "may read it")
}

func TestTheSecretStaysInTheWorkingFolder(t *testing.T) {
	for name, c := range map[string]struct{ link, target, path, problem string }{
		"a link that leads nowhere":      {"s.yaml", "../none.yaml", "s.yaml", "is a symbolic link that leads nowhere"},
		"a link out of the folder":       {"s.yaml", "../out/there.yaml", "s.yaml", "leads out of the working folder by a symbolic link"},
		"a folder that is a link":        {"s", "../out", "s/new.yaml", "leads out of the working folder by a symbolic link"},
		"a folder in a link":             {"s", "../out", "s/new/deep.yaml", "leads out of the working folder by a symbolic link"},
		"a link that stays in it":        {"s.yaml", "real.yaml", "s.yaml", ""},
		"a folder in it that is a link":  {"s", "m", "s/new.yaml", ""},
		"a file that is not there":       {"other", "m", "new.yaml", ""},
		"a folder that is not there yet": {"other", "m", "new/deep/s.yaml", ""},
	} {
		t.Run(name, func(t *testing.T) {
			inFolder(t, map[string]string{"work/m/ds.yaml": daemonSet, "work/real.yaml": "# x\n", "out/there.yaml": "# theirs\n"})
			t.Chdir("work")
			require.NoError(t, os.Symlink(c.target, c.link))
			code, _, stderr := call(t, append([]string{"--write", "m/ds.yaml", "secret.path=" + c.path}, emit...)...)
			if c.problem == "" {
				require.Equal(t, exitOK, code, stderr)
				require.Contains(t, content(t, c.path), "kind: Secret")
				return
			}
			require.Equal(t, exitUsage, code)
			require.Contains(t, stderr, "secret.path: "+c.problem)
			require.Equal(t, daemonSet, content(t, "m/ds.yaml"))
			entries, err := os.ReadDir(filepath.Join("..", "out"))
			require.NoError(t, err)
			require.Len(t, entries, 1)
			require.Equal(t, "# theirs\n", content(t, "../out/there.yaml"))
		})
	}
}

func TestAFileThatCannotBeWrittenIsNotReplaced(t *testing.T) {
	inFolder(t, map[string]string{"a.yaml": daemonSet})
	require.NoError(t, os.Chmod("a.yaml", 0o444))
	cmd := program(t, "--write", "a.yaml")
	if os.Getuid() == 0 { // root may write everything
		asNobody(t, cmd)
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	require.Error(t, cmd.Run())
	require.Equal(t, exitUnread, cmd.ProcessState.ExitCode())
	require.Contains(t, stderr.String(), "a.yaml: permission denied: nothing was written")
	require.Equal(t, daemonSet, content(t, "a.yaml"))
}

// asNobody runs a command as the user nobody, and gives it the working folder.
func asNobody(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	const nobody = 65534
	own := t.TempDir()
	require.NoError(t, os.Chmod(filepath.Dir(own), 0o755))
	binary, err := os.ReadFile(cmd.Path)
	require.NoError(t, err)
	cmd.Path = filepath.Join(own, "program")
	require.NoError(t, os.WriteFile(cmd.Path, binary, 0o755))
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	require.NoError(t, os.Chown(".", nobody, nobody))
}

func TestWriteFollowsAChainOfLinksThatWasNamed(t *testing.T) {
	inFolder(t, map[string]string{"real/ds.yaml": daemonSet})
	require.NoError(t, os.Symlink("real/ds.yaml", "third.yaml"))
	require.NoError(t, os.Symlink("third.yaml", "second.yaml"))
	require.NoError(t, os.Symlink("second.yaml", "first.yaml"))
	code, _, stderr := call(t, "--write", "first.yaml")
	require.Equal(t, exitOK, code, stderr)
	require.Contains(t, content(t, "real/ds.yaml"), "imagePullSecrets")
	for _, link := range []string{"first.yaml", "second.yaml", "third.yaml"} {
		info, err := os.Lstat(link)
		require.NoError(t, err)
		require.NotZero(t, info.Mode()&fs.ModeSymlink, link)
	}

	require.NoError(t, os.Symlink("there.yaml", "here.yaml"))
	require.NoError(t, os.Symlink("here.yaml", "there.yaml"))
	code, stdout, stderr := call(t, "--write", "here.yaml")
	require.Equal(t, exitUsage, code, stderr)
	require.Empty(t, stdout)
	require.Contains(t, stderr, "here.yaml: is a symbolic link that leads nowhere")
}

// TestNamesAsLongAsTheyMayBe writes files whose names have the maximal length. A temporary file
// must fit beside them.
func TestNamesAsLongAsTheyMayBe(t *testing.T) {
	for _, length := range []int{245, 250, 255} {
		name := strings.Repeat("n", length-len(".yaml")) + ".yaml"
		inFolder(t, map[string]string{name: daemonSet})
		code, _, stderr := call(t, append([]string{"--write", name, "secret.path=" + strings.Repeat("s", length-len(".yaml")) + ".yaml"}, emit...)...)
		require.Equal(t, exitOK, code, stderr)
		require.Contains(t, content(t, name), "imagePullSecrets")
		entries, err := os.ReadDir(".")
		require.NoError(t, err)
		require.Len(t, entries, 2)
	}
}
