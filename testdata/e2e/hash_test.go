// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// hashYAML makes kustomize add a hash to the name of the Secret.
var hashYAML = strings.Replace(functionYAML, "  secret:\n", "  secret:\n    nameSuffixHash: true\n", 1)

// TestNameSuffixHash builds the Secret with a hash of its content in the name. The reference must
// have the same name, wherever the function runs and whatever else changes the name. Other
// credentials must give other names.
func TestNameSuffixHash(t *testing.T) {
	const base = "resources: [calico.yaml]\n"
	for name, c := range map[string]struct{ base, overlay, namespace, secret string }{
		"transformer":                       {base, "transformers: [fn.yaml]\n", "kube-system", "regcred"},
		"transformer in the base":           {base + "transformers: [fn.yaml]\n", "", "kube-system", "regcred"},
		"transformer, prefix":               {base, "namePrefix: a-\ntransformers: [fn.yaml]\n", "kube-system", "regcred"},
		"transformer, all":                  {base, "namePrefix: a-\nnameSuffix: -b\nnamespace: net\ntransformers: [fn.yaml]\n", "net", "regcred"},
		"generator and transformer":         {base, "generators: [fn.yaml]\ntransformers: [fn.yaml]\n", "kube-system", "regcred"},
		"generator and transformer, prefix": {base, "namePrefix: a-\ngenerators: [fn.yaml]\ntransformers: [fn.yaml]\n", "kube-system", "a-regcred"},
		"generator and transformer, all":    {base, "namePrefix: a-\nnameSuffix: -b\nnamespace: net\ngenerators: [fn.yaml]\ntransformers: [fn.yaml]\n", "net", "a-regcred-b"},
		"base and overlay":                  {base + "transformers: [fn.yaml]\n", "transformers: [fn.yaml]\n", "kube-system", "regcred"},
		"base and overlay, prefix":          {base + "transformers: [fn.yaml]\n", "namePrefix: a-\ntransformers: [fn.yaml]\n", "kube-system", "a-regcred"},
		"base and overlay, namespace":       {base + "transformers: [fn.yaml]\n", "namespace: net\nnameSuffix: -b\ntransformers: [fn.yaml]\n", "net", "regcred-b"},
		"base with both, overlay renames":   {base + "generators: [fn.yaml]\ntransformers: [fn.yaml]\n", "namePrefix: a-\n", "kube-system", "a-regcred"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := kustomization(t, map[string]string{
				"base/calico.yaml": calicoNode, "base/fn.yaml": hashYAML, "base/kustomization.yaml": c.base,
				"overlay/fn.yaml": hashYAML, "overlay/kustomization.yaml": "resources: [../base]\n" + c.overlay,
			})
			names := map[string]bool{}
			for _, token := range []string{"not-a-token", "another-example", "not-a-token"} {
				setCredential(t)
				t.Setenv("DOCKERHUB_TOKEN", token)
				out, stderr, ok := kustomize(t, filepath.Join(dir, "overlay"))
				require.True(t, ok, stderr)
				require.Empty(t, stderr)
				found := find(t, out, "Secret")
				require.Len(t, found, 1)
				require.Regexp(t, "^"+regexp.QuoteMeta(c.namespace+"/"+c.secret)+"-[a-z0-9]{10}$", found[0])
				hashed := strings.TrimPrefix(found[0], c.namespace+"/")
				require.Equal(t, []string{hashed}, references(t, out, "DaemonSet"))
				for _, mark := range []string{"kustomize.config.k8s.io", "internal.config.kubernetes.io", "config.kubernetes.io", "needs"} {
					require.NotContains(t, out, mark)
				}
				names[hashed] = true
			}
			require.Len(t, names, 2, "the name of two credentials")
		})
	}
}

func TestNameSuffixHashNeedsKustomize(t *testing.T) {
	setCredential(t)
	const message = "only kustomize build adds the hash to the name and to the references: leave it out, or run the function there"
	t.Run("kpt fn eval", func(t *testing.T) {
		dir := kustomization(t, map[string]string{"calico.yaml": calicoNode})
		out, err := tryKpt(t, "fn", "eval", dir, "--exec", "calico-pull-secrets", "--",
			"secret.usernameEnv=DOCKERHUB_USERNAME", "secret.passwordEnv=DOCKERHUB_TOKEN", "secret.nameSuffixHash=true")
		require.Error(t, err)
		require.Contains(t, out, "data.secret.nameSuffixHash: "+message)
		require.Equal(t, calicoNode, read(t, dir, "calico.yaml"))
		requireFiles(t, dir, "calico.yaml")
	})
	t.Run("kpt fn render", func(t *testing.T) {
		config := strings.Replace(typedConfig, "  secret:\n", "  secret:\n    nameSuffixHash: true\n", 1)
		dir := kustomization(t, map[string]string{"calico.yaml": calicoNode, "config.yaml": config, "Kptfile": kptfile})
		out, err := tryKpt(t, "fn", "render", dir, "--allow-exec")
		require.Error(t, err)
		require.Contains(t, out, "spec.secret.nameSuffixHash: "+message)
		require.Equal(t, calicoNode, read(t, dir, "calico.yaml"))
		requireFiles(t, dir, "Kptfile", "calico.yaml", "config.yaml")
	})
	t.Run("the reference in an Installation", func(t *testing.T) {
		dir := kustomization(t, map[string]string{
			"kustomization.yaml": "resources: [installation.yaml]\ntransformers: [fn.yaml]\n",
			"fn.yaml":            strings.Replace(hashYAML, "spec:\n", "spec:\n  targets: operator\n", 1),
			"installation.yaml":  "apiVersion: operator.tigera.io/v1\nkind: Installation\nmetadata:\n  name: default\n",
		})
		out, stderr, ok := kustomize(t, dir)
		require.False(t, ok)
		require.Empty(t, out)
		require.Contains(t, stderr, "calico-pull-secrets: error: spec.secret.nameSuffixHash: kustomize does not add the hash to the reference in Installation default: leave it out\n")
	})
}

// requireFiles fails unless a folder has exactly these files.
func requireFiles(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var found []string
	for _, e := range entries {
		found = append(found, e.Name())
	}
	require.Equal(t, names, found)
}
