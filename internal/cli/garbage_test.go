// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHowMuchGarbageThereMayBe(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	percent := func(set func()) int {
		debug.SetGCPercent(100)
		set()
		return debug.SetGCPercent(100)
	}
	beside := func(length, capacity int) func() { return func() { collectBeside(make([]byte, length, capacity)) } }
	t.Setenv("GOGC", "")
	require.Equal(t, 800, percent(collectRarely))
	require.Equal(t, 100, percent(beside(22<<20, 33<<20)), "one and a half times the text")
	require.Equal(t, 25, percent(beside(1<<20, 32<<20)), "a quarter of the memory")
	require.Equal(t, 100, percent(beside(100, 512<<10)), "what is small is nothing to the collector")

	t.Setenv("GOGC", "50")
	require.Equal(t, 100, percent(collectRarely), "Go has read it when the program started")
	require.Equal(t, 100, percent(beside(1<<20, 32<<20)))
}
