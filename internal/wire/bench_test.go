// SPDX-License-Identifier: Apache-2.0

package wire_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"github.com/stretchr/testify/require"

	"calico-pull-secrets/internal/wire"
)

// A list in which one object in a hundred matters, as in Calico's manifest, where
// most of the bytes are custom resource definitions.
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
	interest := func(*fn.KubeObject) func([]byte) bool {
		return func(object []byte) bool { return bytes.Contains(object, []byte("name: 'node'")) }
	}
	for name, transform := range map[string]func([]byte, fn.ResourceListProcessor, wire.Interest) (wire.Outcome, error){
		"index": wire.Transform, "parser": wire.TransformByParser,
	} {
		for size, items := range map[string]int{"small": 400, "tenfold": 4000} {
			b.Run(name+"/"+size, func(b *testing.B) {
				in := benchmarkList(items)
				b.SetBytes(int64(len(in)))
				for b.Loop() {
					out, err := transform(in, fn.ResourceListProcessorFunc(pin), interest)
					require.NoError(b, err)
					require.True(b, out.OK)
				}
			})
		}
	}
}
