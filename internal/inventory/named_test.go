// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Texts come from anybody, so each is read once however it repeats.
func TestNamesInATextAreReadInLinearTime(t *testing.T) {
	q := About([]string{"docker.io"})
	for _, part := range []string{"image=", "image ", "image", "image: a/b ", "image\n", "  image", "image value", "IMAGE \"'", "--image "} {
		start := time.Now()
		q.named(strings.Repeat(part, 1<<20/len(part)))
		require.Less(t, time.Since(start), 3*time.Second, part)
	}
	require.Equal(t, []string{"a/b", "c/d:1"}, q.named("x: 1\n# image: no/no\nimage: a/b\n  # image: no/no\n  // image: no/no\nIMAGE=c/d:1"))
}
