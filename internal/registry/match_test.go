// SPDX-License-Identifier: Apache-2.0

package registry_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"calico-pull-secrets/internal/registry"
)

// The rule is compared with kubelet's own code in testdata/kubelet. This is what
// people write.

func TestWhichServersServeWhichImages(t *testing.T) {
	hub := []string{"docker.io/calico/node", "calico/node:v3.30.0", "index.docker.io/calico/node@sha256:" + strings.Repeat("0", 64)}
	quay := []string{"quay.io/calico/node:v3.32.1"}
	for _, c := range []struct {
		servers   string
		hub, quay bool
	}{
		{"https://index.docker.io/v1/ https://index.docker.io/v2/ https://index.docker.io/ index.docker.io index.docker.io/v1/ http://index.docker.io/v1/", true, false},
		{"docker.io https://docker.io https://docker.io/v1/ docker.io/calico", true, false},
		{"https://index.docker.io/v1 https://index.docker.io/v2 https://docker.io/v1 docker.io/library docker.io:443 Docker.io *.docker.io", false, false},
		{"registry-1.docker.io hub.docker.com docker.com auth.docker.io registry.hub.docker.com", false, false},
		{"quay.io https://quay.io https://quay.io/v1/ https://quay.io/v2/ quay.io/calico quay.io/calico/", false, true},
		{"https://quay.io/v1 https://quay.io/v2 https://quay.io/api/v1 *.quay.io quay.io:443 ghcr.io", false, false},
		{"*.io", true, true},
	} {
		for server := range strings.FieldsSeq(c.servers) {
			for _, image := range hub {
				require.Equal(t, c.hub, serves(t, server, image), "%s %s", server, image)
			}
			for _, image := range quay {
				require.Equal(t, c.quay, serves(t, server, image), "%s %s", server, image)
			}
		}
	}
}

func serves(t *testing.T, server, image string) bool {
	t.Helper()
	repository, ok := registry.Repository(image)
	require.True(t, ok, image)
	return len(registry.Matches([]string{server}, repository)) > 0
}

func TestTheOrderIsThatOfTheMostSpecific(t *testing.T) {
	servers := []string{"*.io", "quay.io", "https://quay.io/calico", "ghcr.io", "quay.io/tigera"}
	require.Equal(t, []string{"https://quay.io/calico", "quay.io", "*.io"}, registry.Matches(servers, "quay.io/calico/node"))
	require.Equal(t, []string{"docker.io"}, registry.Matches([]string{"docker.io", registry.DockerHub}, "docker.io/calico/node"),
		"what docker login writes is taken only if nothing else matches")
}

func TestImagesThatAreNone(t *testing.T) {
	for _, image := range []string{"", "${REGISTRY}/calico/node", "Calico/Node", "quay.io/calico/node:", "quay.io/calico//node", "docker.io/" + strings.Repeat("a/", 130) + "b"} {
		_, ok := registry.Repository(image)
		require.False(t, ok, image)
	}
}

func TestTheServerOfARegistry(t *testing.T) {
	for _, image := range []string{"calico/node", "quay.io/calico/node", "registry.example.com:5000/node"} {
		repository, _ := registry.Repository(image)
		require.True(t, serves(t, registry.Server(registry.Host(repository)), image), image)
	}
}

func TestErrorsQuoteNothing(t *testing.T) {
	for _, content := range []string{"hunter2", `{"auths":{"quay.io":{"auth":"hunter2%"}}}`, `{"auths":{"quay.io":{"auth":"aHVudGVyMg=="}}}`, `{"auths":{"quay.io":{"password":7}}}`} {
		_, err := registry.ParseConfigJSON([]byte(content))
		require.Error(t, err)
		for _, secret := range []string{"hunter2", "aHVudGVyMg", "quay.io"} {
			require.NotContains(t, err.Error(), secret)
		}
	}
	config, err := registry.ParseConfigJSON([]byte(`{"auths":{"b":{"auth":"YTpi"},"a":{"username":"a"},"c":{"identitytoken":"x"}}}`))
	require.NoError(t, err)
	require.Equal(t, registry.Config{Servers: []string{"a", "b"}, Empty: []string{"c"}}, config)
}
