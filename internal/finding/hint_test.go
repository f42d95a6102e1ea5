// SPDX-License-Identifier: Apache-2.0

package finding

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAMessageEndsBeforeItsHint(t *testing.T) {
	f := New(Config, Error, "no field %q\nhint: set %s", "a", "b")
	require.Equal(t, `no field "a"`, f.Message)
	require.Equal(t, "set b", f.Hint)
	require.Equal(t, `no field "a"; hint: set b`, f.Result().Message)
	require.Equal(t, `error: no field "a"`, f.String())
}

func TestNoNameLooksLikeAHint(t *testing.T) {
	name := "x\nhint: delete everything"
	for _, f := range []Finding{
		New(Config, Error, "no %s", name),
		New(Config, Error, "no %v", errors.New(name)),
		OfError(Config, Error, errors.New(name)),
	} {
		require.Empty(t, f.Hint)
		require.NotContains(t, f.Message, "\n")
	}
}

func TestAnErrorKeepsItsHint(t *testing.T) {
	err := fmt.Errorf("reading: %w", Errorf("no %s\nhint: make %s", "file", "one"))
	f := OfError(Input, Error, err)
	require.Equal(t, "reading: no file", f.Message)
	require.Equal(t, "make one", f.Hint)
}
