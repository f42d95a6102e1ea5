// SPDX-License-Identifier: Apache-2.0

// Package cores does work on all cores.
package cores

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Each calls f, which does not panic, with each number below n, as many at a time as
// there are cores, and returns when all are done.
func Each(n int, f func(i int)) {
	var next atomic.Int64
	work := func() {
		for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
			f(i)
		}
	}
	var group sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) - 1 {
		group.Go(work)
	}
	work()
	group.Wait()
}
