// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"os"
	"runtime/debug"
)

// What is made is kept to the end, but for some of it: the garbage collector, which looks
// at all that is kept, finds little. Who sets GOGC knows better.

// collectRarely is for one set of files: there is never more garbage than a few times what
// matters in them.
func collectRarely() { setGarbage(800) }

// collectBeside is for a large text that was read from stdin: the collector counts the
// memory that it may grow into, and is told to let what comes beside it grow to one and
// a half times its size, or a quarter of that memory.
func collectBeside(text []byte) {
	const large = 1 << 20
	if cap(text) > large {
		setGarbage(max(25, 150*len(text)/cap(text)))
	}
}

// setGarbage sets how much may be made anew, in percent of what was kept.
func setGarbage(percent int) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}
