// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/needs"
)

// wanted is the content of the pull Secret of setCredential.
const wanted = `{"auths":{"https://index.docker.io/v1/":{"username":"example","password":"not-a-token","auth":"ZXhhbXBsZTpub3QtYS10b2tlbg=="}}}`

// TestRecipesRKE2 reads the values for RKE2's chart.
func TestRecipesRKE2(t *testing.T) {
	setUpRecipe(t)
	out, stderr := runSecretly(t, 0, path(t, "rke2/render.sh"))
	require.Empty(t, stderr)
	config, err := yaml.Parse(out)
	require.NoError(t, err)
	require.Equal(t, "HelmChartConfig", config.GetKind())
	require.Equal(t, "kube-system/rke2-calico", config.GetNamespace()+"/"+config.GetName())
	values, err := yaml.Parse(text(t, config, "spec", "valuesContent")[0])
	require.NoError(t, err)
	require.Equal(t, []string{wanted}, text(t, values, "imagePullSecrets", "regcred"))

	t.Setenv("DOCKERHUB_TOKEN", "")
	out, stderr = runSecretly(t, 2, path(t, "rke2/render.sh"))
	require.Empty(t, out)
	require.Contains(t, stderr, "environment variable DOCKERHUB_TOKEN is empty")
}

func TestRecipesK0s(t *testing.T) {
	manifest := setUpRecipe(t)
	repo := kustomization(t, map[string]string{"calico.yaml": manifest})
	stack := filepath.Join(repo, "manifests", "calico")
	for range 2 {
		_, stderr, code := runIn(t, repo, path(t, "k0s/stack.sh"), "calico.yaml", stack)
		require.Zero(t, code, stderr)
		require.Empty(t, stderr)
		written := contents(t, stack, "calico.yaml")
		require.Equal(t, []string{"regcred"}, references(t, written, "DaemonSet"))
		require.Equal(t, []string{"regcred"}, references(t, written, "Deployment"))
		require.Equal(t, []string{"kube-system/regcred"}, find(t, written, "Secret"))
		all, err := os.ReadDir(stack)
		require.NoError(t, err)
		require.Len(t, all, 1)
		info, err := all[0].Info()
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode())
	}
	before := contents(t, stack, "calico.yaml")
	require.NoError(t, os.WriteFile(filepath.Join(repo, "calico.yaml"), []byte("kind: Namespace\n"), 0o644))
	_, stderr, code := runIn(t, repo, path(t, "k0s/stack.sh"), "calico.yaml", stack)
	require.NotZero(t, code)
	require.Contains(t, stderr, "calico-pull-secrets: error: ")
	require.Equal(t, before, contents(t, stack, "calico.yaml"))

	require.Equal(t, []string{"custom"}, text(t, parse(t, "k0s/k0s.yaml"), "spec", "network", "provider"))
	require.Equal(t, []string{"calico"}, text(t, parse(t, "k0s/k0s-mirror.yaml"), "spec", "network", "provider"))
}

// TestRecipesClusterAPI reads the manifests inside a ClusterResourceSet.
func TestRecipesClusterAPI(t *testing.T) {
	manifest := setUpRecipe(t)
	needs.OnPath(t, "kubectl")
	repo := kustomization(t, map[string]string{"calico.yaml": manifest, "none.yaml": "kind: Namespace\n"})
	calico := filepath.Join(repo, "calico.yaml")
	set := parse(t, "cluster-api/cluster-resource-set.yaml")
	named, err := set.Pipe(yaml.Lookup("spec", "resources", "[name=calico]"))
	require.NoError(t, err)
	require.NotNil(t, named)

	out, stderr := runSecretly(t, 0, path(t, "cluster-api/prepare.sh"), calico)
	require.Empty(t, stderr)
	secret, err := yaml.Parse(out)
	require.NoError(t, err)
	require.Equal(t, "Secret default/calico", secret.GetKind()+" "+secret.GetNamespace()+"/"+secret.GetName())
	require.Equal(t, []string{"addons.cluster.x-k8s.io/resource-set"}, text(t, secret, "type"))
	inside := decoded(t, secret, "calico.yaml")
	require.Equal(t, []string{"regcred"}, references(t, inside, "DaemonSet"))
	require.Equal(t, []string{"kube-system/regcred"}, find(t, inside, "Secret"))
	require.Less(t, len(out), 1<<20)

	out, stderr, code := runIn(t, repo, path(t, "cluster-api/prepare-configmap.sh"), calico)
	require.Zero(t, code, stderr)
	configMap, err := yaml.Parse(out)
	require.NoError(t, err)
	requireTheTwoLines(t, manifest, text(t, configMap, "data", "calico.yaml")[0])

	for _, script := range []string{"prepare.sh", "prepare-configmap.sh"} {
		out, stderr = runSecretly(t, 1, path(t, "cluster-api/"+script), filepath.Join(repo, "none.yaml"))
		require.Empty(t, out)
		require.Contains(t, stderr, "calico-pull-secrets: error: ")
	}

	// With the chart: the Secret has the name in the chart's value, and is in the operator's
	// namespace.
	proxy := parse(t, "cluster-api/helm-chart-proxy.yaml")
	values, err := yaml.Parse(text(t, proxy, "spec", "valuesTemplate")[0])
	require.NoError(t, err)
	list, err := values.Pipe(yaml.Lookup("installation", "imagePullSecrets", "[name=regcred]"))
	require.NoError(t, err)
	require.NotNil(t, list)
	out, stderr = runSecretly(t, 0, path(t, "cluster-api/operator-secret.sh"))
	require.Empty(t, stderr)
	secret, err = yaml.Parse(out)
	require.NoError(t, err)
	inside = decoded(t, secret, "regcred.yaml")
	require.Equal(t, []string{text(t, proxy, "spec", "namespace")[0] + "/regcred"}, find(t, inside, "Secret"))
	require.Len(t, find(t, inside, "Namespace"), 1)
	var data struct {
		Data map[string][]byte `json:"data"`
	}
	object, err := objects(t, inside, "Secret")[0].MarshalJSON()
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(object, &data))
	require.Equal(t, wanted, string(data.Data[".dockerconfigjson"]))
}

// runSecretly runs a command. Its stdout may have a credential, its stderr must not.
func runSecretly(t *testing.T, code int, command ...string) (stdout, stderr string) {
	t.Helper()
	dir := t.TempDir()
	_, stderr, got := runIn(t, dir, append([]string{"bash", "-c", `"$@" > out`, "-"}, command...)...)
	require.Equal(t, code, got, stderr)
	return contents(t, dir, "out"), stderr
}

// decoded returns a decoded value of a Secret's data.
func decoded(t *testing.T, secret *yaml.RNode, key string) string {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text(t, secret, "data", key)[0]))
	require.NoError(t, err)
	return string(b)
}
