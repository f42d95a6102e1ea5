// SPDX-License-Identifier: Apache-2.0

package encoded_test

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/encoded"
)

// line is one of the shortest lines of wrapped base64.
var line = strings.Repeat("aB3/", 10)

func TestRuns(t *testing.T) {
	for text, want := range map[string]encoded.Runs{
		"":                     {},
		"words, and a/path":    {},
		"cXVheS5pby9h":         {Any: true},
		line:                   {Any: true, Long: true},
		line[1:] + "\n" + line: {Any: true, Long: true},
		line + "\nx":           {Any: true, Long: true, Wrapped: true},
		line + " \n x":         {Any: true, Long: true, Wrapped: true},
		line + "\r\n  x":       {Any: true, Long: true, Wrapped: true},
		line + `\n` + "x":      {Any: true, Long: true, Wrapped: true},
		line + `\\r\\n` + "x":  {Any: true, Long: true, Wrapped: true},
		line + "\\\nx":         {Any: true, Long: true, Wrapped: true},
		line + `\"`:            {Any: true, Long: true},
		line + `\`:             {Any: true, Long: true},
		line + " x":            {Any: true, Long: true},
		"sha256:" + strings.Repeat("0123456789abcdef", 4):                        {Any: true, Long: true},
		base64.StdEncoding.EncodeToString([]byte("a few words, and no more: x")): {Any: true},
	} {
		require.Equal(t, want, encoded.Of(text), "%q", text)
		require.Equal(t, want, encoded.Of([]byte(text)), "%q", text)
	}
}

// TestBase64OfBase64 encodes references twice, behind something that looks like base64.
func TestBase64OfBase64(t *testing.T) {
	for n := range 2000 {
		r := rand.New(rand.NewPCG(uint64(n), 1))
		plain := strings.Repeat("x", r.IntN(5)) + fmt.Sprintf("docker.io/a%d", n) + strings.Repeat("\n\x00é", r.IntN(3))
		inner := []*base64.Encoding{base64.StdEncoding, base64.RawURLEncoding}[r.IntN(2)].EncodeToString([]byte(plain))
		outer := strings.Repeat("a", r.IntN(6)) + base64.RawStdEncoding.EncodeToString([]byte(inner))
		require.True(t, encoded.Of("x: "+outer+"\n").Twice, "%q: %s", plain, outer)
		require.True(t, encoded.IsTwice(outer), "%q: %s", plain, outer)
	}
}

func TestJoined(t *testing.T) {
	for text, want := range map[string]string{
		"":                                       "",
		"a\nb":                                   "a\nb",
		line + "\n" + line:                       line + line,
		"a: " + line + "\r\n  " + line + "\nend": "a: " + line + line + "end",
		line + " \n\t" + "x y":                   line + "x y",
		line + `\n` + line + `\\n` + "x":         line + line + "x",
		line + " x":                              line + "x",
		line + "\\\n  x":                         line + "x",
		line + `"` + "\n" + line:                 line + `"` + "\n" + line,
		line + "=\n" + line + "\n":               line + "=\n" + line,
	} {
		require.Equal(t, want, encoded.Joined(text), "%q", text)
	}
}
