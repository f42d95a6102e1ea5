// SPDX-License-Identifier: Apache-2.0

package config

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/resid"
)

// TestPatternsMatchAsKustomizeDoes compares random selectors with kustomize's: what they match, and
// whether they are valid. Most of them are words.
func TestPatternsMatchAsKustomizeDoes(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	some := func(pieces ...string) string {
		var s strings.Builder
		for range random.IntN(4) {
			s.WriteString(pieces[random.IntN(len(pieces))])
		}
		return s.String()
	}
	expression := func() string {
		if random.IntN(3) > 0 {
			return some("a", "b", "a-b", "|", "|", "_", "/", "A")
		}
		return some("a", "b", "a-b", "|", "|", "_", "/", "A", ".", "*", "^", "$", "(", ")", "[", "\\", "\n", "é", "\xff", "(?i)", " ")
	}
	literal := 0
	for range 50_000 {
		given := types.Selector{ResId: resid.ResId{Gvk: resid.Gvk{Group: expression(), Version: expression(), Kind: expression()}, Name: expression(), Namespace: expression()}}
		theirs, wrong := types.NewSelectorRegex(&given)
		ours, err := newSelector(given)
		require.Equal(t, wrong, err, "%q", given)
		if err != nil {
			continue
		}
		if ours.name.words != nil {
			literal++
		}
		for range 10 {
			word := func() string { return some("a", "b", "a-b", "_", "/", "|", "A", "\n", "é") }
			gvk := resid.Gvk{Group: word(), Version: word(), Kind: word()}
			require.Equal(t, theirs.MatchGvk(gvk), ours.MatchesGVK(gvk), "%q %q", given, gvk)
			name := word()
			require.Equal(t, theirs.MatchName(name), ours.name.matches(name), "%q %q", given, name)
			require.Equal(t, theirs.MatchNamespace(name), ours.namespace.matches(name), "%q %q", given, name)
		}
	}
	require.Greater(t, literal, 5_000)
}
