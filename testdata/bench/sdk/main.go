// SPDX-License-Identifier: Apache-2.0

// Command sdk runs the function with the SDK's own code.
package main

import (
	"io"
	"os"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/function"
)

func main() {
	in, err := io.ReadAll(os.Stdin)
	if err != nil {
		os.Exit(1)
	}
	out, err := fn.Run(fn.ResourceListProcessorFunc(function.Process), in)
	if _, writeErr := os.Stdout.Write(out); err != nil || writeErr != nil {
		os.Exit(1)
	}
}
