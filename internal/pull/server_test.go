// SPDX-License-Identifier: Apache-2.0

package pull_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/pull"
)

func TestServersThatKubeletMatches(t *testing.T) {
	for _, server := range []string{
		"https://index.docker.io/v1/", "https://index.docker.io/v2/", "https://index.docker.io/", "index.docker.io",
		"index.docker.io/v1/", "http://index.docker.io/v1/", "docker.io", "https://docker.io", "https://docker.io/v1/",
		"docker.io/calico", "docker.io/library", "docker.io:", "quay.io", "https://quay.io", "https://quay.io/v1/", "https://quay.io/v2/",
		"quay.io/calico", "quay.io/calico/", "*.quay.io", "quay.io:", "quay.io:443", "ghcr.io", "*.io", "*", "localhost", "localhost:5000", "registry:5000",
		"registry.example.com:5000/v2/team", "[::1]:5000", "quay.io/%63alico", "quay.io/" + strings.Repeat("a", 255),
		"registry-1.docker.io", "https://registry-1.docker.io/v2/", "Registry.Hub.Docker.com:443/calico",
	} {
		require.NoError(t, pull.CheckServer(server), server)
	}
}

func TestServersThatKubeletNeverMatchesAndWhatToWrite(t *testing.T) {
	const host = "write the registry's host"
	for server, remedy := range map[string]string{
		"https://index.docker.io/v1":          "write " + pull.DockerHub,
		"https://index.docker.io/v2":          "write " + pull.DockerHub,
		"https://docker.io/v1":                "write " + pull.DockerHub,
		"index.docker.io/calico":              "write " + pull.DockerHub,
		"index.docker.io:":                    "write " + pull.DockerHub,
		"https://index.docker.io/v1//":        "write " + pull.DockerHub,
		"docker.io/Calico":                    "write " + pull.DockerHub,
		"docker.io:443":                       "write " + pull.DockerHub,
		"docker.io.":                          "write " + pull.DockerHub,
		"Docker.io":                           "write " + pull.DockerHub,
		"*.docker.io":                         "write " + pull.DockerHub,
		"hub.docker.com":                      "write " + pull.DockerHub,
		"https://hub.docker.com/u/x":          "write " + pull.DockerHub,
		"docker.com":                          "write " + pull.DockerHub,
		"www.docker.com":                      "write " + pull.DockerHub,
		"auth.docker.io":                      "write " + pull.DockerHub,
		"HTTPS://index.docker.io/v1/":         "write " + pull.DockerHub,
		"https://registry-1.docker.io/v2":     "write " + pull.DockerHub + ", or registry-1.docker.io for images that name this host",
		"https://quay.io/v1":                  "write quay.io",
		"https://quay.io/v2":                  "write quay.io",
		"localhost/v2":                        "write localhost",
		"quay.io//":                           "write quay.io",
		"quay.io/Calico":                      "write quay.io",
		"quay.io/" + strings.Repeat("a", 256): "write quay.io",
		"oci://quay.io":                       "write quay.io",
		"HTTPS://quay.io":                     "write quay.io",
		"[::1]":                               "write the port",
		"https://[2001:db8::1]/v2/":           "write the port",
		"[::1]:5000/Calico":                   "write [::1]:5000",
		"":                                    host,
		"https://":                            host,
		"/calico":                             host,
		"[::1":                                host,
		"registry":                            host,
		"quay io":                             host,
		" quay.io":                            host,
		"ssh://quay.io":                       host,
		"oci://oci://quay.io":                 host,
		"//quay.io":                           host,
		"https://me:hunter2@quay.io":          "write the host only",
		"me:hunter2@quay.io:x":                "write the host only",
		"oci://me:hunter2@quay.io":            "write the host only",
		"//me:hunter2@quay.io":                "write the host only",
		"quay.io?token=hunter2":               "write the host only",
		"quay.io#hunter2":                     "write the host only",
	} {
		var err *pull.ServerError
		require.ErrorAs(t, pull.CheckServer(server), &err, server)
		require.Contains(t, err.Hint, remedy, server)
		require.NotContains(t, err.Problem+err.Hint, "hunter2")
	}
}

func TestWhatMayBeAPasswordIsNotQuoted(t *testing.T) {
	for _, server := range []string{
		"hunter2", "hunter2!x", "hunter.2!", "hunter2/v1", "oci://hunter2", "hunter2:x", "ssh://hunter2", "hunter2%", "-hunter.2", "[hunter2]", "hunter2//",
		"quay.io/Hunter2", "docker.io/Hunter2", "hub.docker.com/hunter2", "Docker.io/hunter2", "index.docker.io/hunter2", "oci://quay.io/hunter2",
	} {
		var err *pull.ServerError
		require.ErrorAs(t, pull.CheckServer(server), &err, server)
		require.NotContains(t, strings.ToLower(err.Problem+err.Hint), "hunter")
	}
}

func TestServersOfDockerHubThatServeOnlyImagesThatNameThem(t *testing.T) {
	for _, server := range []string{
		"registry-1.docker.io", "https://registry-1.docker.io/v2/", "Registry-1.Docker.io", "registry-1.docker.io:443", "http://registry.hub.docker.com/calico", "me:hunter2@registry-1.docker.io",
	} {
		require.True(t, pull.OnlyOwnHost(server), server)
	}
	for _, server := range []string{"", pull.DockerHub, "docker.io", "quay.io", "registry-2.docker.io", "hub.docker.com", "quay.io/registry-1.docker.io", "*.docker.io"} {
		require.False(t, pull.OnlyOwnHost(server), server)
	}
	require.NotEmpty(t, pull.Matches([]string{"registry-1.docker.io"}, "registry-1.docker.io/calico/node"))
	require.Empty(t, pull.Matches([]string{"registry-1.docker.io"}, "docker.io/calico/node"))
	require.Empty(t, pull.Matches([]string{pull.DockerHub}, "registry-1.docker.io/calico/node"))
}

func TestTheServerOfARegistryServesAllOfIt(t *testing.T) {
	for _, image := range []string{
		"etcd", "calico/node", "index.docker.io/calico/node", "quay.io/calico/node", "quay.io:443/node", "registry.example.com:5000/node",
		"localhost/node", "Registry/node", "[::1]:5000/node", "registry-1.docker.io/calico/node", "a__b.c/d",
	} {
		repository, ok := pull.Repository(image)
		require.True(t, ok, image)
		server := pull.Server(pull.Host(repository))
		require.NoError(t, pull.CheckServer(server), image)
		require.Equal(t, []string{server}, pull.Matches([]string{server}, repository), image)
	}
}

func TestARegistryWithoutAServer(t *testing.T) {
	for _, host := range []string{"", "[::1]", "[fe80::1]", "[:::]:5000", "docker.io:443", "Docker.io", "hub.docker.com", "registry", "quay.io/calico"} {
		require.Empty(t, pull.Server(host), host)
	}
	require.Empty(t, pull.Matches([]string{"[::1]", "https://[::1]/v2/"}, "[::1]/node"))
}

func TestEndpointsHaveNoUserName(t *testing.T) {
	for server, endpoint := range map[string]string{
		pull.DockerHub: "index.docker.io", "https://me:hunter2@quay.io/calico?x#y": "quay.io/calico", "quay.io/v1": "quay.io/v1", "quay.io/v2/calico": "quay.io/calico",
		"quay.io/": "quay.io", "quay io": "", "": "", "[::1]:5000": "[::1]:5000",
	} {
		require.Equal(t, endpoint, pull.Endpoint(server), server)
	}
}
