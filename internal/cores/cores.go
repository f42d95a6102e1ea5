// SPDX-License-Identifier: Apache-2.0

// Package cores does work on all cores.
package cores

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// EachQuick is Each for what takes some microseconds: few of these are not worth waking a
// core for.
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

// Each calls f with each number below n, as many at a time as there are cores, and
// returns when all are done. If f panics so does Each, once the others are done, with
// some numbers left out. Of many numbers a core takes some in a row: what belongs to
// neighbours is often near in memory, too.
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
