// SPDX-License-Identifier: Apache-2.0

// Package cores does work on all cores.
package cores

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Each calls f, which does not panic, with each number below n, as many at a time as
// there are cores, and returns when all are done. Of many numbers a core takes some in
// a row: what belongs to neighbours is often near in memory, too.
func Each(n int, f func(i int)) {
	cores := runtime.GOMAXPROCS(0)
	row := min(max(1, n/(64*cores)), 64)
	var next atomic.Int64
	work := func() {
		for end := 0; end < n; {
			end = int(next.Add(int64(row)))
			for i := end - row; i < min(end, n); i++ {
				f(i)
			}
		}
	}
	var group sync.WaitGroup
	for range min(n, cores) - 1 {
		group.Go(work)
	}
	work()
	group.Wait()
}
