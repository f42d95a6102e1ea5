// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"text/template"

	"github.com/Masterminds/sprig/v3"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/needs"
)

// TestTheTemplateOfAnExternalSecret renders the template as External Secrets does, with
// text/template and sprig's functions. It reads the result as kubelet does.
func TestTheTemplateOfAnExternalSecret(t *testing.T) {
	for _, server := range []string{"https://index.docker.io/v1/", "quay.io/calico"} {
		cmd := needs.Command(t, "calico-pull-secrets", "externalSecret.secretStoreRef.name=vault", "externalSecret.remoteKey=dockerhub", "externalSecret.server="+server)
		cmd.Stdin = strings.NewReader(calicoNode)
		out, err := cmd.Output()
		require.NoError(t, err)
		found := objects(t, string(out), "ExternalSecret")
		require.Len(t, found, 1)
		node, err := found[0].Pipe(yaml.Lookup("spec", "target", "template", "data", ".dockerconfigjson"))
		require.NoError(t, err)
		text, err := template.New("").Option("missingkey=error").Funcs(sprig.TxtFuncMap()).Parse(node.YNode().Value)
		require.NoError(t, err)

		for _, password := range []string{
			"not-a-token", `with "quotes"`, `back\slash`, "two\nlines", "tab\tand\rreturn", "ünïcödé 漢字 🐳", "<html>&amp;", "with:colon", "{{ .username }}", `"}}}`, "\u2028", "\x7f",
		} {
			var rendered strings.Builder
			require.NoError(t, text.Execute(&rendered, map[string]string{"username": "example", "password": password}))
			var is struct {
				Auths map[string]struct{ Username, Password, Auth string } `json:"auths"`
			}
			decoder := json.NewDecoder(strings.NewReader(rendered.String()))
			decoder.DisallowUnknownFields()
			require.NoError(t, decoder.Decode(&is), rendered.String())
			require.Len(t, is.Auths, 1)
			entry := is.Auths[server]
			require.Equal(t, "example", entry.Username)
			require.Equal(t, password, entry.Password)
			auth, err := base64.StdEncoding.DecodeString(entry.Auth)
			require.NoError(t, err)
			require.Equal(t, "example:"+password, string(auth))
		}
	}
}

// TestTheTemplateOfSeveralRegistries renders the template of two registries. Their values have
// their own names.
func TestTheTemplateOfSeveralRegistries(t *testing.T) {
	cmd := needs.Command(t, "calico-pull-secrets", "externalSecret.secretStoreRef.name=vault",
		"externalSecret.registries.0.server=https://index.docker.io/v1/", "externalSecret.registries.0.remoteKey=dockerhub",
		"externalSecret.registries.1.server=quay.io", "externalSecret.registries.1.remoteKey=quay", "externalSecret.registries.1.usernameProperty=robot")
	cmd.Stdin = strings.NewReader(calicoNode)
	out, err := cmd.Output()
	require.NoError(t, err)
	found := objects(t, string(out), "ExternalSecret")
	require.Len(t, found, 1)
	data, err := found[0].Pipe(yaml.Lookup("spec", "data"))
	require.NoError(t, err)
	values := map[string]string{}
	require.NoError(t, data.VisitElements(func(n *yaml.RNode) error {
		remote := text(t, n, "remoteRef", "key")[0] + "/" + text(t, n, "remoteRef", "property")[0]
		values[text(t, n, "secretKey")[0]] = remote // stands for the remote value
		return nil
	}))
	require.Len(t, values, 4)
	parsed, err := template.New("").Option("missingkey=error").Funcs(sprig.TxtFuncMap()).Parse(text(t, found[0], "spec", "target", "template", "data", ".dockerconfigjson")[0])
	require.NoError(t, err)
	var rendered strings.Builder
	require.NoError(t, parsed.Execute(&rendered, values))
	auth := func(login string) string { return base64.StdEncoding.EncodeToString([]byte(login)) }
	require.JSONEq(t, `{"auths":{
		"https://index.docker.io/v1/":{"username":"dockerhub/username","password":"dockerhub/password","auth":"`+auth("dockerhub/username:dockerhub/password")+`"},
		"quay.io":{"username":"quay/robot","password":"quay/password","auth":"`+auth("quay/robot:quay/password")+`"}}}`, rendered.String())
}
