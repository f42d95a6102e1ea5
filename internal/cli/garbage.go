// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// paceGarbage sets how much the heap may grow before Go collects garbage. GOGC and GOMEMLIMIT
// override it. A run that only reads keeps little of what it allocates. So a collection is cheap,
// and an early one saves memory.
func paceGarbage(isReader bool) {
	switch {
	case os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "":
	case isReader:
		paceByLive()
	default:
		debug.SetGCPercent(200) // such a run keeps most of its memory to the end
	}
}

// paceByLive lets the heap grow by half, but not less than by leastGrowth: a small heap would be
// collected each time it grows by a few megabytes. Nor does it let a heap become more than
// mostGrowth times larger. It sets the percentage again after each collection.
func paceByLive() {
	const leastGrowth, mostGrowth = 32 << 20, 3
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	live := max(sample[0].Value.Uint64(), 4<<20) // Go's percentages are of 4 MiB at least
	debug.SetGCPercent(int(100 * min(max(live/2, leastGrowth), mostGrowth*live) / live))
	runtime.AddCleanup(new(struct{ unused *byte }), func(struct{}) { paceByLive() }, struct{}{})
}
