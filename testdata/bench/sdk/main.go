// SPDX-License-Identifier: Apache-2.0

// Command sdk is the function as the SDK's own machinery runs it.
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
