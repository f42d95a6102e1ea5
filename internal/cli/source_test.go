// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

// What is read ends with what a regular file had, and of a pipe only where it ends,
// whatever the system says is in it now.
func TestReadTo(t *testing.T) {
	long := strings.Repeat("0123456789", 2000)
	for _, memory := range [][]byte{nil, make([]byte, 0, 10), make([]byte, 50, 100_000)} {
		for _, read := range []func(io.Reader) io.Reader{func(r io.Reader) io.Reader { return r }, iotest.OneByteReader, iotest.DataErrReader} {
			for text, sizes := range map[string][]int64{"": {0, unknownSize, 100}, "abc": {0, 3, 100, unknownSize}, long: {0, 20000, 30000, unknownSize}} {
				for _, size := range sizes {
					got, err := readTo(read(strings.NewReader(text)).Read, size, memory)
					require.NoError(t, err)
					require.Equal(t, text, string(got), "size %d", size)
				}
			}
		}
	}
	got, err := readTo(strings.NewReader("abcdef").Read, 3, nil) // it grew
	require.NoError(t, err)
	require.True(t, bytes.HasPrefix([]byte("abcdef"), got) && len(got) >= 3)
	_, err = readTo(nil, maxSize+1, nil)
	require.ErrorIs(t, err, errTooLarge)
}

// A pipe is read to its end, however much is in it when it is opened.
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
	info, err := r.Stat()
	require.NoError(t, err)
	text, err := readTo(r.Read, sizeOf(info), nil)
	require.NoError(t, err)
	require.Equal(t, strings.Repeat(daemonSet, 1000), string(text))
}

// Between two times that a file is read somebody writes to it.
func TestAFileThatIsWrittenToMeanwhile(t *testing.T) {
	restore := recycle
	defer func() { recycle = restore }()
	other := strings.Replace(daemonSet, "kube-system", "a", 1)
	for mode, reads := range map[string]int{"--diff": 2, "--write": 3} { // before the last one
		for after := range reads {
			for problem, change := range map[string]func() error{
				"was changed meanwhile by somebody else": func() error { return os.WriteFile("m.yaml", []byte(daemonSet+"# c\n"), 0o644) },
				"no such file or directory":              func() error { return os.Remove("m.yaml") },
			} {
				inFolder(t, map[string]string{"a.yaml": other, "m.yaml": daemonSet})
				calls := 0
				recycle = func(text []byte) {
					isIt := bytes.Equal(text, []byte(daemonSet))
					restore(text)
					if isIt {
						if calls++; calls == after+1 {
							require.NoError(t, change())
						}
					}
				}
				code, stdout, stderr := call(t, mode, "a.yaml", "m.yaml")
				require.Equal(t, exitFailed, code, "%s %d", mode, after)
				require.Empty(t, stdout, "all or nothing")
				require.Equal(t, other, content(t, "a.yaml"), "all or nothing")
				require.Contains(t, stderr, "error: m.yaml: ")
				require.Contains(t, stderr, problem)
				require.Equal(t, 1, strings.Count(stderr, "m.yaml: "), stderr)
			}
		}
	}
}

func TestWhatIsOpenIsReadOnce(t *testing.T) {
	for path, want := range map[string]bool{
		"/dev/stdin": true, "/dev/fd/0": true, "/dev//fd/63": true, "/dev/shm/m.yaml": false, "dev/stdin": false, "/dev/fd.yaml": false,
	} {
		require.Equal(t, want, isDescriptor(path), path)
		s := source{name: path}
		s.open(func(string) {})
		require.Equal(t, !want, s.free != nil && s.mode.IsRegular(), path)
	}
}
