// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEachPathIsASetOfItsOwn(t *testing.T) {
	files := map[string]string{"done/ds.yaml": changed, "empty/x.yaml": "kind: ConfigMap\nmetadata: {name: x}\n"}
	arguments := []string{"--each", "--check", "--quiet"}
	var want []string
	for i := range 40 {
		name := fmt.Sprintf("c%02d", i)
		files[name+"/ds.yaml"] = daemonSet
		arguments = append(arguments, name+"/")
		want = append(want, name+"/ds.yaml")
	}
	inFolder(t, files)
	code, stdout, stderr := call(t, arguments...)
	require.Equal(t, exitFailed, code)
	require.Equal(t, strings.Join(want, "\n")+"\n", stdout)
	for i, line := range strings.Split(strings.TrimSpace(stderr), "\n") {
		require.Contains(t, line, want[i], "in the order of the arguments")
		require.NotContains(t, line, fmt.Sprintf("c%02d: ", i), "a message that names a file of the set needs no path in front")
	}

	code, _, stderr = call(t, "--each", "--check", "done", "empty", "c00")
	require.Equal(t, exitFailed, code, "one cluster is no proof for another")
	require.Contains(t, stderr, "calico-pull-secrets: error: empty: no target")
	code, _, _ = call(t, "--each", "--check", "done")
	require.Equal(t, exitOK, code)
	code, _, stderr = call(t, "--each", "--check", "done", "none.yaml")
	require.Equal(t, exitUsage, code)
	require.Contains(t, stderr, "calico-pull-secrets: error: none.yaml: no such file")
}

func TestEachSetHasASecretOfItsOwn(t *testing.T) {
	inFolder(t, map[string]string{"a/ds.yaml": daemonSet, "b/ds.yaml": daemonSet, "b/other.yaml": ""})
	code, stdout, stderr := call(t, append(emit, "--each", "--write", "secret.path=regcred.yaml", "a", "b/ds.yaml")...)
	require.Equal(t, exitOK, code, stderr)
	require.Empty(t, stdout)
	require.Contains(t, stderr, "calico-pull-secrets: wrote a/ds.yaml\ncalico-pull-secrets: wrote a/regcred.yaml\n")
	require.Contains(t, content(t, "a/regcred.yaml"), "kind: Secret")
	require.Equal(t, content(t, "a/regcred.yaml"), content(t, "b/regcred.yaml"))
	require.Equal(t, changed, content(t, "b/ds.yaml"))
}

func TestOneSetThatFailsLeavesTheOthersAlone(t *testing.T) {
	inFolder(t, map[string]string{"a/ds.yaml": daemonSet, "b/ds.yaml": "kind: DaemonSet # \xff calico-node\n", "c/ds.yaml": daemonSet})
	code, _, _ := call(t, "--each", "--write", "a", "b/ds.yaml", "c")
	require.Equal(t, exitUnread, code)
	require.Equal(t, changed, content(t, "a/ds.yaml"))
	require.Equal(t, changed, content(t, "c/ds.yaml"))
}

func TestEachInOneDocument(t *testing.T) {
	inFolder(t, map[string]string{"a/ds.yaml": daemonSet, "b/ds.yaml": changed, "c/x.yaml": ""})
	code, stdout, _ := call(t, "--each", "--check", "--output=json", "a", "b", "c")
	require.Equal(t, exitUnread, code) // c has no object
	var document struct {
		Findings []struct{ Set, Check, File string }
		OK       bool
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &document))
	require.False(t, document.OK)
	sets := map[string]bool{}
	for _, f := range document.Findings {
		sets[f.Set] = true
	}
	require.True(t, sets["a"])
	require.True(t, sets["c"])
	_, stdout, _ = call(t, "--each", "--diff", "--quiet", "a", "b")
	require.Equal(t, 1, strings.Count(stdout, "+++ b/"))
}
