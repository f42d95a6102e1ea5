// SPDX-License-Identifier: Apache-2.0

package wire_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/prefilter"
	"example.com/calico-pull-secrets/internal/wire"
)

// TestWhatKubectlRefuses has a target among other documents. kubectl stops at some of these, and drops
// others in silence.
func TestWhatKubectlRefuses(t *testing.T) {
	const target, other, asJSON = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n", `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"b"}}`
	for text, want := range map[string][]string{
		target + "---\n" + other:                                               nil,
		target + "--- # a comment\n" + other + "---\t\n":                       nil,
		target + "---\n" + other + "x: !!int b\n":                              {"document at line 8: not valid YAML: a value that does not fit its tag, so kubectl does not apply all of the file"},
		target + "x: .inf\n":                                                   nil, // an error of the whole source: see List
		target + "---\n# a\n\n" + other + "x: [.inf]\n":                        {"document at line 10: not valid YAML: a number that JSON does not have, so kubectl does not apply all of the file"},
		target + "--- {a: b}\n---\n" + other:                                   {"document at line 4: text behind the marker ---, so kubectl does not apply all of the file"},
		target + "x: \"a\n---b\"\n":                                            {"document at line 5: text behind the marker ---, so kubectl does not apply all of the file"},
		"%YAML 1.1\n---\n" + target:                                            {"document at line 1: a directive without an end marker before it, so kubectl does not apply all of the file"},
		target + "---\n%YAML 1.1\n---\n" + other:                               {"document at line 5: a directive without an end marker before it, so kubectl does not apply all of the file"},
		target + "...\n%YAML 1.1\n---\n" + other:                               nil,
		target + "---\n" + other + "...\n" + other:                             {"document at line 8: not valid YAML: did not find expected <document start>, so kubectl does not apply all of the file"},
		target + "---\n" + asJSON + "\n" + asJSON + "\n":                       {"document at line 6: the marker --- before it is missing, so kubectl does not apply all of the file"},
		target + "---\n" + `{"kind":"A","apiVersion":"a\/b"}` + "\n":           {"document at line 4: not valid YAML: found unknown escape character, so kubectl does not apply all of the file"},
		target + "---\nkind: ConfigMap\n":                                      {"document at line 4: no Kubernetes object, and kubectl refuses it"},
		target + "---\nkind: 1\napiVersion: v1\n":                              {"document at line 4: no Kubernetes object, and kubectl refuses it"},
		target + "---\n\t\n---\n" + other:                                      {"document at line 5: not valid YAML: found character that cannot start any token, so kubectl does not apply all of the file"},
		target + "---\n" + other + "# a\n\t# b\n":                              {"document at line 9: not valid YAML: found character that cannot start any token, so kubectl does not apply all of the file"},
		target + "# a\n\t# b\n---\n" + other:                                   {"document at line 5: not valid YAML: found character that cannot start any token, so kubectl does not apply all of the file"},
		target + "---\n...\n---\n" + other:                                     {"document at line 4: not valid YAML: did not find expected node content, so kubectl does not apply all of the file"},
		target + "---\n\n# \x01\n---\n" + other:                                {"document at line 4: not valid YAML: control characters are not allowed, so kubectl does not apply all of the file"},
		target + "# a\r---\n" + other:                                          {"document at line 6: the marker --- before it is missing, so kubectl does not apply all of the file"},
		target + "---\nx: \"a\n---#b\"\n" + other:                              {"document at line 6: text behind the marker ---, so kubectl does not apply all of the file"},
		target + "---\n---\n\n---\n\r\n# a\r\n--- # a\n---\n":                  nil,
		target + "---\n{}\n---\nnull\n---\n# a\n":                              nil,
		`{"apiVersion":"v1","kind":"Pod","x":"\/"}` + "\n" + asJSON:            nil,
		`{"apiVersion":"v1","kind":"Pod"}` + "\n" + asJSON + "\n---\n" + other: {"document at line 4: YAML behind JSON, so kubectl does not apply all of the file"},
		`{"apiVersion":"v1","kind":"Pod"}` + "\n---\n" + other:                 nil,
		`{"apiVersion":"v1","kind":"Pod"}` + "\n{\"a\":\"b\"}\n":               {"document at line 1: no Kubernetes object, and kubectl refuses it"},
		other + "x: !!int b\n":                                                 nil, // nothing in it matters
	} {
		in, err := wire.Open([]wire.Source{{Name: "a.yaml", Read: func() ([]byte, error) { return []byte(text), nil }}})
		require.NoError(t, err)
		in.Prove(true)
		_, err = in.List(prefilter.Interest{"Pod": nil})
		if err != nil {
			require.ErrorContains(t, err, "a number that JSON does not have", text)
		}
		var said []string
		for _, u := range in.Unread() {
			said = append(said, u.Problem.Error())
		}
		require.Equal(t, want, said, text)
	}
}
