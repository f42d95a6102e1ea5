// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAllFilesComeOutOrNone(t *testing.T) {
	inFolder(t, map[string]string{"svc.yaml": "kind: Service\nmetadata: {name: x}\n", "ds.yaml": daemonSet, "open.yaml": "a: |\n  x"})
	code, stdout, stderr := call(t, "svc.yaml", "ds.yaml")
	require.Equal(t, exitOK, code, stderr)
	require.Equal(t, "kind: Service\nmetadata: {name: x}\n---\n"+changed, stdout)
	code, stdout, stderr = call(t, "svc.yaml", "onMissing=ignore")
	require.Equal(t, exitOK, code, stderr)
	require.Equal(t, "kind: Service\nmetadata: {name: x}\n", stdout)
	code, stdout, stderr = call(t, "open.yaml", "ds.yaml")
	require.Equal(t, exitUnread, code)
	require.Empty(t, stdout)
	require.Contains(t, stderr, "open.yaml: ends in a literal")
	code, stdout, stderr = call(t, "ds.yaml", "open.yaml")
	require.Equal(t, exitOK, code, stderr)
	require.Equal(t, changed+"---\na: |\n  x", stdout)
}
