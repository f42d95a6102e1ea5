// SPDX-License-Identifier: Apache-2.0

package wire_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/prefilter"
	"example.com/calico-pull-secrets/internal/wire"
)

// benchmarkList returns a list in which one object in a hundred matters. Calico's
// manifest is similar: most of its bytes are custom resource definitions.
func benchmarkList(items int) []byte {
	var b strings.Builder
	b.WriteString(head + "items:\n")
	for i := range items {
		if i%100 == 50 {
			b.WriteString(daemonSet)
		} else {
			b.WriteString(customResource)
		}
	}
	return []byte(b.String())
}

func BenchmarkTransform(b *testing.B) {
	interest := prefilter.Interest{"DaemonSet": {"node"}}
	for name, open := range map[string]func([]wire.Source) (*wire.Input, error){
		"index": wire.Open, "parser": wire.OpenByParser,
	} {
		for size, items := range map[string]int{"small": 400, "tenfold": 4000} {
			b.Run(name+"/"+size, func(b *testing.B) {
				in := benchmarkList(items)
				b.SetBytes(int64(len(in)))
				for b.Loop() {
					rewrite(b, open, stdin(in), interest)
				}
			})
		}
	}
}

// rewrite reads the sources, applies pin, and makes the texts to write.
func rewrite(b *testing.B, open func([]wire.Source) (*wire.Input, error), sources []wire.Source, interest prefilter.Interest) (*wire.Input, *fn.ResourceList) {
	in, err := open(sources)
	require.NoError(b, err)
	rl, err := in.List(interest)
	require.NoError(b, err)
	_, err = pin(rl)
	require.NoError(b, err)
	out, err := in.Write(rl)
	require.NoError(b, err)
	for _, s := range out.Sources {
		s.Pieces()
	}
	return in, rl
}

// BenchmarkGrowth has inputs of n, 2n and 4n. The time must grow in the same proportion.
func BenchmarkGrowth(b *testing.B) {
	interest := prefilter.Interest{"ConfigMap": {"added"}, "DaemonSet": {"node"}}
	repeat := func(text, between string, n int) string {
		return strings.TrimSuffix(strings.Repeat(text+between, n), between)
	}
	files := func(text string) func(int) []wire.Source {
		return func(n int) []wire.Source {
			var sources []wire.Source
			for i := range n {
				sources = append(sources, file(strconv.Itoa(i), text))
				sources[i].Found = true
			}
			return sources
		}
	}
	input := func(text func(n int) string) func(int) []wire.Source {
		return func(n int) []wire.Source { return stdin([]byte(text(n))) }
	}
	long := func(text func(n int) string) func(int) []wire.Source { // only scanned, not parsed
		return func(n int) []wire.Source { return []wire.Source{file("x", text(n))} }
	}
	json := func(n int) string {
		item := `{"kind": "DaemonSet", "apiVersion": "apps/v1", "metadata": {"name": "node", "é": "“ü”"}, "spec": {}}`
		return `{"kind": "ResourceList", "apiVersion": "v1", "items": [` + repeat(item, ", ", n) + "]}"
	}
	for name, c := range map[string]struct {
		n       int
		sources func(n int) []wire.Source
	}{
		"documents":            {2000, input(func(n int) string { return repeat(plain(customResource), "---\n", n) })},
		"targets":              {2000, input(func(n int) string { return repeat(pod, "---\n", n) })},
		"items":                {1000, input(func(n int) string { return string(benchmarkList(n)) })},
		"items of interest":    {1000, input(func(n int) string { return head + "items:\n" + repeat(daemonSet, "", n) })},
		"items for the parser": {1000, input(func(n int) string { return "items:\n" + repeat(daemonSet, "", n) + head })},
		"JSON in one line":     {250, input(json)},
		"items of one List":    {2000, input(func(n int) string { return "kind: List\nitems:\n" + repeat("- kind: DaemonSet\n  name: x\n", "", n) })},
		"kinds in a comment":   {20000, long(func(n int) string { return "#" + repeat("kind #", "", n) + "\n" })},
		"kinds in comments":    {20000, long(func(n int) string { return repeat("# kind # x\n", "", n) })},
		"kinds in a tag":       {20000, long(func(n int) string { return repeat("kind:!", "", n) + repeat("kind: !", "", n) })},
		"directives and comments": {2000, input(func(n int) string {
			return pod + "...\n" + repeat("# c\n%YAML 1.1\n", "", n) + "---\n" + repeat("---\n# c\n", "", n)
		})},
		"sources":                {1000, files(pod)},
		"sources of no interest": {1000, files(plain(customResource))},
		"documents that are broken": {2000, func(n int) []wire.Source {
			s := file("x", repeat("kind: DaemonSet\nname: node\na: [\n", "---\n", n))
			s.Found = true
			return []wire.Source{s}
		}},
	} {
		for _, times := range []int{1, 2, 4} {
			b.Run(name+"/"+strconv.Itoa(times), func(b *testing.B) {
				sources := c.sources(c.n * times)
				for b.Loop() {
					in, rl := rewrite(b, wire.Open, sources, interest)
					for _, o := range rl.Items {
						in.Line(o, "spec")
					}
					in.Unread()
				}
			})
		}
	}
	for _, times := range []int{1, 2, 4} {
		b.Run("join/"+strconv.Itoa(times), func(b *testing.B) {
			texts := slices.Repeat([][]byte{[]byte(strings.TrimSuffix(pod, "\n"))}, 1000*times)
			for b.Loop() {
				_, _, err := wire.Join(texts)
				require.NoError(b, err)
			}
		})
	}
}
