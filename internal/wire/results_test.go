// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"testing"
	"time"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"github.com/stretchr/testify/require"
)

// TestManyResults checks that the time to write results is linear.
func TestManyResults(t *testing.T) {
	var h header
	var results fn.Results
	for range 200_000 {
		h.results = append(h.results, &fn.Result{})
		results = append(results, &fn.Result{})
	}
	start := time.Now()
	n, err := h.resultsNode(results)
	require.NoError(t, err)
	require.Len(t, n.Content, len(results))
	require.Less(t, time.Since(start), 4*time.Second)
}
