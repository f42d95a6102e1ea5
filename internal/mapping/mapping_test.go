// SPDX-License-Identifier: Apache-2.0

package mapping_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/edit"
	"example.com/calico-pull-secrets/internal/mapping"
)

// parsed returns the tree of a text, with its aliases and merge keys.
func parsed(t *testing.T, text string) *yaml.Node {
	t.Helper()
	root, err := edit.Parse([]byte(text))
	require.NoError(t, err)
	return root
}

func TestOfEqualKeys(t *testing.T) {
	n := parsed(t, "a: 1\nb: x\na: 2\n")
	require.Equal(t, "1", mapping.Value(n, "a").Value)
	require.Equal(t, "2", mapping.Last(n, "a").Value)
	mapping.Set(n, "a", mapping.Scalar("new"))
	require.Equal(t, "new", mapping.Text(n, "a"))
	require.Equal(t, "2", mapping.Last(n, "a").Value, "only the first one is set")
}

func TestKeysAreScalars(t *testing.T) {
	n := parsed(t, "x: &k key\n*k : a\n{key: b}: c\n<<: {key: d}\n")
	for _, value := range []*yaml.Node{mapping.Value(n, "key"), mapping.Last(n, "key"), mapping.Value(n, "k"), mapping.Last(n, "k"), mapping.Value(n, "")} {
		require.Nil(t, value, "no alias and no merge key is followed")
	}
	require.Equal(t, "!!map", mapping.Value(n, "<<").Tag)
	require.Equal(t, "a", mapping.Text(parsed(t, "!!str 5: a"), "5"))
}

func TestTypesOfValues(t *testing.T) {
	n := parsed(t, "text: a\nnumber: 5\nnull: ~\nempty:\nquoted: '5'\nlist: [a, b]\nmap: {a: {b: c}}\n")
	for key, want := range map[string]struct{ text, str string }{
		"text": {"a", "a"}, "number": {"5", ""}, "null": {}, "empty": {}, "quoted": {"5", "5"}, "list": {}, "map": {}, "missing": {},
	} {
		v := mapping.Value(n, key)
		require.Equal(t, want.text, mapping.Text(n, key), key)
		require.Equal(t, want.str, mapping.String(n, key), key)
		require.Equal(t, want.str != "", mapping.IsString(v), key)
		require.Equal(t, key == "empty" || key == "null" || key == "missing", mapping.IsNull(v), key)
		require.Equal(t, key == "list", len(mapping.Elements(v)) == 2, key)
	}
	require.Equal(t, "c", mapping.At(n, "map", "a", "b").Value)
	require.Nil(t, mapping.At(n, "map", "x", "b"))
	require.Nil(t, mapping.At(n, "list", "a"), "an element is no key")
	require.Equal(t, n, mapping.At(n))
}

func TestEntries(t *testing.T) {
	n := parsed(t, "a: 1\nb: 2\nc: 3\n")
	var read string
	for k, v := range mapping.Entries(n) {
		if k.Value == "c" {
			break
		}
		read += k.Value + v.Value
	}
	require.Equal(t, "a1b2", read)
	for range mapping.Entries(parsed(t, "[a, b]")) {
		t.Fatal("a list has no entries")
	}
	for range mapping.Entries(nil) {
		t.Fatal("nothing has no entries")
	}
}

func TestSet(t *testing.T) {
	n := mapping.New(mapping.Scalar("a"), mapping.Scalar("1"), mapping.Scalar("b"), mapping.List(mapping.Scalar("x")))
	shared := n.Content
	mapping.Set(n, "a", nil)
	mapping.Set(n, "missing", nil)
	mapping.Set(n, "c", mapping.Scalar("5"))
	text, err := yaml.NewRNode(n).String()
	require.NoError(t, err)
	require.Equal(t, "b:\n- x\nc: \"5\"\n", text)
	require.Equal(t, "a", shared[0].Value, "the old slice stays as it is")
}
