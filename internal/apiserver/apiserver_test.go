// SPDX-License-Identifier: Apache-2.0

package apiserver

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const dockerConfig = `apiVersion: v1
kind: Secret
metadata:
  name: regcred
type: kubernetes.io/dockerconfigjson
`

func TestWhatTheAPIServerRefuses(t *testing.T) {
	for name, c := range map[string]struct{ manifest, want string }{
		"JSON below data": {
			dockerConfig + `data: {.dockerconfigjson: '{"auths":{"quay.io":{"auth":"aHVudGVyMjpodW50ZXIy"}}}'}`,
			`data[".dockerconfigjson"]: not base64: write plain text below stringData`,
		},
		"another value that is not base64": {
			dockerConfig + "data: {.dockerconfigjson: e30=, other: 'not base64!'}", "data: not base64: write plain text below stringData",
		},
		"a number in stringData": {dockerConfig + "stringData: {.dockerconfigjson: '{}', other: 7}", "stringData: not text: put it in quotes"},
		"null over good data": {
			dockerConfig + "data: {.dockerconfigjson: e30=}\nstringData: {.dockerconfigjson: null}",
			`data[".dockerconfigjson"]: not a JSON object: make the Secret with kubectl create secret docker-registry`,
		},
		"a text for immutable": {dockerConfig + "data: {.dockerconfigjson: e30=}\nimmutable: 'yes'", "immutable: neither true nor false: write it without quotes"},
		"a number as a label": {
			strings.Replace(dockerConfig, "name: regcred", "name: regcred\n  labels: {team: 7}", 1) + "data: {.dockerconfigjson: e30=}",
			"metadata.labels: not an object of texts: put numbers, true and false in quotes",
		},
		"yes as a label, which YAML 1.1 takes for true": {
			strings.Replace(dockerConfig, "name: regcred", "name: regcred\n  labels: {calico: yes}", 1) + "data: {.dockerconfigjson: e30=}",
			"metadata.labels: not an object of texts: put numbers, true and false in quotes",
		},
		"a key with a blank": {
			dockerConfig + "data: {.dockerconfigjson: e30=, a b: e30=}",
			"data: a key has other characters than letters, digits, '-', '_' and '.', or is too long",
		},
		"a name with an underscore": {
			strings.Replace(dockerConfig, "regcred", "reg_cred", 1) + "data: {.dockerconfigjson: e30=}",
			"metadata.name: not a DNS-1123 subdomain: use only lower-case letters, digits, '-' and '.'",
		},
		"without its key": {dockerConfig, `data: lacks ".dockerconfigjson", which this type needs: make the Secret with kubectl create secret docker-registry`},
		"a placeholder inside of text that is not base64": {
			dockerConfig + `data: {.dockerconfigjson: '{"auths":{"quay.io":{"auth":"${AUTH}"}}}'}`,
			`data[".dockerconfigjson"]: not base64: write plain text below stringData`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, refusal := ReadSecret([]byte(c.manifest))
			require.NotNil(t, refusal)
			require.Equal(t, c.want, refusal.Error())
		})
	}
}

func TestWhatAToolFillsInLater(t *testing.T) {
	for name, manifest := range map[string]string{
		"a variable of Flux":         dockerConfig + "data: {.dockerconfigjson: '${DOCKER_CONFIG}'}",
		"a variable behind base64":   dockerConfig + "data: {.dockerconfigjson: 'e30${REST}'}",
		"a template":                 dockerConfig + "data: {.dockerconfigjson: '{{ .Values.pull | b64enc }}'}",
		"Argo CD's vault plugin":     dockerConfig + "data: {.dockerconfigjson: '<path:secret/data/docker#config>'}",
		"vals":                       dockerConfig + "data: {.dockerconfigjson: 'ref+vault://secret/docker#/config'}",
		"sops":                       dockerConfig + "data: {.dockerconfigjson: 'ENC[AES256_GCM,data:x,type:str]'}\nsops: {mac: x}",
		"a word for a person":        dockerConfig + "data: {.dockerconfigjson: CHANGE_ME}",
		"plain text with a variable": dockerConfig + `stringData: {.dockerconfigjson: '{"auths":{"quay.io":{"auth":"${AUTH}"}}}'}`,
	} {
		t.Run(name, func(t *testing.T) {
			secret, refusal := ReadSecret([]byte(manifest))
			require.Nil(t, refusal)
			require.True(t, secret.Later[".dockerconfigjson"])
			require.Contains(t, secret.Data, ".dockerconfigjson")
			require.Empty(t, secret.Data[".dockerconfigjson"])
		})
	}
	secret, refusal := ReadSecret([]byte(dockerConfig + "data: {.dockerconfigjson: '${LATER}'}\nstringData: {.dockerconfigjson: '{}'}"))
	require.Nil(t, refusal)
	require.Empty(t, secret.Later, "stringData outweighs data")
	secret, refusal = ReadSecret([]byte(strings.Replace(dockerConfig, "kubernetes.io/dockerconfigjson", "'${TYPE}'", 1)))
	require.Nil(t, refusal)
	require.True(t, secret.TypeLater)
}

func TestServiceAccountsThatTheAPIServerRefuses(t *testing.T) {
	for manifest, want := range map[string]string{
		"metadata: {name: a, labels: {team: 7}}":                          "metadata.labels: not an object of texts: put numbers, true and false in quotes",
		"metadata: {name: a_b}":                                           "metadata.name: not a DNS-1123 subdomain: use only lower-case letters, digits, '-' and '.'",
		"metadata: {name: a}\nimagePullSecrets: [regcred]":                "imagePullSecrets: not an object",
		"metadata: {name: a}\nimagePullSecrets: [{name: 7}]":              "imagePullSecrets.name: not text: put it in quotes",
		"metadata: {name: a}\nsecrets: {name: b}":                         "secrets: not a list",
		"metadata: {name: a}\nautomountServiceAccountToken: 'no'":         "automountServiceAccountToken: neither true nor false: write it without quotes",
		"metadata: {name: a}\nautomountServiceAccountToken: no\nother: 7": "",
		"metadata: {name: '${NAME}'}\nimagePullSecrets: [{name: null}]":   "",
	} {
		refusal := CheckServiceAccount([]byte(manifest))
		if want == "" {
			require.Nil(t, refusal, manifest)
			continue
		}
		require.NotNil(t, refusal, manifest)
		require.Equal(t, want, refusal.Error())
	}
}

// A message quotes a refusal, so a refusal must have nothing of a Secret.
func TestARefusalQuotesNothing(t *testing.T) {
	const canary = "hunter2-correct-horse"
	for _, manifest := range []string{
		"metadata: {name: " + canary + "_}",
		"metadata: {name: a, labels: {'" + canary + " ': b}}",
		"metadata: {name: a, annotations: {'" + canary + " ': b}}",
		"metadata: {name: a, finalizers: [" + canary + " x]}",
		"metadata: {name: a, creationTimestamp: " + canary + "}",
		"metadata: {name: a}\ntype: [" + canary + "]",
		"metadata: {name: a}\nimmutable: " + canary,
		"metadata: {name: a}\ndata: {" + canary + ": '" + canary + "'}",
		"metadata: {name: a}\ndata: {'" + canary + " ': e30=}",
		"metadata: {name: a}\nstringData: {" + canary + ": [" + canary + "]}",
		"metadata: " + canary,
		"- " + canary,
		"a: [" + canary,
	} {
		_, refusal := ReadSecret([]byte(manifest))
		require.NotNil(t, refusal, manifest)
		for i := 0; i+6 <= len(canary); i++ {
			require.NotContains(t, refusal.Error(), canary[i:i+6])
		}
	}
}
