// SPDX-License-Identifier: Apache-2.0

package edit_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/edit"
	"example.com/calico-pull-secrets/internal/mapping"
)

// FuzzRewrite checks the promises of the package comment on any text. It changes the tree
// somewhere. The result is an error or a text that means the tree. If the change only
// adds something and is made in place, no byte of the source is lost.
func FuzzRewrite(f *testing.F) {
	for _, c := range cases {
		for step := range uint32(24) {
			f.Add([]byte(c.src), step)
		}
	}
	f.Fuzz(func(t *testing.T, src []byte, step uint32) {
		root, err := edit.Parse(src)
		if err != nil {
			return
		}
		want, err := edit.Expand(root)
		if err != nil {
			return
		}
		original := bytes.Clone(src)
		unchanged, extent, err := edit.Rewrite(src, want)
		require.NoError(t, err)
		require.Equal(t, edit.Nothing, extent)
		require.Equal(t, original, unchanged)

		var adds bool
		if step%2 == 0 {
			adds = mutate(want, int(step/2))
		} else {
			adds = addToMembers(want, newKeys[int(step/2)%len(newKeys)])
		}
		out, extent, err := edit.Rewrite(src, want)
		require.Equal(t, original, src, "the source was changed")
		if err != nil {
			return
		}
		got, err := edit.Parse(out)
		require.NoError(t, err)
		expanded, err := edit.Expand(got)
		require.NoError(t, err)
		require.True(t, edit.Equal(want, expanded), "%s", out)
		if isJSON(src) {
			require.True(t, isJSON(out), "%s", out)
		}
		if extent == edit.InPlace && adds && !bytes.ContainsRune(src, '*') { // the change may replace an alias
			require.True(t, isSubsequence(src, out), "bytes of the source are gone:\n%s", out)
		}
		again, extent, err := edit.Rewrite(out, want)
		require.NoError(t, err)
		require.Equal(t, edit.Nothing, extent)
		require.Equal(t, out, again)
	})
}

// newKeys are names that need quotes, or almost need them.
var newKeys = []string{"imagePullSecrets\x20", "new", "a\u0085", "\u2028", "é\u2029é", "- x", "? y", "a\nb\n", "\r", "yes", "<<", "", "!foo", "#", "*x", "&x y"}

// addToMembers adds an entry to each mapping with entries that is an element of a
// sequence. It leaves keys alone, as mutate does: the key of a Kubernetes object is a
// scalar. It always returns true.
func addToMembers(n *yaml.Node, key string) bool {
	for i, child := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			continue
		}
		addToMembers(child, key)
		if n.Kind == yaml.SequenceNode && child.Kind == yaml.MappingNode && len(child.Content) > 0 {
			child.Content = append(child.Content, mapping.Scalar(key), list(key, key))
		}
	}
	return true
}

// mutate changes the tree n somewhere. It reports whether it only added something to a
// collection that has entries.
func mutate(n *yaml.Node, step int) (adds bool) {
	for {
		switch {
		case n.Kind == yaml.ScalarNode:
			*n = yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: []string{"changed", "two\nlines", "true", " x: #y"}[step%4]}
			return false
		case len(n.Content) == 0:
			*n = *list("name", "regcred")
			return false
		}
		choice := step % 4
		step /= 4
		switch {
		case choice == 0 && n.Kind == yaml.MappingNode:
			n.Content = append(n.Content, mapping.Scalar(newKeys[step%len(newKeys)]), list("name", "regcred"))
			return true
		case choice == 0:
			n.Content = append(n.Content, list("name", "regcred").Content...)
			return true
		case choice == 1:
			size := 1
			if n.Kind == yaml.MappingNode {
				size = 2
			}
			n.Content = n.Content[:len(n.Content)-size]
			return false
		}
		child := step % len(n.Content)
		if choice == 2 {
			child = len(n.Content) - 1
		}
		if n.Kind == yaml.MappingNode {
			child |= 1
		}
		n = n.Content[child]
	}
}

// isJSON reports whether kubectl reads text as JSON.
func isJSON(text []byte) bool {
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	return bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("{")) && json.Valid(text)
}

// isSubsequence reports whether b has all bytes of a in their order.
func isSubsequence(a, b []byte) bool {
	for _, c := range b {
		if len(a) > 0 && a[0] == c {
			a = a[1:]
		}
	}
	return len(a) == 0
}

// list returns the sequence [{key: value}].
func list(key, value string) *yaml.Node {
	return mapping.List(mapping.New(mapping.Scalar(key), mapping.Scalar(value)))
}
