// SPDX-License-Identifier: Apache-2.0

//go:build !unix

package cli

import (
	"io/fs"
	"os"
)

// readRegular returns what is in a file that was regular when it was looked at, in
// memory that may be handed to free.
func readRegular(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errNoFile
	}
	return readTo(f.Read, info.Size(), *free.Get().(*[]byte))
}

// identityOf is what can be told of a file without opening it: its size, and when it
// was changed.
func identityOf(info fs.FileInfo) identity {
	return identity{info.Size(), info.ModTime().UnixNano()}
}
