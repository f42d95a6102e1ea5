// SPDX-License-Identifier: Apache-2.0

package kinds

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestEachKindIsComplete wants each row of kinds.go to be complete, and its apiVersion to be right.
func TestEachKindIsComplete(t *testing.T) {
	for _, s := range specs {
		require.NotEmpty(t, s.Groups, "internal/kinds/kinds.go: %s has no group", s.Kind)
		require.Regexp(t, `^v[0-9]+((alpha|beta)[0-9]+)?$`, s.Version, "internal/kinds/kinds.go: the version of %s", s.Kind)
		require.Equal(t, &s, Of(s.Groups[0], s.Kind))
	}
	require.Equal(t, "apps/v1", Named("DaemonSet").APIVersion())
	require.Equal(t, "v1", Named("Pod").APIVersion())
	require.Equal(t, "operator.tigera.io/v1", Named(Installation).APIVersion())
	require.Equal(t, "example.com/v1beta1", (&Spec{Groups: []string{"example.com"}, Version: "v1beta1"}).APIVersion())
}
