// SPDX-License-Identifier: Apache-2.0

package wire_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/wire"
)

// TestJoinedFilesMeanWhatTheyMeant joins two texts to one stream. It compares the
// documents of the stream with the documents of the texts.
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
			got, at, err := wire.Join([][]byte{[]byte(c.first), []byte(c.second)})
			if c.want == "" {
				require.EqualError(t, err, "ends in a literal without a final line break, so nothing can follow it in a stream")
				require.Equal(t, 0, at)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.want, string(got))
			first, err := documents([]byte(c.first))
			require.NoError(t, err)
			second, err := documents([]byte(c.second))
			if err != nil { // a line that only looks like a marker
				return
			}
			joined, err := documents(got)
			require.NoError(t, err)
			var want []string
			for _, tree := range append(first, second...) {
				want = append(want, scalars(tree))
			}
			var have []string
			for _, tree := range joined {
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

// documents returns the documents of a text.
func documents(text []byte) (all []*yaml.Node, err error) {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var document yaml.Node
		switch err := decoder.Decode(&document); {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, err
		}
		all = append(all, &document)
	}
}
