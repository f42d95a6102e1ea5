// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/needs"
)

const (
	renamedSecret = "apiVersion: v1\nkind: Secret\nmetadata: {name: regcred, namespace: kube-system}\ntype: kubernetes.io/dockerconfigjson\n" +
		"stringData: {.dockerconfigjson: '{\"auths\": {\"https://index.docker.io/v1/\": {\"username\": \"someone\", \"password\": \"not-a-token\"}}}'}\n"
	renamedUser = "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: calico-node, namespace: kube-system}\n" +
		"spec: {template: {spec: {containers: [{name: c, image: 'docker.io/calico/node:v3.30.7'}], imagePullSecrets: [{name: regcred}]}}}\n"
)

// TestReferencesFollowTheSecretAsInKustomize has random trees of kustomizations with prefixes and
// suffixes. The audit of the files must authenticate the pull exactly if the audit of what kustomize
// builds does.
func TestReferencesFollowTheSecretAsInKustomize(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	rename := func() string {
		return []string{"", "", "namePrefix: p0-\n", "namePrefix: p1-\n", "nameSuffix: -s0\n", "nameSuffix: -s1\n"}[r.IntN(6)]
	}
	trees := map[string]struct {
		roots []string
		lists map[string]string // the entries of each kustomization
	}{
		"apart":          {[]string{"a", "b"}, map[string]string{"a": "ds.yaml", "b": "secret.yaml"}},
		"under a parent": {[]string{"."}, map[string]string{".": "a, b", "a": "ds.yaml", "b": "secret.yaml"}},
		"together":       {[]string{"a"}, map[string]string{"a": "ds.yaml, secret.yaml"}},
		"in a chain":     {[]string{"."}, map[string]string{".": "a", "a": "ds.yaml, ../b", "b": "secret.yaml"}},
		"not built":      {[]string{"b"}, map[string]string{"b": "secret.yaml"}},
	}
	outcomes := map[bool]int{}
	for range 10 {
		for _, name := range slices.Sorted(maps.Keys(trees)) {
			tree := trees[name]
			user := renamedUser
			if r.IntN(5) == 0 { // kustomize never changes a reference there
				user = strings.NewReplacer("apps/v1", "v1", "DaemonSet", "ReplicationController").Replace(user)
			}
			secret := "b/secret.yaml"
			if name == "together" {
				secret = "a/secret.yaml"
			}
			files := map[string]string{"a/ds.yaml": user, secret: renamedSecret}
			for _, folder := range []string{".", "a", "b"} {
				if entries := tree.lists[folder]; entries != "" {
					files[folder+"/kustomization.yaml"] = rename() + "resources: [" + entries + "]\n"
				}
			}
			dir := kustomization(t, files)
			var built []string
			if name == "not built" {
				built = append(built, user)
			}
			for _, root := range tree.roots {
				out, stderr, ok := kustomize(t, dir+"/"+root)
				require.True(t, ok, stderr)
				built = append(built, out)
			}
			rendered := isAuthenticated(t, strings.Join(built, "---\n"))
			require.Equal(t, rendered, isAuthenticated(t, "", dir), "%s: %v", name, files)
			outcomes[rendered]++
		}
	}
	require.Len(t, outcomes, 2, "some references follow, and some do not")
}

// isAuthenticated reports whether an audit says that kubelet pulls the only image with a Secret.
func isAuthenticated(t *testing.T, stdin string, paths ...string) bool {
	t.Helper()
	cmd := needs.Command(t, "calico-pull-secrets", append([]string{"--audit", "--output", "json"}, paths...)...)
	cmd.Stdin = strings.NewReader(stdin)
	out, _ := cmd.Output() // it fails for an image that is anonymous
	var report struct{ Images []struct{ Verdict string } }
	require.NoError(t, json.Unmarshal(out, &report), string(out))
	require.Len(t, report.Images, 1)
	return report.Images[0].Verdict == "authenticated"
}
