// SPDX-License-Identifier: Apache-2.0

package disk

import (
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

func TestReadAll(t *testing.T) {
	long := strings.Repeat("0123456789", 60_000) // more than the first buffer
	for _, memory := range [][]byte{nil, make([]byte, 0, 10), make([]byte, 50, 1_000_000)} {
		for _, read := range []func(io.Reader) io.Reader{func(r io.Reader) io.Reader { return r }, iotest.HalfReader, iotest.DataErrReader} {
			for _, text := range []string{"", "abc", long} {
				got, err := ReadAll(read(strings.NewReader(text)), memory)
				require.NoError(t, err)
				require.Equal(t, text, string(got))
			}
		}
	}
	_, err := ReadAll(iotest.ErrReader(io.ErrUnexpectedEOF), nil)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

// A pipe is read to its end, whatever it has when it is opened.
func TestAPipeIsReadToItsEnd(t *testing.T) {
	text := strings.Repeat("kind: DaemonSet\n", 20)
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer r.Close()
	go func() {
		defer w.Close()
		for range 1000 {
			_, _ = w.WriteString(text)
		}
	}()
	got, err := ReadAll(r, nil)
	require.NoError(t, err)
	require.Equal(t, strings.Repeat(text, 1000), string(got))
}

// If something replaces a file between two looks, the program does not take it for an empty file.
func TestAFileThatIsReplacedMeanwhile(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("a.yaml", []byte("kind: DaemonSet\n"), 0o644))
	require.NoError(t, syscall.Mkfifo("pipe", 0o600))
	f, err := open("pipe", 0) // as if it were a file
	require.NoError(t, err)
	defer f.Close()
	_, err = readOpen(f, 0)
	require.ErrorIs(t, err, ErrChanged)

	f, err = open("a.yaml", 0)
	require.NoError(t, err)
	defer f.Close()
	_, err = f.Seek(10, io.SeekStart) // as if somebody had shortened it
	require.NoError(t, err)
	_, err = readOpen(f, 0)
	require.ErrorIs(t, err, ErrChanged)
}
