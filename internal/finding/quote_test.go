// SPDX-License-Identifier: Apache-2.0

package finding

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestShowServerShowsOnlyTheHost(t *testing.T) {
	for server, shown := range map[string]string{
		"quay.io":                                 "quay.io",
		"https://index.docker.io/v1/":             "https://index.docker.io/v1/",
		"http://registry.acme.test:5000/":         "http://registry.acme.test:5000/",
		"https://me:73110327382030@docker.io":     "docker.io",
		"https://me:73110327382030@docker.io/v1/": "docker.io",
		"me:73110327382030@docker.io":             "docker.io",
		"73110327382030@docker.io":                "docker.io",
		"https://quay.io?token=73110327382030":    "quay.io",
		"https://quay.io/#73110327382030":         "quay.io",
		"quay.io/v2/?73110327382030":              "quay.io",
		"quay.io/73110327382030":                  "quay.io/…",
		"73110327382030":                          "a server that is not shown",
		"":                                        "a server that is not shown",
	} {
		require.Equal(t, shown, ShowServer(server), server)
	}
}
