// SPDX-License-Identifier: Apache-2.0

package edit_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/edit"
	"example.com/calico-pull-secrets/internal/mapping"
)

// TestDeepTextsAreChanged uses texts as deep as the parser accepts. Changes must change
// or refuse them without a stack overflow, in a time that fits their size.
func TestDeepTextsAreChanged(t *testing.T) {
	const levels = 9000
	for name, src := range map[string]string{
		"JSON arrays":          `{"a": ` + strings.Repeat("[", levels) + strings.Repeat("]", levels) + "}\n",
		"JSON objects":         strings.Repeat(`{"a":`, levels) + "{}" + strings.Repeat("}", levels),
		"flow sequences":       "a: " + strings.Repeat("[", levels) + strings.Repeat("]", levels) + "\n",
		"flow mappings":        strings.Repeat("{a: ", levels) + "x" + strings.Repeat("}", levels) + "\n",
		"block sequences":      "a:\n" + strings.Repeat("- ", levels) + "x\n",
		"keys that are keys":   strings.Repeat("? ", levels) + "x\n",
		"tags":                 "a: " + strings.Repeat("! [", levels) + strings.Repeat("]", levels) + "\n",
		"anchors that nest":    "a: &a " + strings.Repeat("[", levels) + strings.Repeat("]", levels) + "\nb: *a\n",
		"merge keys that nest": strings.Repeat("{<<: ", levels/2) + "{a: 1}" + strings.Repeat("}", levels/2) + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			root, err := edit.Parse([]byte(src))
			require.NoError(t, err)
			want, err := edit.Expand(root)
			require.NoError(t, err)
			_ = edit.Validate(root)
			want.Content = append(want.Content, mapping.Scalar("new"), mapping.Scalar("z"))
			out, extent, err := edit.Rewrite([]byte(src), want)
			require.NoError(t, err)
			require.Equal(t, edit.InPlace, extent)
			require.True(t, isSubsequence([]byte(src), out))
			innermost(want).Content = append(innermost(want).Content, mapping.Scalar("y"), mapping.Scalar("z"))
			_, _, err = edit.Rewrite([]byte(src), want)
			require.NoError(t, err)
			require.Less(t, time.Since(start), 20*time.Second)
		})
	}
}

// innermost follows the first collection in each collection and returns the last one.
func innermost(n *yaml.Node) *yaml.Node {
	for {
		child := n
		for i, c := range n.Content {
			if c.Kind != yaml.ScalarNode && (n.Kind == yaml.SequenceNode || i%2 == 1) {
				child = c
				break
			}
		}
		if child == n {
			return n
		}
		n = child
	}
}
