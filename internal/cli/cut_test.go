// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestATextThatMayLackItsEnd has manifests on stdin that end in the middle of a line, as those of a
// download that broke off. A warning says so, and under strict nothing goes to kubectl.
func TestATextThatMayLackItsEnd(t *testing.T) {
	const whole = "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: calico-node, namespace: kube-system}\nspec:\n  template:\n    spec:\n      containers:\n      - name: c\n        image: docker.io/calico/node:v3.30.7\n"
	const text = "ends without a line break, so its end may be missing"
	inFolder(t, map[string]string{"whole.yaml": whole, "open.yaml": strings.TrimSuffix(whole, "\n")})
	run := func(stdin string, arguments ...string) (code int, stdout, stderr string) {
		var out, errs bytes.Buffer
		code = testProgram.Run(arguments, strings.NewReader(stdin), &out, &errs)
		return code, out.String(), errs.String()
	}
	for stdin, isCut := range map[string]bool{
		whole: false, strings.TrimSuffix(whole, "\n"): true, whole[:len(whole)-5]: true, whole + "---\napiVersion: v1\nki": true, whole + "# a comment": true,
		whole + "---": false, whole + "---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}": false, whole + "...": false, whole + " ": false,
	} {
		for _, arguments := range [][]string{{}, {"--check", "-"}, {"--audit"}, {"--audit", "-", "whole.yaml"}, {"--remove"}} {
			_, _, stderr := run(stdin, arguments...)
			require.Equal(t, isCut, strings.Contains(stderr, "warning: "+text) || strings.Contains(stderr, "warning: stdin: "+text), "%q %v: %s", stdin, arguments, stderr)
		}
	}
	_, _, stderr := run("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\nother: text")
	require.NotContains(t, stderr, text)
	code, stdout, _ := run(strings.TrimSuffix(whole, "\n"))
	require.Equal(t, exitOK, code)
	require.Contains(t, stdout, "imagePullSecrets")
	code, stdout, stderr = run(strings.TrimSuffix(whole, "\n"), "preflight=strict", "servers=docker.io")
	require.Equal(t, exitFailed, code, stderr)
	require.Empty(t, stdout)
	code, _, stderr = run("", "--check", "preflight=strict", "servers=docker.io", "open.yaml")
	require.Equal(t, exitFailed, code)
	require.NotContains(t, stderr, text, "many editors write files without the last line break")
}

// TestAFolderInThePlaceOfTheConfiguration has a folder with the name of the configuration.
func TestAFolderInThePlaceOfTheConfiguration(t *testing.T) {
	inFolder(t, map[string]string{".calico-pull-secrets.yaml/a.yaml": "a: b\n", "m.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: c, image: quay.io/a/b}]}\n"})
	code, _, stderr := call(t, "--audit", "m.yaml")
	require.Equal(t, exitUsage, code)
	require.Contains(t, stderr, ".calico-pull-secrets.yaml: is a folder\ncalico-pull-secrets: hint: the configuration is a file with this name: rename the folder, or write --no-config\n")
	code, _, _ = call(t, "--audit", "--no-config", "m.yaml")
	require.Equal(t, exitOK, code)
}
