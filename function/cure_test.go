// SPDX-License-Identifier: Apache-2.0

package function_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const fromThree = "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: canal, namespace: kube-system}\nspec: {template: {spec: {containers: [" +
	"{name: a, image: quay.io/calico/node:v3.32.1}, {name: b, image: docker.io/flannel/flannel:v0.24.4}, {name: c, image: 'registry.example.com:5000/x/y'}]}}}\n"

// TestTheHintsOnServersGiveGreen follows the hints of registry-partial and registry-mismatch.
// It writes their servers into the list that they name, and runs again.
func TestTheHintsOnServersGiveGreen(t *testing.T) {
	t.Setenv("U", "x")
	login := []string{"secret.usernameEnv=U", "secret.passwordEnv=U"}
	entry := []string{"secret.registries.0.server=quay.io", "secret.registries.0.usernameEnv=U", "secret.registries.0.passwordEnv=U"}
	store := "externalSecret.secretStoreRef.name=vault"
	remote := []string{store, "externalSecret.registries.0.server=quay.io", "externalSecret.registries.0.remoteKey=quay"}
	added := regexp.MustCompile(`(?:add|list) (.+) (?:to|in) (secret|externalSecret)\.registries`)
	set := regexp.MustCompile(`(secret|externalSecret)\.registries\.(\d+)\.server=(\S+?),? `)
	for name, c := range map[string]struct {
		given   []string
		keep    []string // of the given settings
		entries int      // in the kept list
	}{
		"one server":                           {given: login},
		"one server that no image is from":     {given: append([]string{"secret.server=ghcr.io"}, login...)},
		"a list":                               {given: entry, keep: entry, entries: 1},
		"an ExternalSecret":                    {given: []string{store, "externalSecret.remoteKey=hub"}, keep: []string{store}},
		"an ExternalSecret for another server": {given: []string{store, "externalSecret.remoteKey=hub", "externalSecret.server=ghcr.io"}, keep: []string{store}},
		"an ExternalSecret with a list":        {given: remote, keep: remote, entries: 1},
	} {
		t.Run(name, func(t *testing.T) {
			found := warnings(t, append([]string{"targets=canal"}, c.given...)...)
			require.Len(t, found, 1)
			settings := append([]string{"targets=canal"}, c.keep...)
			block, servers := "", []string(nil)
			if parts := added.FindStringSubmatch(found[0]); parts != nil {
				block, servers = parts[2], strings.Split(parts[1], ", ")
			}
			for _, parts := range set.FindAllStringSubmatch(found[0], -1) {
				block, servers = parts[1], append(servers, parts[3])
			}
			require.NotEmpty(t, servers, found[0])
			for i, server := range servers {
				at := fmt.Sprintf("%s.registries.%d.", block, c.entries+i)
				if settings = append(settings, at+"server="+server); block == "secret" {
					settings = append(settings, at+"usernameEnv=U", at+"passwordEnv=U")
				} else {
					settings = append(settings, at+"remoteKey=x")
				}
			}
			require.Empty(t, warnings(t, settings...), settings)
		})
	}
}

// warnings returns warnings and errors, except that an ExternalSecret comes too late.
func warnings(t *testing.T, settings ...string) (all []string) {
	t.Helper()
	for _, f := range run([]byte(fromThree), arguments(t, settings...)).Findings {
		if s := f.String(); (strings.Contains(s, "warning: ") || strings.Contains(s, "error: ")) && !strings.Contains(s, "cannot run before Calico") {
			all = append(all, s+"\n"+f.Hint)
		}
	}
	return all
}
