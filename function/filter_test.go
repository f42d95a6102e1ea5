// SPDX-License-Identifier: Apache-2.0

package function

import (
	"testing"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"github.com/stretchr/testify/require"
)

func TestAPanicSaysNothingOfWhatItWasAbout(t *testing.T) {
	processor = func(*fn.ResourceList) (bool, error) { panic("hunter2") }
	defer func() { processor = Process }()
	report := Filter([]byte("kind: DaemonSet\n"), nil)
	require.False(t, report.OK)
	require.Empty(t, report.Output)
	require.Len(t, report.Messages, 1)
	require.Equal(t, "error: internal error, please report it with the kinds of objects in the input", report.Messages[0])
	files := FilterFiles([]File{{Input: []byte("kind: DaemonSet\n")}}, -1, nil, true)
	require.False(t, files.OK)
	require.Empty(t, files.Files)
	require.Equal(t, report.Messages, files.Messages)
}
