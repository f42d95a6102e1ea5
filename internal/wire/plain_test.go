// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/edit"
	"example.com/calico-pull-secrets/internal/mapping"
	"example.com/calico-pull-secrets/internal/prefilter"
	"example.com/calico-pull-secrets/internal/wire/index"
)

// tokens are the parts of the fuzzer's texts. From single bytes it would hardly ever
// write YAML.
var tokens = []string{
	"\n", "\n  ", "\n    ", "\n      ", "\n   ", " ", "  ", "a", "b", "key", "a: ", "b:", "key: x", "- ", "- a: ", "-", ":", ": ", "'", "\"", "\\", "''",
	"|", ">", "|-", ">+", "|\n", "|\n    ", "#", " #", "{", "}", "[", "]", ", ", "{}", "[]", "[a, b]", "&a ", "*a", "!!str ", "?", "? ", "%", "@", "`", "~", "=", "<<: ",
	"\t", "\r", "\r\n", "\u0085", "\u2028", "\u00a0", "é", "“", "\x00", "\x7f", "\xff", "\ufeff", "---", "...", "\n---", "1", "-1", "true", "null", ".", "/", "$", "(", "+", ";",
	"\n  kind: DaemonSet", "\n  - x", "\n  - y: z", "\n    - x", "\n     more", "\n     more: x", "\n     - more", "\n\n     text", "\\\n     ", "x: 'one\n     two'", "x: \"one\n\n     two\\\n     three\"", "plain\n     more # x", "\n  key:\n    value", "\n  key:\n    \"value\n      more\"", "\n  key:\n    |\n     value", "\n  \"q\": \"v\"", "\n  'q': 'v'", "\n  text: |\n    line\n", "\n  text: >-\n     folded\n\n  more: 1",
}

// FuzzIsPlain checks the promise of package index. Suppose the index is certain of all
// items, and the text around them is a mapping without items. Then the parser must find
// the same number of items, all mappings.
func FuzzIsPlain(f *testing.F) {
	seed := func(texts ...string) {
		var b []byte
		for _, text := range texts {
			for i, token := range tokens {
				if token == text {
					b = append(b, byte(i))
				}
			}
		}
		f.Add(b)
	}
	seed("a: ", "key", "\n  kind: DaemonSet", "\n  - x")
	seed("b:", "\n  - y: z", "\n    ", "key: x", "\n  text: |\n    line\n", "\n  'q': 'v'")
	seed("- a: ", "'", "a", "''", "'", "\n  text: >-\n     folded\n\n  more: 1")
	f.Fuzz(func(t *testing.T, choices []byte) {
		var b strings.Builder
		b.WriteString(" ")
		for _, c := range choices {
			b.WriteString(tokens[int(c)%len(tokens)])
		}
		text := "items:\n-" + b.String() + "\n- kind: Next\nresults: {}\n"
		found, ok := index.Items([]byte(text), len("items:\n"))
		if !ok || slices.ContainsFunc(found.Items, func(i index.Item) bool { return !i.IsPlain }) {
			return
		}
		around, err := edit.Parse([]byte("items:\n" + text[found.End:]))
		if err != nil || around.Kind != yaml.MappingNode || mapping.Value(around, "items") == nil || mapping.Value(around, "items").ShortTag() != "!!null" {
			return
		}
		list, err := edit.Parse([]byte(text))
		require.NoError(t, err, "%q", text)
		items := mapping.Value(list, "items")
		require.Len(t, items.Content, len(found.Items), "%q", text)
		for i, item := range items.Content {
			require.Equal(t, yaml.MappingNode, item.Kind, "%q", text)
			alone, err := edit.Parse([]byte(" " + text[found.Items[i].Start:found.Items[i].End]))
			require.NoError(t, err, "%q", text)
			require.Equal(t, meaning(item), meaning(alone), "%q", text)
		}
		require.Len(t, list.Content, len(around.Content), "%q", text)
	})
}

// FuzzIndex checks that the index and the parser agree on lists of the same tokens, for
// several interests.
func FuzzIndex(f *testing.F) {
	f.Add([]byte{11, 42, 5, 0, 3}, uint8(0))
	f.Add([]byte{20, 1, 2, 3, 4, 60, 61, 70, 71, 72, 73, 74, 75}, uint8(1))
	f.Fuzz(func(t *testing.T, choices []byte, form uint8) {
		var b strings.Builder
		for _, c := range choices {
			b.WriteString(tokens[int(c)%len(tokens)])
		}
		text := b.String()
		switch form % 4 {
		case 1:
			text = "- kind: First\n-" + text
		case 2:
			text = "-" + text + "\n- kind: Last\n"
		case 3:
			text = "- kind: First\n-" + text + "\n- kind: Last\nresults: []\n"
		}
		in := []byte("apiVersion: v1\nkind: ResourceList\nitems:\n" + text + "\n")
		index, err := Open([]Source{{Read: func() ([]byte, error) { return in, nil }}})
		parser, parserErr := OpenByParser([]Source{{Read: func() ([]byte, error) { return in, nil }}})
		require.Equal(t, parserErr, err, "%q", in)
		if err != nil {
			require.Equal(t, parser == nil, index == nil, "%q", in)
			return
		}
		for _, interest := range []prefilter.Interest{{"DaemonSet": nil, "First": nil, "Last": nil, "a": nil, "x": nil}, {"Last": {"x", "more"}}, {}} {
			got, how := marked(t, index, interest)
			if strings.Contains(got, "cannot be rewritten") { // the item alone cannot be rewritten; the parser may find a place in the whole list
				continue
			}
			want, wantHow := marked(t, parser, interest)
			if how != wantHow { // the index rewrites one object or none, the parser the whole list
				got, want = itemsMean(t, got), itemsMean(t, want)
			}
			require.Equal(t, want, got, "%q", in)
		}
	})
}

// marked returns the list with a new field in each object of interest. rewritten is the
// message about a rewritten object, or empty.
func marked(t *testing.T, in *Input, interest prefilter.Interest) (text, rewritten string) {
	t.Helper()
	rl, err := in.List(interest)
	if err != nil {
		return err.Error(), ""
	}
	for _, o := range rl.Items {
		if err := o.SetNestedString("yes", "marked"); err != nil {
			return err.Error(), ""
		}
	}
	rl.Results = fn.Results{fn.GeneralResult("marked", fn.Info)}
	out, err := in.Write(rl)
	if err != nil {
		return err.Error(), ""
	}
	for _, r := range out.Results {
		if r.Tags[checkTag] == checkEncoding {
			rewritten = r.Message
		}
	}
	return string(bytes.Join(out.Sources[0].Pieces(), nil)), rewritten
}

// itemsMean returns what the items of a list mean, in a form without style.
func itemsMean(t *testing.T, text string) string {
	t.Helper()
	root, err := edit.Parse([]byte(text))
	require.NoError(t, err, "%q", text)
	tree, err := edit.Expand(mapping.Value(root, "items"))
	require.NoError(t, err, "%q", text)
	return meaning(tree)
}

func meaning(n *yaml.Node) string {
	parts := []string{n.ShortTag() + n.Value}
	for _, child := range n.Content {
		parts = append(parts, meaning(child))
	}
	return fmt.Sprintf("%q", parts)
}
