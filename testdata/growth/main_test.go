// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTable(t *testing.T) {
	const runs = "goos: linux\nBenchmarkGrowth/a_shape/200-2 \t 20 \t 4000000 ns/op \t 4000000 B/op \t 9 allocs/op\n" +
		"BenchmarkGrowth/a_shape/100-2 \t 20 \t 2000000 ns/op \t 1000000 B/op \t 7 allocs/op\n"
	var out strings.Builder
	require.NoError(t, table(strings.NewReader(runs+"BenchmarkGrowth/a_shape/400-2 20 8000000 ns/op 2000000 B/op\nPASS\n"), &out))
	require.Contains(t, out.String(), "| a shape | 100 | 2.0 ms | 2.0 | 4.0 | 1.0 MB | 4.0 | 2.0 |\n")
	require.ErrorContains(t, table(strings.NewReader(runs), &out), "a_shape: 2 runs")
	require.ErrorContains(t, table(strings.NewReader(runs+"--- FAIL: BenchmarkGrowth\n"), &out), "failed")
	require.ErrorContains(t, table(strings.NewReader(""), &out), "no lines")
}
