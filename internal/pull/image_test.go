// SPDX-License-Identifier: Apache-2.0

package pull_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/pull"
)

func TestRepositoriesOfImages(t *testing.T) {
	digest := "@sha256:" + strings.Repeat("0", 64)
	for image, repository := range map[string]string{
		"calico/node:v3.30.0":                            "docker.io/calico/node",
		"etcd":                                           "docker.io/library/etcd",
		"docker.io/etcd":                                 "docker.io/library/etcd",
		"index.docker.io/calico/node" + digest:           "docker.io/calico/node",
		"quay.io/calico/node:v3.31.0" + digest:           "quay.io/calico/node",
		"localhost/node":                                 "localhost/node",
		"registry:5000/node":                             "registry:5000/node",
		"[::1]:5000/node":                                "[::1]:5000/node",
		"Registry/node":                                  "Registry/node",
		"registry-1.docker.io/calico/node":               "registry-1.docker.io/calico/node",
		"quay.io/" + strings.Repeat("a", 255):            "quay.io/" + strings.Repeat("a", 255),
		"quay.io/node:" + strings.Repeat("x", 128):       "quay.io/node",
		"quay.io/node@sha512:" + digest[8:] + digest[8:]: "quay.io/node",
	} {
		found, ok := pull.Repository(image)
		require.True(t, ok, image)
		require.Equal(t, repository, found)
	}
	require.Equal(t, "docker.io", pull.Host("docker.io/calico/node"))
	require.Equal(t, "[::1]:5000", pull.Host("[::1]:5000/node"))
}

func TestImagesThatKubeletRefuses(t *testing.T) {
	for _, image := range []string{
		"", "${REGISTRY}/calico/node", "Calico/Node", "docker.io/Calico/node", "quay.io/calico/node:", "quay.io/calico//node", "quay.io/a.-b", "ü/x",
		"quay.io/" + strings.Repeat("a", 256), "quay.io/node:" + strings.Repeat("x", 129), "quay.io/node@sha256:00", "quay.io/node@md5:" + strings.Repeat("0", 32),
		strings.Repeat("0", 64), // this may be the ID of an image
	} {
		_, ok := pull.Repository(image)
		require.False(t, ok, image)
	}
}

func TestCanonical(t *testing.T) {
	digest := "@sha256:" + strings.Repeat("0", 64)
	for image, want := range map[string]string{
		"calico/node:v3.30.0": "docker.io/calico/node:v3.30.0", "etcd": "docker.io/library/etcd:latest", "index.docker.io/calico/node": "docker.io/calico/node:latest",
		"localhost:5000/x": "localhost:5000/x:latest", "localhost:5000/x:1": "localhost:5000/x:1", "quay.io/a/b:1" + digest: "quay.io/a/b" + digest, "a/b" + digest: "docker.io/a/b" + digest,
		"${X}/a": "", "a/A": "", "": "",
	} {
		got, ok := pull.Canonical(image)
		require.Equal(t, want, got, image)
		require.Equal(t, want != "", ok, image)
	}
}
