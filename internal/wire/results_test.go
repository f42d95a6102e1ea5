// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"strconv"
	"testing"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"github.com/stretchr/testify/require"
)

// BenchmarkResults writes n results behind n others. The time must grow as n.
func BenchmarkResults(b *testing.B) {
	for _, n := range []int{10_000, 20_000, 40_000} {
		var h header
		var results fn.Results
		for range n {
			h.results = append(h.results, &fn.Result{})
			results = append(results, &fn.Result{})
		}
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			for b.Loop() {
				_, err := h.resultsNode(results)
				require.NoError(b, err)
			}
		})
	}
}
