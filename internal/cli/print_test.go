// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// TestJoinedFilesMeanWhatTheyMeant joins two texts to one stream, and compares the
// documents in it with those in the texts.
func TestJoinedFilesMeanWhatTheyMeant(t *testing.T) {
	for name, c := range map[string]struct{ first, second, want string }{
		"plain":                         {"a: 1\n", "b: 2\n", "a: 1\n---\nb: 2\n"},
		"no line break":                 {"a: 1", "b: 2", "a: 1\n---\nb: 2"},
		"a marker":                      {"a: 1\n", "---\nb: 2\n", "a: 1\n---\nb: 2\n"},
		"a marker with a document":      {"a: 1\n", "--- {b: 2}\n", "a: 1\n--- {b: 2}\n"},
		"no marker, though it looks so": {"a: 1\n", "---b: 2\n", "a: 1\n---\n---b: 2\n"},
		"a byte order mark":             {"\uFEFFa: 1\n", "\uFEFFb: 2\n", "\uFEFFa: 1\n---\nb: 2\n"},
		"a mark before a marker":        {"a: 1\n", "\uFEFF---\nb: 2\n", "a: 1\n---\nb: 2\n"},
		"a directive":                   {"a: 1\n", "%YAML 1.1\n---\nb: 2\n", "a: 1\n...\n%YAML 1.1\n---\nb: 2\n"},
		"a directive behind a comment":  {"a: 1", "# c\n%YAML 1.1\n---\nb: 2\n", "a: 1\n...\n# c\n%YAML 1.1\n---\nb: 2\n"},
		"an end marker":                 {"a: 1\n...\n", "b: 2\n", "a: 1\n...\n---\nb: 2\n"},
		"an end marker, a directive":    {"a: 1\n...\n", "%YAML 1.1\n---\nb: 2\n", "a: 1\n...\n...\n%YAML 1.1\n---\nb: 2\n"},
		"nothing":                       {"a: 1\n", "", "a: 1\n"},
		"nothing but a mark":            {"a: 1\n", "\uFEFF", "a: 1\n"},
		"nothing first":                 {"", "b: 2\n", "b: 2\n"},
		"a literal that keeps":          {"a: |+\n  x\n\n", "b: 2\n", "a: |+\n  x\n\n---\nb: 2\n"},
		"an open literal":               {"a: |+\n  x", "b: 2\n", ""},
		"an open literal that clips":    {"a: |\n  x", "b: 2\n", ""},
		"an open literal that strips":   {"a: |-\n  x", "b: 2\n", "a: |-\n  x\n---\nb: 2\n"},
		"an open literal further up":    {"a: |\n  x\n---\nc: 3", "b: 2\n", "a: |\n  x\n---\nc: 3\n---\nb: 2\n"},
		"an open quoted text":           {"a: 'x'", "b: 2\n", "a: 'x'\n---\nb: 2\n"},
		"JSON":                          {`{"a": 1}`, `{"b": 2}`, "{\"a\": 1}\n---\n{\"b\": 2}"},
		"CR LF":                         {"a: 1\r\n", "---\r\nb: 2\r\n", "a: 1\r\n---\r\nb: 2\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var j joiner
			j.add("first.yaml", []byte(c.first))
			j.add("second.yaml", []byte(c.second))
			if c.want == "" {
				require.EqualError(t, j.err, "first.yaml: ends within a literal that has no line break at its end, so nothing can follow in a stream")
				return
			}
			require.NoError(t, j.err)
			got := bytes.Join(j.pieces, nil)
			require.Equal(t, c.want, string(got))
			first, err := parse([]byte(c.first))
			require.NoError(t, err)
			second, err := parse([]byte(c.second))
			if err != nil { // what looks like a marker and is none
				return
			}
			joined, err := parse(got)
			require.NoError(t, err)
			var want []string
			for _, tree := range append(first.Content, second.Content...) {
				want = append(want, scalars(tree))
			}
			var have []string
			for _, tree := range joined.Content {
				have = append(have, scalars(tree))
			}
			require.Equal(t, want, have)
		})
	}
}

func scalars(n *yaml.Node) string {
	s := n.Value + ";"
	for _, c := range n.Content {
		s += scalars(c)
	}
	return s
}

func TestAllFilesComeOutOrNone(t *testing.T) {
	inFolder(t, map[string]string{"svc.yaml": "kind: Service\nmetadata: {name: x}\n", "ds.yaml": daemonSet, "open.yaml": "a: |\n  x"})
	code, stdout, stderr := call(t, "svc.yaml", "ds.yaml")
	require.Equal(t, exitOK, code, stderr)
	require.Equal(t, "kind: Service\nmetadata: {name: x}\n---\n"+changed, stdout)
	code, stdout, stderr = call(t, "svc.yaml", "onMissing=ignore")
	require.Equal(t, exitOK, code, stderr)
	require.Equal(t, "kind: Service\nmetadata: {name: x}\n", stdout)
	code, stdout, stderr = call(t, "open.yaml", "ds.yaml")
	require.Equal(t, exitFailed, code)
	require.Empty(t, stdout)
	require.Contains(t, stderr, "open.yaml: ends within a literal")
	code, stdout, stderr = call(t, "ds.yaml", "open.yaml")
	require.Equal(t, exitOK, code, stderr)
	require.Equal(t, changed+"---\na: |\n  x", stdout)
}
