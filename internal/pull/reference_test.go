// SPDX-License-Identifier: Apache-2.0

package pull

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// referenceExpression accepts the same references as parse, in one regular expression.
var referenceExpression = func() *regexp.Regexp {
	const (
		label  = `(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])`
		host   = `(?:` + label + `(?:\.` + label + `)*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?`
		part   = `[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*`
		tag    = `(?::(\w[\w.-]*))?`
		digest = `(?:@(sha256|sha384|sha512):([a-f0-9]+))?`
	)
	return regexp.MustCompile(`^(?:(` + host + `)/)?(` + part + `(?:/` + part + `)*)` + tag + digest + `$`)
}()

func requireParsedAsTheExpression(t *testing.T, normalised string) {
	t.Helper()
	r, ok := parse(normalised)
	parts := referenceExpression.FindStringSubmatch(normalised)
	require.Equal(t, parts != nil, ok, "%q", normalised)
	if ok {
		require.Equal(t, parts[1:], []string{r.host, r.path, r.tag, r.algorithm, r.digest}, "%q", normalised)
	}
}

// pieces are parts of references, good and bad.
var pieces = []string{
	"a", "b0", "A", "a-b", "a_b", "-", "--", "_", "__", "___", ".", "..", "/", "/", "/", "//", ":", ":5000", ":v1.0", "@", "@sha256:", "@sha512:ab", "@md5:ab",
	"[", "]", "[::1]", "[fe80::1%1]", "[A]", "0", "quay.io", "localhost", "é", "\n", " ", "$", "", "ab", "f0",
}

// TestParseAgreesWithTheExpression compares parse and the expression for random references. Most
// references are nearly right.
func TestParseAgreesWithTheExpression(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	accepted := 0
	for range 200_000 {
		var s strings.Builder
		s.WriteString([]string{"", "a/", "quay.io/", "r:5000/", "[::1]/"}[random.IntN(5)])
		for range 1 + random.IntN(6) {
			s.WriteString(pieces[random.IntN(len(pieces))])
		}
		requireParsedAsTheExpression(t, s.String())
		if _, ok := parse(s.String()); ok {
			accepted++
		}
	}
	require.Greater(t, accepted, 10_000)
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"docker.io/calico/node:v3", "[::1]:5000/a__b/c--d@sha256:0", "a_b.c/d"} {
		f.Add(s)
	}
	f.Fuzz(requireParsedAsTheExpression)
}
