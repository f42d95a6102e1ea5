// SPDX-License-Identifier: Apache-2.0

package edit_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/edit"
)

func TestOneLongLineIsReadOnce(t *testing.T) {
	src := bytes.Repeat([]byte("é"), 1_000_000)
	text, start := edit.NewText(src), time.Now()
	for i := range 1_000_000 {
		column := (i * 7919) % 1_000_000
		require.Equal(t, 2*column, text.Start(&yaml.Node{Line: 1, Column: column + 1}))
	}
	require.Less(t, time.Since(start), 20*time.Second, "counting from the start of the line would take an hour")
}

// TestLines compares the starts of lines and the places of characters with a slow search,
// character by character.
func TestLines(t *testing.T) {
	pieces := []string{"a", "12345678", "1234567", "é", "\n", "\r", "\r\n", "\u0085", "\u2028", "\u2029", "\u008d", "\x0c", "\x0e"}
	random := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		var b strings.Builder
		for range random.IntN(12) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		src := b.String()
		text := edit.NewText([]byte(src))
		line, column := 0, 1
		require.Equal(t, 0, text.LineStart(0))
		for i := 0; i < len(src); {
			require.Equal(t, i, text.Start(&yaml.Node{Line: line + 1, Column: column}), "%q", src)
			_, size := utf8.DecodeRuneInString(src[i:])
			column++
			if strings.HasPrefix(src[i:], "\r\n") {
				size = 2
			}
			if strings.Contains("\r\n\u0085\u2028\u2029", src[i:i+size]) {
				line, column = line+1, 1
				require.Equal(t, i+size, text.LineStart(line), "%q", src)
			}
			i += size
		}
		require.Equal(t, line+1, text.Lines(), "%q", src)
	}
}
