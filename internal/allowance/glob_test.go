// SPDX-License-Identifier: Apache-2.0

package allowance

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A glob with a few alternatives in braces matches every path that one alternative matches.
func TestMatchGlob(t *testing.T) {
	for glob, paths := range map[string][2]string{ // one path that matches, and one that does not
		"{charts,tests}/**":    {"tests/a/b", "src/a"},
		"{a,{b,c/d}}/x":        {"c/d/x", "c/x"},
		"docker.io/{a,b}/*":    {"docker.io/b/c", "docker.io/ab/c"},
		"a{,.b}":               {"a.b", "a."},
		`\{a,b\}`:              {"{a,b}", "a"},
		"[{]{a,b}[}]":          {"{b}", "b"},
		"{a,b}{c,d}/{e,f}/?":   {"bc/f/x", "ab/e/x"},
		`{a\,b,c}`:             {"a,b", "a"},
		"docker.io/acme/x:1.*": {"docker.io/acme/x:1.2", "docker.io/acme/x"},
	} {
		require.True(t, IsGlob(glob), glob)
		require.True(t, matchGlob(glob, paths[0]), glob)
		require.False(t, matchGlob(glob, paths[1]), glob)
	}
}

// A text with too many alternatives is no glob. IsGlob must see that at once.
func TestTooManyAlternatives(t *testing.T) {
	for _, glob := range []string{
		"docker.io/" + strings.Repeat("{a,a}", 40), strings.Repeat("{a,a}", 7), "{a" + strings.Repeat(",a", 100) + "}",
		strings.Repeat("{", 10_000) + strings.Repeat("}", 10_000),
	} {
		require.False(t, IsGlob(glob))
	}
	require.True(t, IsGlob("{charts,tests,{a,b}}/**"))
}
