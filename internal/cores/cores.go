// SPDX-License-Identifier: Apache-2.0

// Package cores does work on all cores.
package cores

import (
	"os"
	"runtime"
	"sync"
	"sync/atomic"
)

// spare is how many of Go's processors Count does not count.
var spare atomic.Int32

// Count returns how many cores there are to work on, at least 1.
func Count() int { return max(1, runtime.GOMAXPROCS(0)-int(spare.Load())) }

// Spare adds one of Go's processors, for which Each has no work, until end is called.
// While all are busy the runtime looks every 20 µs whether one waits for the system, as it
// does with many files, and has another thread take its place: a tenth of the time goes
// there. It is one processor however often it is added, and none where GOMAXPROCS is set.
// From then on Go does not follow changes of a container's limit any more.
func Spare() (end func()) {
	if os.Getenv("GOMAXPROCS") != "" || !spare.CompareAndSwap(0, 1) {
		return func() {}
	}
	before := runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1)
	return func() {
		runtime.GOMAXPROCS(before)
		spare.Store(0)
	}
}

// Light is Each for what takes some microseconds: few of these are not worth waking a
// core for.
func Light(n int, f func(i int)) {
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
	cores := Count()
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
