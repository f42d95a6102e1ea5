// SPDX-License-Identifier: Apache-2.0

package function

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/finding"
)

// After an internal error only failed makes the report, so failed must set the exit code.
func TestAnInternalErrorFails(t *testing.T) {
	report := failed(errors.New("internal error"))
	require.False(t, report.OK)
	require.Equal(t, finding.ExitUnread, report.Code)

	read := func() ([]byte, error) { panic("what it was about may be a credential") }
	report = Run([]Input{{Source: Source{Name: "a.yaml", Read: read}}}, Request{})
	require.False(t, report.OK)
	require.NotZero(t, report.Code)
}
