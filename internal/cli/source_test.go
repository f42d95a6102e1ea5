// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/disk"
)

// Somebody writes to a file after the program has read it, while it asks for the password.
func TestAFileThatIsWrittenToMeanwhile(t *testing.T) {
	other := strings.Replace(daemonSet, "kube-system", "a", 1)
	for problem, change := range map[string]func() error{
		"changed while the program ran": func() error { return os.WriteFile("m.yaml", []byte(daemonSet+"# c\n"), 0o644) },
		"no such file or directory":     func() error { return os.Remove("m.yaml") },
	} {
		inFolder(t, map[string]string{"a.yaml": other, "m.yaml": daemonSet})
		require.NoError(t, syscall.Mkfifo("password", 0o600))
		changed := make(chan error, 1)
		go func() {
			f, err := os.OpenFile("password", os.O_WRONLY, 0) // waits for the program
			if err == nil {
				err = change()
				_, _ = f.WriteString(password)
				f.Close()
			}
			changed <- err
		}()
		code, stdout, stderr := call(t, "--write", "a.yaml", "m.yaml", "secret.path=new/regcred.yaml", "secret.usernameEnv=REGISTRY_USER", "secret.passwordFile=password")
		require.NoError(t, <-changed)
		require.Equal(t, exitUnread, code)
		require.Empty(t, stdout)
		require.Contains(t, stderr, "error: m.yaml: "+problem+": nothing was written")
		require.Equal(t, other, content(t, "a.yaml"), "all or nothing")
		require.NoDirExists(t, "new")
		require.Empty(t, removeTemporary(t))
	}
}

func TestDescriptorsAreReadOnce(t *testing.T) {
	for path, want := range map[string]bool{
		"/dev/stdin": true, "/dev/fd/0": true, "/dev//fd/63": true, "/dev/shm/m.yaml": false, "dev/stdin": false, "/dev/fd.yaml": false,
	} {
		require.Equal(t, want, disk.IsDescriptor(path), path)
		s := source{name: path}
		s.open(func(string) {})
		require.Equal(t, !want, s.free != nil && s.mode.IsRegular(), path)
	}
}
