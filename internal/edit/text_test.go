// SPDX-License-Identifier: Apache-2.0

package edit_test

import (
	"bytes"
	"testing"
	"time"

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
