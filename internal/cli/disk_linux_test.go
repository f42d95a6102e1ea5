// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"example.com/calico-pull-secrets/internal/disk"
	"example.com/calico-pull-secrets/internal/needs"
)

// onDisk makes a disk of size bytes the working folder, with files in it.
func onDisk(t *testing.T, size int, files map[string]string) (dir string) {
	t.Helper()
	inFolder(t, nil)
	require.NoError(t, os.Mkdir("disk", 0o755))
	if err := unix.Mount("tmpfs", "disk", "tmpfs", 0, fmt.Sprintf("size=%d", size)); err != nil {
		needs.Skip(t, "the right to mount a disk")
	}
	dir, err := os.Getwd()
	require.NoError(t, err)
	t.Chdir("disk")
	t.Cleanup(func() { // before the test leaves and removes the folders
		require.NoError(t, os.Chdir(dir))
		require.NoError(t, unix.Unmount("disk", unix.MNT_DETACH))
	})
	for name, text := range files {
		require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
	}
	return dir
}

// manifests returns n files of about 16 kB with one target each.
func manifests(n int) map[string]string {
	files := map[string]string{}
	for i := range n {
		files[fmt.Sprintf("%d.yaml", i)] = daemonSet + "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: large\ndata:\n  text: " + strings.Repeat("x", 16<<10) + "\n"
	}
	return files
}

func TestWriteToADiskThatIsFull(t *testing.T) {
	files := manifests(8)
	onDisk(t, 256<<10, files) // it has room for some new files, not for all
	arguments := append([]string{"--write", ".", "secret.path=new/folder/regcred.yaml"}, emit...)
	code, stdout, stderr := call(t, arguments...)
	require.Equal(t, exitUnread, code)
	require.Empty(t, stdout)
	require.Contains(t, stderr, "no space left on device")
	for name, text := range files {
		require.Equal(t, text, content(t, name))
	}
	require.Empty(t, removeTemporary(t))
	require.False(t, disk.Exists("new"), "a folder that was made for nothing")

	for name := range files { // half of them fit
		if name > "4.yaml" {
			require.NoError(t, os.Remove(name))
		}
	}
	code, _, stderr = call(t, arguments...)
	require.Equal(t, exitOK, code, stderr)
	require.True(t, disk.Exists("new/folder/regcred.yaml"))
}

func TestWriteToADiskThatIsReadOnly(t *testing.T) {
	files := manifests(2)
	onDisk(t, 1<<20, files)
	require.NoError(t, unix.Mount("", ".", "", unix.MS_REMOUNT|unix.MS_RDONLY, ""))
	code, stdout, stderr := call(t, append([]string{"--write", ".", "secret.path=new/regcred.yaml"}, emit...)...)
	require.Equal(t, exitUnread, code)
	require.Empty(t, stdout)
	require.Contains(t, stderr, "read-only file system")
	require.Contains(t, stderr, ".yaml")
	for name, text := range files {
		require.Equal(t, text, content(t, name))
	}
	code, _, stderr = call(t, "--check", ".")
	require.Equal(t, exitFailed, code)
	require.Contains(t, stderr, "does not reference Secret", "to look is fine")
}
