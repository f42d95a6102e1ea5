// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/needs"
)

// TestASecretOfAnotherGenerator runs a generator before ours that emits the Secret, for example by
// decryption. Our function checks that Secret and does not change it.
func TestASecretOfAnotherGenerator(t *testing.T) {
	const config = `apiVersion: fn.kpt.dev/v1alpha1
kind: CalicoPullSecrets
metadata:
  name: calico-pull-secrets
  annotations:
    config.kubernetes.io/function: |
      exec:
        path: calico-pull-secrets
`
	secret := func(server string) string {
		return "type: kubernetes.io/dockerconfigjson\nstringData:\n  .dockerconfigjson: '{\"auths\":{\"" + server + "\":{\"username\":\"example\",\"password\":\"not-a-token\"}}}'\n"
	}
	for name, c := range map[string]struct {
		secret, stderr string
		ok             bool
	}{
		"for the images":        {secret("https://index.docker.io/v1/"), "", true},
		"for others":            {secret("quay.io"), `calico-pull-secrets: warning: DaemonSet kube-system/calico-node: spec.template.spec.imagePullSecrets: Secret "regcred" is for quay.io only, so kubelet pulls docker.io/calico/node anonymously`, true},
		"that kubelet cannot":   {strings.Replace(secret("quay.io"), "}}}", "}", 1), `calico-pull-secrets: error: Secret kube-system/regcred: the API server refuses it: data[".dockerconfigjson"]: not a JSON object`, false},
		"that kubelet ignores":  {strings.Replace(secret("quay.io"), "kubernetes.io/dockerconfigjson", "Opaque", 1), `calico-pull-secrets: warning: Secret kube-system/regcred: has type "Opaque"`, true},
		"that is yet encrypted": {"type: kubernetes.io/dockerconfigjson\nstringData:\n  .dockerconfigjson: ENC[AES256_GCM,data:AAAA]\n", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			item := "apiVersion: v1\nkind: Secret\nmetadata:\n  name: regcred\n  namespace: kube-system\n" + c.secret
			list := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- " + strings.ReplaceAll(strings.TrimSuffix(item, "\n"), "\n", "\n  ") + "\n"
			build := func(transformers string) (stdout, stderr string, ok bool) {
				dir := kustomization(t, map[string]string{
					"kustomization.yaml": "resources: [calico.yaml]\ngenerators: [decrypt.yaml]\n" + transformers,
					"decrypt.yaml":       "apiVersion: example.com/v1\nkind: Decrypt\nmetadata:\n  name: decrypt\n  annotations:\n    config.kubernetes.io/function: |\n      exec:\n        path: ./decrypt\n",
					"decrypt":            "#!/bin/sh\ncat > /dev/null\ncat <<'END'\n" + list + "END\n",
					"fn.yaml":            config,
					"calico.yaml":        calicoNode,
				})
				require.NoError(t, os.Chmod(filepath.Join(dir, "decrypt"), 0o755))
				return kustomize(t, dir)
			}
			without, stderr, ok := build("")
			require.True(t, ok, stderr)
			out, stderr, ok := build("transformers: [fn.yaml]\n")
			require.Equal(t, c.ok, ok, stderr)
			require.NotContains(t, stderr, "not-a-token")
			if c.stderr == "" {
				require.Empty(t, stderr)
			}
			require.Contains(t, stderr, c.stderr)
			if !c.ok {
				require.Empty(t, out)
				return
			}
			added := "      imagePullSecrets:\n      - name: regcred\n"
			require.Equal(t, 1, strings.Count(out, added))
			require.Equal(t, without, strings.Replace(out, added, "", 1))
		})
	}
}

// TestCredentialsAsThePageShows runs each shell block of the page unchanged, one shell after the
// other. Stand-ins for docker and kubectl need no registry and no cluster. Every way must give the
// same Secret.
func TestCredentialsAsThePageShows(t *testing.T) {
	needs.OnPath(t, "bash", "kpt")
	kubectl := needs.Program(t, "kubectl")
	blocks := blocks(t, "docs/credentials.md", "shell")
	require.Len(t, blocks, 5)

	root := t.TempDir()
	writeFiles(t, root, map[string]string{
		"bin/docker": `#!/bin/sh
[ "$*" = login ] || exit 1
mkdir -p ~/.docker
echo '{"auths":{"https://index.docker.io/v1/":{"auth":"ZXhhbXBsZTpub3QtYS10b2tlbg=="},"ghcr.io":{"auth":"b3RoZXI6b3RoZXI="}}}' > ~/.docker/config.json
`,
		"bin/kubectl": "#!/bin/sh\n[ \"$*\" = 'apply -f -' ] || exit 1\nexec " + kubectl + " annotate --local -f - -o yaml x=y\n",
		"username":    "example\n",
		"password":    "not-a-token\n",
	})
	for _, program := range []string{"docker", "kubectl"} {
		require.NoError(t, os.Chmod(filepath.Join(root, "bin", program), 0o755))
	}
	t.Setenv("PATH", filepath.Join(root, "bin")+":"+os.Getenv("PATH"))
	t.Setenv("HOME", filepath.Join(root, "home"))
	secrets := map[string]int{}
	externals := 0
	for _, block := range blocks {
		dir := kustomization(t, map[string]string{"calico.yaml": read(t, "../../examples/manifests", "calico.yaml")})
		script := strings.ReplaceAll(withCredential.Replace(block), "/run/secrets/", root+"/")
		require.NotContains(t, script, "…")
		if strings.Contains(script, "kpt fn eval") { // it needs the exports of the first block
			setCredential(t)
		}
		cmd := needs.Command(t, "bash", "-euo", "pipefail", "-c", script)
		cmd.Dir = dir
		out, err := cmd.Output()
		require.NoError(t, err, script)
		require.Equal(t, []string{"regcred"}, references(t, string(out), "DaemonSet"), script)
		found := objects(t, string(out), "Secret")
		if strings.Contains(script, "externalSecret.") {
			require.Empty(t, found)
			require.Equal(t, []string{"kube-system/regcred"}, find(t, string(out), "ExternalSecret"))
			externals++
			continue
		}
		require.Len(t, found, 1, script)
		require.Equal(t, "kube-system/regcred", found[0].GetNamespace()+"/"+found[0].GetName())
		secrets[found[0].GetDataMap()[".dockerconfigjson"]]++
		requireFiles(t, dir, "calico.yaml")
		require.Equal(t, read(t, "../../examples/manifests", "calico.yaml"), read(t, dir, "calico.yaml"))
	}
	require.Equal(t, 1, externals)
	require.Len(t, secrets, 1, "the content is the same in each way")
	for _, n := range secrets {
		require.Equal(t, len(blocks)-1, n)
	}
}
