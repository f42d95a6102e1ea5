// SPDX-License-Identifier: Apache-2.0

package pull_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/pull"
)

const (
	jsonType = "kubernetes.io/dockerconfigjson"
	cfgType  = "kubernetes.io/dockercfg"
)

// configJSON returns the content of a Secret that has this value of .dockerconfigjson.
func configJSON(value string) pull.Content {
	return pull.ParseSecret(jsonType, []byte(value))
}

func TestStatesOfSecrets(t *testing.T) {
	const good = `{"auths":{"quay.io":{"auth":"dTpw"}}}`
	for name, c := range map[string]struct {
		secretType, value string
		state             pull.State
		problem           string
	}{
		"a pull Secret":                          {jsonType, good, pull.Known, ""},
		"a legacy one":                           {cfgType, `{"quay.io":{"auth":"dTpw"}}`, pull.Known, ""},
		"null has nothing in it":                 {jsonType, "null", pull.Known, ""},
		"docker's store has nothing in it":       {jsonType, `{"auths":{"quay.io":{}},"credsStore":"desktop"}`, pull.Known, ""},
		"no type is Opaque":                      {"", good, pull.Ignored, `type "Opaque", which kubelet ignores`},
		"a type of Kubernetes'":                  {"kubernetes.io/tls", good, pull.Ignored, `type "kubernetes.io/tls", which kubelet ignores`},
		"a type that may be anything":            {"hunter2", good, pull.Ignored, "has a type, which kubelet ignores"},
		"no value":                               {jsonType, "", pull.Malformed, "is not shaped like a docker config, so kubelet fails every pull"},
		"no JSON":                                {jsonType, "hunter2", pull.Malformed, "is not shaped like a docker config, so kubelet fails every pull"},
		"no object":                              {jsonType, `["hunter2"]`, pull.Malformed, "is not shaped like a docker config, so kubelet fails every pull"},
		"an auth that is not base64":             {jsonType, `{"auths":{"quay.io":{"auth":"hunter2%"}}}`, pull.Malformed, "has an auth that is not base64, so kubelet fails every pull"},
		"an auth without a colon":                {jsonType, `{"auths":{"quay.io":{"auth":"aHVudGVyMg=="}}}`, pull.Malformed, "has an auth without a colon between user name and password, so kubelet fails every pull"},
		"a password that is a number":            {jsonType, `{"auths":{"quay.io":{"password":7}}}`, pull.Malformed, "is not shaped like a docker config, so kubelet fails every pull"},
		"auths that are a list":                  {jsonType, `{"auths":["hunter2"]}`, pull.Malformed, "is not shaped like a docker config, so kubelet fails every pull"},
		"a malformed entry that a good one ends": {jsonType, `{"auths":{"quay.io":{"auth":"%"},"quay.io":{"auth":"dTpw"}}}`, pull.Malformed, "is not base64"},
		"the whole config in a legacy Secret":    {cfgType, `{"auths":{"quay.io":{"auth":"hunter2%"}}}`, pull.Known, ""},
	} {
		t.Run(name, func(t *testing.T) {
			content := pull.ParseSecret(c.secretType, []byte(c.value))
			require.Equal(t, c.state, content.State)
			require.Contains(t, content.Problem, c.problem)
			require.Equal(t, c.problem == "", content.Problem == "")
			for _, quoted := range []string{"hunter2", "aHVudGVyMg", "quay.io", "%"} {
				require.NotContains(t, content.Problem+content.Hint, quoted)
			}
		})
	}
	require.Equal(t, pull.Unknown, pull.Content{}.State)
}

func TestKeysOfTypes(t *testing.T) {
	for secretType, key := range map[string]string{jsonType: ".dockerconfigjson", cfgType: ".dockercfg", "": "", "Opaque": ""} {
		found, ok := pull.Key(secretType)
		require.Equal(t, key, found)
		require.Equal(t, key != "", ok)
	}
}

func TestServersAreThoseWithAUsableCredential(t *testing.T) {
	content := configJSON(`{"auths":{
		"https://index.docker.io/v1/":{"auth":"dTpw"}, "index.docker.io":{"username":"u","password":"p"}, "me:hunter2@a.io/x":{"username":"u","password":"p"},
		"b.io":{}, "c.io":{"auth":"Og=="}, "d.io":{"password":"p"}, "e.io":{"username":"u"}, "f.io":{"username":"u","password":"p","auth":"Og=="}, "g.io":{"identitytoken":"t"}, "no url":{"auth":"dTpw"}}}`)
	require.Equal(t, []string{"a.io/x", "index.docker.io"}, content.Servers())
	require.Equal(t, []string{"a.io", "b.io/c"}, pull.Authenticating("b.io/c", "https://a.io/v2/", "a.io").Servers())
	require.Empty(t, pull.Authenticating().Servers())
	require.Empty(t, pull.Content{}.Servers())
}

func TestAuthsAreSplitAtTheFirstColon(t *testing.T) {
	for _, auth := range []string{"dTpwOnE=", "dTpwOnE"} {
		username, password, err := pull.SplitAuth(auth)
		require.NoError(t, err)
		require.Equal(t, [2]string{"u", "p:q"}, [2]string{username, password})
	}
	for _, auth := range []string{"hunter2%", "aHVudGVyMg", "dTpw=", " dTpw", "aHVudGVyMg =="} {
		_, _, err := pull.SplitAuth(auth)
		require.Error(t, err)
		require.NotContains(t, err.Error(), auth)
		require.NotContains(t, err.Error(), "hunter2")
	}
}
