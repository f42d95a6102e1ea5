// SPDX-License-Identifier: Apache-2.0

//go:build !unix

package cli

// readRegular returns what is in a file.
func readRegular(path string) ([]byte, error) { return readPath(path) }
