// SPDX-License-Identifier: Apache-2.0

package edit_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/edit"
	"example.com/calico-pull-secrets/internal/mapping"
)

// forms are the forms that a list can have. The time to change each member of a list must
// grow linearly. The benchmark doubles the sizes to show this.
var forms = map[string]struct{ head, member, comma, tail string }{
	"block":   {"kind: List\nitems:\n", "- kind: Pod\n  spec:\n    containers:\n    - image: é\n    # comment\n", "", ""},
	"empty":   {"kind: List\nitems:\n", "- kind: Pod\n  spec:\n    containers:\n      []\n", "", ""},
	"json":    {`{"kind": "List", "items": [`, `{"kind": "Pod", "spec": {"containers": [{"image": "é"}]}}`, ", ", "]}\n"},
	"flow":    {`{kind: List, items: [`, `{kind: Pod, spec: {containers: [{image: é}]}}`, ", ", "]}\n"},
	"aliases": {"kind: &k List\nitems:\n", "- kind: *k\n  spec: &s\n    containers:\n    - image: é\n  <<: {a: b}\n", "", ""},
}

func listText(f form, members int) []byte {
	list := strings.TrimSuffix(strings.Repeat(f.member+f.comma, members), f.comma)
	return []byte(f.head + list + f.tail)
}

type form = struct{ head, member, comma, tail string }

func BenchmarkChanges(b *testing.B) {
	for name, f := range forms {
		for _, members := range []int{1000, 2000, 4000} {
			b.Run(fmt.Sprintf("%s/%d", name, members), func(b *testing.B) {
				src := listText(f, members)
				root, err := edit.Parse(src)
				require.NoError(b, err)
				want := wantedList(b, root)
				b.ReportAllocs()
				b.SetBytes(int64(len(src)))
				for b.Loop() {
					changes, extent, err := edit.Changes(src, root, want)
					require.NoError(b, err)
					require.Equal(b, edit.InPlace, extent)
					require.GreaterOrEqual(b, len(changes), members)
				}
			})
		}
	}
}

// wantedList returns the list root with another entry in the spec of each member.
func wantedList(t testing.TB, root *yaml.Node) *yaml.Node {
	t.Helper()
	want, err := edit.Expand(root)
	require.NoError(t, err)
	for _, member := range want.Content[3].Content {
		spec := member.Content[3]
		if containers := spec.Content[1]; len(containers.Content) == 0 {
			*containers = *list("image", "x")
		} else {
			spec.Content = append(spec.Content, mapping.Scalar("imagePullSecrets"), list("name", "regcred"))
		}
	}
	return want
}

// BenchmarkStart asks for many places in one line that is not ASCII.
func BenchmarkStart(b *testing.B) {
	for _, size := range []int{100_000, 200_000, 400_000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			src := bytes.Repeat([]byte("é"), size)
			for b.Loop() {
				text := edit.NewText(src)
				for i := 1; i <= size; i += 10 {
					text.Start(&yaml.Node{Line: 1, Column: (i*7919)%size + 1})
				}
			}
		})
	}
}
