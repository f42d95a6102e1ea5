// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"os"
	"runtime/debug"
	"sync"
)

// paceGarbage sets how much the heap may grow before Go collects garbage. GOGC and GOMEMLIMIT
// override it. A run that only reads keeps little of what it allocates. So a collection is cheap,
// and an early one saves memory.
func paceGarbage(isReader bool) {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	percent := 200 // such a run keeps most of its memory to the end
	if isReader {
		ballast()
		percent = 50
	}
	debug.SetGCPercent(percent)
}

// ballast is memory that nobody writes to, so that it costs nothing. Go's collector counts it.
// Without it a collection runs each time a small heap doubles: an audit of 20,000 files works twice
// as much.
var ballast = sync.OnceValue(func() []byte { return make([]byte, 24<<20) })
