// SPDX-License-Identifier: Apache-2.0

package registry_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"calico-pull-secrets/internal/registry"
)

func TestServersThatKubeletMatches(t *testing.T) {
	for _, server := range []string{
		"https://index.docker.io/v1/", "https://index.docker.io/v2/", "https://index.docker.io/", "index.docker.io",
		"index.docker.io/v1/", "http://index.docker.io/v1/", "docker.io", "https://docker.io", "https://docker.io/v1/",
		"docker.io/calico", "docker.io/library", "quay.io", "https://quay.io", "https://quay.io/v1/", "https://quay.io/v2/",
		"quay.io/calico", "quay.io/calico/", "*.quay.io", "quay.io:443", "ghcr.io", "*.io", "localhost:5000",
		"registry.example.com:5000/v2/team", "[::1]:5000",
	} {
		require.NoError(t, registry.CheckServer(server), server)
	}
}

func TestServersThatKubeletNeverMatchesAndWhatToWrite(t *testing.T) {
	for server, cure := range map[string]string{
		"https://index.docker.io/v1":      registry.DockerHub,
		"https://index.docker.io/v2":      registry.DockerHub,
		"https://docker.io/v1":            registry.DockerHub,
		"docker.io:443":                   registry.DockerHub,
		"Docker.io":                       registry.DockerHub,
		"*.docker.io":                     registry.DockerHub,
		"registry-1.docker.io":            registry.DockerHub,
		"https://registry-1.docker.io/v2": registry.DockerHub,
		"hub.docker.com":                  registry.DockerHub,
		"docker.com":                      registry.DockerHub,
		"auth.docker.io":                  registry.DockerHub,
		"registry.hub.docker.com":         registry.DockerHub,
		"https://quay.io/v1":              "Write quay.io",
		"https://quay.io/v2":              "Write quay.io",
		"":                                "Write the registry's host",
		"https://":                        "Write the registry's host",
		"quay io":                         "Write the registry's host",
		" quay.io":                        "Write the registry's host",
		"ftp://quay.io":                   "Write the registry's host",
		"https://me:hunter2@quay.io":      "Write the host only",
		"me:hunter2@quay.io:x":            "Write the host only",
		"oci://me:hunter2@quay.io":        "Write the host only",
		"//me:hunter2@quay.io":            "Write the host only",
		"quay.io?token=hunter2":           "Write the host only",
		"quay.io#hunter2":                 "Write the host only",
		"oci://quay.io":                   "Write the registry's host",
		"HTTPS://quay.io":                 "Write the registry's host",
		"//quay.io":                       "Write the registry's host",
	} {
		err := registry.CheckServer(server)
		require.ErrorContains(t, err, cure, server)
		require.NotContains(t, err.Error(), "hunter2")
	}
}
