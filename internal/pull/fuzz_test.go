// SPDX-License-Identifier: Apache-2.0

package pull_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/pull"
)

// FuzzJudge compares a list with each of its servers alone. The list must offer what its
// servers offer one by one. It offers index.docker.io only if no other server matches.
// How the servers are distributed over Secrets must not matter.
func FuzzJudge(f *testing.F) {
	for _, servers := range []string{pull.DockerHub + "\ndocker.io", "*.io\nquay.io/cal\nquay.io:\nq[u]ay.io", "[::1]\n[::1]:5000\n*", "localhost\nhttps://index.docker.io/v1\n", "quay.io/%2563alico\nme:p@quay.io\nquay.io?x"} {
		for _, image := range []string{"calico/node", "quay.io/calico/node:v1", "[::1]:5000/x", "[::1]/x", "localhost/x", "A/x"} {
			f.Add(servers, image)
		}
	}
	f.Fuzz(func(t *testing.T, text, image string) {
		servers := strings.Split(text, "\n")
		one := pull.NewKeyring([]pull.Secret{{Name: "all", Content: pull.Authenticating(servers...)}}).Judge(image)
		slices.Sort(servers)
		servers = slices.Compact(servers)
		var each []pull.Secret
		var alone, hub []string
		for _, server := range servers {
			each = append(each, pull.Secret{Name: "s", Content: pull.Authenticating(server)})
			switch matches := len(pull.Matches([]string{server}, one.Repository)) > 0; {
			case one.Outcome == pull.InvalidImage:
			case matches && pull.Endpoint(server) == "index.docker.io":
				hub = append(hub, server)
			case matches:
				alone = append(alone, server)
			}
		}
		offers, hidden := alone, hub
		if len(alone) == 0 {
			offers, hidden = hub, nil
		}
		require.ElementsMatch(t, offers, serversOf(one.Offers))
		require.ElementsMatch(t, hidden, serversOf(one.Hidden))
		require.True(t, slices.IsSortedFunc(one.Offers, func(a, b pull.Offer) int { return strings.Compare(b.Endpoint, a.Endpoint) }))
		require.Equal(t, serversOf(one.Offers), serversOf(pull.NewKeyring(each).Judge(image).Offers))
		require.Equal(t, len(offers) > 0, one.Outcome == pull.Authenticated)
		for _, o := range one.Offers {
			require.NotEmpty(t, o.Endpoint)
		}
	})
}

func serversOf(offers []pull.Offer) (servers []string) {
	for _, o := range offers {
		servers = append(servers, o.Server)
	}
	return servers
}

// FuzzCheckServer checks two rules. For the host of an image, Server returns nothing, or
// a server that matches the image and that CheckServer accepts. A server that is exactly
// the host of an image, and that CheckServer accepts, matches the image.
func FuzzCheckServer(f *testing.F) {
	for _, server := range []string{"", pull.DockerHub, "docker.io:443", "[::1]", "[::1]:5000", "quay.io/v1", "oci://quay.io", "registry-1.docker.io", "*.io", "A", "a__b.c", "quay.io:"} {
		f.Add(server, server+"/calico/node")
	}
	f.Fuzz(func(t *testing.T, server, image string) {
		refused := pull.CheckServer(server)
		repository, ok := pull.Repository(image)
		if !ok {
			return
		}
		if of := pull.Server(pull.Host(repository)); of != "" {
			require.NoError(t, pull.CheckServer(of))
			require.Equal(t, []string{of}, pull.Matches([]string{of}, repository))
		}
		if pull.Endpoint(server) == pull.Host(repository) && refused == nil {
			require.NotEmpty(t, pull.Matches([]string{server}, repository))
		}
	})
}
