// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestThePageHasAllSilentPlaces compares the table of the page with the places.
func TestThePageHasAllSilentPlaces(t *testing.T) {
	page, err := os.ReadFile("../../docs/verdicts.md")
	require.NoError(t, err)
	for _, place := range SilentPlaces() {
		require.Contains(t, string(page), "| `"+place.Name+"` | "+place.Reason+" |\n")
	}
	_, table, _ := strings.Cut(string(page), "| place | what it is |\n| --- | --- |\n")
	table, _, _ = strings.Cut(table, "\n\n")
	require.Len(t, strings.Split(table, "\n"), len(SilentPlaces()))
}
