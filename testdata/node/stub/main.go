// SPDX-License-Identifier: Apache-2.0

// Stub stands in for the programs of Calico's images: what runs once ends at once, and
// what serves stays until it is told to end.
package main

import (
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

func main() {
	once := filepath.Base(os.Args[0]) == "install"
	for _, arg := range os.Args[1:] {
		for _, word := range []string{"-upgrade", "-init", "-live", "-ready", "-shutdown"} {
			once = once || strings.Contains(arg, word)
		}
	}
	if !once {
		end := make(chan os.Signal, 1)
		signal.Notify(end, syscall.SIGTERM)
		<-end
	}
}
