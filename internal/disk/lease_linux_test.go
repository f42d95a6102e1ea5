// SPDX-License-Identifier: Apache-2.0

package disk

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/calico-pull-secrets/internal/needs"
)

// If a file server has a lease on a file, the program reads the file when the lease ends.
func TestALeasedFileIsRead(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("f.yaml", []byte("kind: DaemonSet\n"), 0o644))
	f, err := os.OpenFile("f.yaml", os.O_RDWR, 0)
	require.NoError(t, err)
	defer f.Close()
	if _, err := unix.FcntlInt(f.Fd(), unix.F_SETLEASE, unix.F_WRLCK); err != nil {
		needs.Skip(t, "a file system with leases")
	}
	_, err = unix.Open("f.yaml", unix.O_RDONLY|unix.O_NONBLOCK, 0)
	require.ErrorIs(t, err, unix.EAGAIN)
	time.AfterFunc(100*time.Millisecond, func() { _, _ = unix.FcntlInt(f.Fd(), unix.F_SETLEASE, unix.F_UNLCK) })
	text, err := Read("f.yaml")
	require.NoError(t, err)
	require.Equal(t, "kind: DaemonSet\n", string(text))
}
