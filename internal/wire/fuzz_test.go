// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/edit"
	"example.com/calico-pull-secrets/internal/prefilter"
)

// FuzzStream checks a document that cannot matter, valid or not. It must stay as it is,
// and must not change what happens to the other documents.
func FuzzStream(f *testing.F) {
	f.Add("a: [hunter2\n", uint8(0))
	f.Add("kind: Service\nname: \"open\n", uint8(1))
	f.Add("kind: caf\xe9\n", uint8(2))
	f.Add("{{ if x }}\nkind: Service\n{{ end }}\n", uint8(3))
	f.Add("x: |\n  open", uint8(4))
	f.Add("# only a comment", uint8(5))
	f.Add("\uFEFFa: b\r", uint8(0))
	const first, last = "kind: DaemonSet\nspec: {a: b}\n", "kind: DaemonSet # last\nspec:\n  a: b\n"
	const firstOut, lastOut = "kind: DaemonSet\nspec: {a: b, marked: \"yes\"}\n", "kind: DaemonSet # last\nspec:\n  a: b\n  marked: \"yes\"\n"
	s := prefilter.Interest{"DaemonSet": nil}.Filter()
	f.Fuzz(func(t *testing.T, document string, form uint8) {
		document = strings.TrimRight(document, "\r") + "\n"
		if lines := edit.NewText([]byte(document)); s.MayMatter([]byte(document)) || bytes.Contains([]byte(document), []byte("ResourceList")) {
			return
		} else if len(split(lines, []byte(document))) > 1 || edit.IsMarker(lines.Line(0), "---") || separator([]byte(document), "\n") == "...\n" || strings.HasPrefix(document, "\uFEFF") {
			return // several documents, or a start before the first line
		} else if bytes.HasPrefix([]byte(document), []byte("...")) || strings.Contains(document, "\n...") {
			return // several documents, too
		} else if strings.Contains(document, "\x00") {
			return // an error: it is no text
		}
		in, want := first+"---\n"+document+"---\n"+last, firstOut+"---\n"+document+"---\n"+lastOut
		switch form % 6 {
		case 1:
			in, want = document+"---\n"+first+"---\n"+last, document+"---\n"+firstOut+"---\n"+lastOut
		case 2:
			in, want = "--- # x\n"+document+"---\n"+first+"---\n", "--- # x\n"+document+"---\n"+firstOut+"---\n"
		case 3:
			in, want = "%YAML 1.1\n---\n"+document+"...\n%YAML 1.1\n---\n"+first, "%YAML 1.1\n---\n"+document+"...\n%YAML 1.1\n---\n"+firstOut
		case 4:
			in, want = first+"---\n"+document, firstOut+"---\n"+document
		case 5:
			in, want = "\uFEFF"+document+"---\n"+last, "\uFEFF"+document+"---\n"+lastOut
		}
		for _, name := range []string{"", "x.yaml"} {
			opened, err := Open([]Source{{Name: name, Read: func() ([]byte, error) { return []byte(in), nil }}})
			require.NoError(t, err, "%q", in)
			require.False(t, opened.IsResourceList())
			rl, err := opened.List(prefilter.Interest{"DaemonSet": nil})
			require.NoError(t, err, "%q", in)
			for _, o := range rl.Items {
				require.NoError(t, o.SetNestedString("yes", "spec", "marked"))
			}
			out, err := opened.Write(rl)
			require.NoError(t, err, "%q", in)
			require.Equal(t, want, string(bytes.Join(out.Sources[0].Pieces(), nil)))
		}
	})
}
