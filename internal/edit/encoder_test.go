// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

func TestSurelyStringsAreStringsInYAML11(t *testing.T) {
	words := []string{
		"y", "Y", "yes", "Yes", "YES", "n", "N", "no", "on", "ON", "off", "true", "True", "false", "null", "Null", "nan", "inf", "Inf", "e5", "E1",
		"a", "x", "o7", "info", "name", "regcred", "infinity", "NaN", "tilde", "yep", "none", "nul", "truth", "b101", "xFF", "z:z", "a1:20",
	}
	for _, word := range words {
		if isSurelyString(word) {
			require.False(t, yaml.IsValueNonString(word), word)
		}
	}
	require.True(t, isSurelyString("regcred"))
	require.False(t, isSurelyString("Yes"))
}
