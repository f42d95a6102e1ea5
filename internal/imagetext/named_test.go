// SPDX-License-Identifier: Apache-2.0

package imagetext

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNamesInATextWithComments(t *testing.T) {
	q := About([]string{"docker.io"})
	require.Equal(t, []string{"a/b", "c/d:1"}, q.named("x: 1\n# image: no/no\nimage: a/b\n  # image: no/no\n  // image: no/no\nIMAGE=c/d:1"))
}

// BenchmarkNamesInAText reads n bytes in which a part repeats. The time must grow as n, whatever the
// part is: texts come from anybody.
func BenchmarkNamesInAText(b *testing.B) {
	q := About([]string{"docker.io"})
	for _, part := range []string{"image=", "image ", "image", "image: a/b ", "image\n", "  image", "image value", "IMAGE \"'", "--image "} {
		for _, n := range []int{1 << 16, 1 << 17, 1 << 18} {
			text := strings.Repeat(part, n/len(part))
			b.Run(fmt.Sprintf("%q/%d", part, n), func(b *testing.B) {
				for b.Loop() {
					q.named(text)
				}
			})
		}
	}
}
