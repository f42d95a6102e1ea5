// SPDX-License-Identifier: Apache-2.0

//go:build unix

package credential

import (
	"fmt"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestDevicesAreNotRead(t *testing.T) {
	for _, path := range []string{"/dev/zero", "/dev/null", "/dev/urandom"} {
		_, err := Source{File: path}.Read(Access{})
		requireError(t, err, "file "+path+": is a device")
		_, err = OpenDocker(path, Access{})
		requireError(t, err, "file "+path+": is a device")
	}
	atHome(t)
	require.NoError(t, os.Symlink("/dev/zero", "link"))
	_, err := Source{File: "link"}.Read(Access{})
	requireError(t, err, "file link: is a device")
	_, err = Source{File: "/dev/zero"}.Read(Access{Files: []string{"/"}})
	requireError(t, err, "file /dev/zero: is a device")
}

func TestASocketIsNotRead(t *testing.T) {
	atHome(t)
	l, err := net.Listen("unix", "socket")
	require.NoError(t, err)
	defer l.Close()
	_, err = Source{File: "socket"}.Read(Access{})
	requireError(t, err, "file socket: is a socket")
}

// pipe makes a FIFO. If write is not nil, write fills it.
func pipe(t *testing.T, write func(*os.File)) {
	t.Helper()
	require.NoError(t, syscall.Mkfifo("fifo", 0o600))
	if write == nil {
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f, err := os.OpenFile("fifo", os.O_WRONLY, 0)
		if err != nil {
			return
		}
		defer f.Close()
		write(f)
	}()
	t.Cleanup(func() { <-done })
}

func TestAPipeIsRead(t *testing.T) {
	atHome(t)
	pipe(t, func(f *os.File) {
		for _, c := range canary + "\n" {
			time.Sleep(time.Millisecond)
			_, _ = f.WriteString(string(c))
		}
	})
	got, err := Source{File: "fifo"}.Read(Access{Files: []string{"."}})
	require.NoError(t, err)
	require.True(t, got == canary)
}

func TestAPipeOfAShellIsRead(t *testing.T) {
	for name, text := range map[string]string{"with a password": canary + "\n", "of a program that failed": ""} {
		t.Run(name, func(t *testing.T) {
			r, w, err := os.Pipe()
			require.NoError(t, err)
			defer r.Close()
			_, err = w.WriteString(text)
			require.NoError(t, err)
			require.NoError(t, w.Close())
			path := fmt.Sprintf("/dev/fd/%d", r.Fd())
			start := time.Now()
			got, err := Source{File: path}.Read(Access{})
			require.Less(t, time.Since(start), fileTimeout)
			if text == "" {
				requireError(t, err, path+" is empty")
				return
			}
			require.NoError(t, err)
			require.True(t, got == canary)
		})
	}
}

func TestAPipeThatNobodyWritesTo(t *testing.T) {
	atHome(t)
	timeouts(t, 50*time.Millisecond)
	pipe(t, nil)
	_, err := Source{File: "fifo"}.Read(Access{})
	requireError(t, err, "file fifo: sent no data within 50ms, or did not end")
	_, err = OpenDocker("./fifo", Access{})
	requireError(t, err, "file ./fifo: sent no data within 50ms, or did not end")
	_, err = Source{File: "fifo"}.Read(Access{Files: []string{"."}})
	requireError(t, err, "file fifo: sent no data within 50ms, or did not end")
}

func TestAPipeThatDoesNotEnd(t *testing.T) {
	atHome(t)
	timeouts(t, 50*time.Millisecond)
	ended := make(chan struct{})
	pipe(t, func(f *os.File) {
		_, _ = f.WriteString(canary)
		<-ended
	})
	_, err := Source{File: "fifo"}.Read(Access{})
	close(ended)
	requireError(t, err, "file fifo: sent no data within 50ms, or did not end")
}

func TestAPipeWithoutAnEnd(t *testing.T) {
	atHome(t)
	pipe(t, func(f *os.File) {
		for {
			if _, err := f.WriteString(canary); err != nil {
				return
			}
		}
	})
	_, err := Source{File: "fifo"}.Read(Access{})
	requireError(t, err, "is larger than 1 MiB")
}
