// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestKindsAtTheTop(t *testing.T) {
	for text, has := range map[string]bool{
		"kind: Pod\n":                                       true,
		"---\napiVersion: v1\nkind: Pod\n":                  true,
		"apiVersion: v1\n\"kind\": Pod\n":                   true,
		"spec:\n  kind: Pod\n":                              false,
		"a: '{\"kind\":\"Pod\"}'\n":                         false,
		`{"apiVersion":"v1","kind":"Pod"}`:                  true,
		"---\n{\n  \"data\": [{}],\n  \"kind\": \"Pod\"\n}": true,
		`{"message":"a \" { b","kind":"Status"}`:            true,
		`{"details":{"kind":"pods"}}`:                       false,
		"{\"details\":{\n\"kind\":\"pods\"}}":               false,
		`[{"kind":"Pod"}]`:                                  false,
		`{"message":"\"kind\":"}`:                           false,
		`{'"': 1, "kind":"Pod"}`:                            false, // the parser answers
		`{"a": "open`:                                       false,
		`{"a": "\`:                                          false,
		"":                                                  false,
	} {
		require.Equal(t, has, hasKind([]byte(text)), text)
	}
}
