// SPDX-License-Identifier: Apache-2.0

// Package cores runs work on all cores.
package cores

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// EachQuick is Each for calls that take some microseconds. For few such calls it is not
// worth waking another core.
func EachQuick(n int, f func(i int)) {
	const few = 64
	if n >= few {
		Each(n, f)
		return
	}
	for i := range n {
		f(i)
	}
}

// Each calls f with each number below n and returns when all calls are done. It makes as
// many calls at a time as there are cores. If f panics, Each panics, too, after the other
// calls are done; some numbers may then be left out. If n is large, a core takes several
// numbers in a row: neighbours are often near in memory.
func Each(n int, f func(i int)) {
	cores := runtime.GOMAXPROCS(0)
	row := min(max(1, n/(64*cores)), 64)
	var next atomic.Int64
	var caught atomic.Pointer[any]
	work := func() {
		defer func() {
			if p := recover(); p != nil {
				caught.Store(&p)
			}
		}()
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
	if p := caught.Load(); p != nil {
		panic(*p)
	}
}
