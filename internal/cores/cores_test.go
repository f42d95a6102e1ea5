// SPDX-License-Identifier: Apache-2.0

package cores

import (
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEach(t *testing.T) {
	for _, cores := range []int{1, 2, 7} {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
		for _, n := range []int{0, 1, 2, 63, 64, 129, 1000, 20000} {
			calls := make([]atomic.Int32, n)
			Each(n, func(i int) { calls[i].Add(1) })
			for i := range calls {
				require.EqualValues(t, 1, calls[i].Load(), "%d of %d on %d cores", i, n, cores)
			}
		}
	}
}

func TestEachPanicsIfTheFunctionPanics(t *testing.T) {
	for _, n := range []int{1, 64, 1000} {
		require.PanicsWithValue(t, "hunter2", func() {
			Each(n, func(i int) {
				if i == n-1 {
					panic("hunter2")
				}
			})
		})
	}
}

func TestEachQuick(t *testing.T) {
	for _, n := range []int{0, 1, 63, 64, 1000} {
		calls := make([]atomic.Int32, n)
		EachQuick(n, func(i int) { calls[i].Add(1) })
		for i := range calls {
			require.EqualValues(t, 1, calls[i].Load())
		}
	}
}
