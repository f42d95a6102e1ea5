// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/function"
)

func TestReadAll(t *testing.T) {
	long := strings.Repeat("0123456789", 60_000) // more than the first buffer
	for _, memory := range [][]byte{nil, make([]byte, 0, 10), make([]byte, 50, 1_000_000)} {
		for _, read := range []func(io.Reader) io.Reader{func(r io.Reader) io.Reader { return r }, iotest.HalfReader, iotest.DataErrReader} {
			for _, text := range []string{"", "abc", long} {
				got, err := readAll(read(strings.NewReader(text)), memory)
				require.NoError(t, err)
				require.Equal(t, text, string(got))
			}
		}
	}
	_, err := readAll(iotest.ErrReader(io.ErrUnexpectedEOF), nil)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

// A pipe is read to its end, whatever it has when it is opened.
func TestAPipeIsReadToItsEnd(t *testing.T) {
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer r.Close()
	go func() {
		defer w.Close()
		for range 1000 {
			_, _ = w.WriteString(daemonSet)
		}
	}()
	text, err := readAll(r, nil)
	require.NoError(t, err)
	require.Equal(t, strings.Repeat(daemonSet, 1000), string(text))
}

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

// If something replaces a file between two looks, the program does not take it for an empty file.
func TestAFileThatIsReplacedMeanwhile(t *testing.T) {
	inFolder(t, map[string]string{"a.yaml": daemonSet})
	require.NoError(t, syscall.Mkfifo("pipe", 0o600))
	f, err := open("pipe", 0) // as if it were a file
	require.NoError(t, err)
	defer f.Close()
	_, err = readOpen(f, 0)
	require.ErrorIs(t, err, function.ErrChanged)

	f, err = open("a.yaml", 0)
	require.NoError(t, err)
	defer f.Close()
	_, err = f.Seek(100, io.SeekStart) // as if somebody had shortened it
	require.NoError(t, err)
	_, err = readOpen(f, 0)
	require.ErrorIs(t, err, function.ErrChanged)
}

func TestDescriptorsAreReadOnce(t *testing.T) {
	for path, want := range map[string]bool{
		"/dev/stdin": true, "/dev/fd/0": true, "/dev//fd/63": true, "/dev/shm/m.yaml": false, "dev/stdin": false, "/dev/fd.yaml": false,
	} {
		require.Equal(t, want, isDescriptor(path), path)
		s := source{name: path}
		s.open(func(string) {})
		require.Equal(t, !want, s.free != nil && s.mode.IsRegular(), path)
	}
}
