// SPDX-License-Identifier: Apache-2.0

package kinds

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// docs/configuration.md must have each known custom kind, and the path of its list.
func TestThePageHasTheOtherKinds(t *testing.T) {
	page, err := os.ReadFile("../../docs/configuration.md")
	require.NoError(t, err)
	_, section, found := strings.Cut(string(page), "### Other kinds")
	require.True(t, found)
	section, _, _ = strings.Cut(section, "\n## ")
	for k := range once {
		require.Contains(t, section, k.kind)
		require.Nil(t, Of(k.group, k.kind), "its pod templates are where they are found")
	}
	for k := range choosers {
		require.Contains(t, section, k.kind)
		require.Nil(t, Of(k.group, k.kind), "nobody knows a list of pull Secrets")
		require.True(t, ChoosesImage(k.group, k.kind))
	}
	require.False(t, ChoosesImage("apps", "Deployment"))
	for _, o := range operators {
		require.True(t, ChoosesImage(o.group, o.kind))
		require.Contains(t, section, o.kind)
		require.Contains(t, section, "`"+Of(o.group, o.kind).Path()+"`")
	}
}
