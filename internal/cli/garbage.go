// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"os"
	"runtime/debug"
	"sync"
)

// paceGarbage says how much memory may grow before Go collects garbage, unless the
// environment does. A run that only reads keeps little of what it makes: the less it has to
// walk through again and again, the better, and the less there may be in between.
func paceGarbage(isReader bool) {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	percent := 200 // most of what is made is kept to the end
	if isReader {
		ballast()
		percent = 50
	}
	debug.SetGCPercent(percent)
}

// ballast is memory that nobody writes to, so that it costs nothing. It counts for Go's
// collector, which else runs each time that a small heap has doubled: with 20,000 files to
// audit twice as much work.
var ballast = sync.OnceValue(func() []byte { return make([]byte, 24<<20) })
