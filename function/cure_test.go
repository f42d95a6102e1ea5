// SPDX-License-Identifier: Apache-2.0

package function_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/function"
)

const fromThree = "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: canal, namespace: kube-system}\nspec: {template: {spec: {containers: [" +
	"{name: a, image: quay.io/calico/node:v3.32.1}, {name: b, image: docker.io/flannel/flannel:v0.24.4}, {name: c, image: 'registry.example.com:5000/x/y'}]}}}\n"

// TestTheLinesThatAreNamedGiveGreen writes what registry-partial and registry-mismatch
// name into the configuration, and runs again.
func TestTheLinesThatAreNamedGiveGreen(t *testing.T) {
	for _, v := range []string{"HUB_USER", "HUB_TOKEN", "DOCKERHUB_USERNAME", "DOCKERHUB_TOKEN", "QUAY_USERNAME", "QUAY_TOKEN", "REGISTRY_EXAMPLE_COM_USERNAME", "REGISTRY_EXAMPLE_COM_TOKEN"} {
		t.Setenv(v, "x")
	}
	login := []string{"secret.usernameEnv=HUB_USER", "secret.passwordEnv=HUB_TOKEN"}
	entry := []string{"secret.registries.0.server=quay.io", "secret.registries.0.usernameEnv=HUB_USER", "secret.registries.0.passwordEnv=HUB_TOKEN"}
	store := "externalSecret.secretStoreRef.name=vault"
	for name, c := range map[string]struct {
		given []string
		keep  []string // beside what the message says
	}{
		"one server":                           {given: login},
		"one server that no image is from":     {given: append([]string{"secret.server=ghcr.io"}, login...)},
		"a list":                               {given: entry, keep: entry},
		"an ExternalSecret":                    {given: []string{store, "externalSecret.remoteKey=hub"}, keep: []string{store}},
		"an ExternalSecret for another server": {given: []string{store, "externalSecret.remoteKey=hub", "externalSecret.server=ghcr.io"}, keep: []string{store}},
	} {
		t.Run(name, func(t *testing.T) {
			found := warnings(t, append([]string{"targets=canal"}, c.given...)...)
			require.Len(t, found, 1)
			lines := regexp.MustCompile(`\S+\.registries\.\d\.\w+=[^ ,]+`).FindAllString(found[0], -1)
			require.NotEmpty(t, lines)
			require.Empty(t, warnings(t, append(append([]string{"targets=canal"}, c.keep...), lines...)...), lines)
		})
	}
}

// TestTheListThatIsNamedGivesGreen does the same for a configuration in YAML.
func TestTheListThatIsNamedGivesGreen(t *testing.T) {
	for _, v := range []string{"DOCKERHUB_USERNAME", "DOCKERHUB_TOKEN", "QUAY_USERNAME", "QUAY_TOKEN", "REGISTRY_EXAMPLE_COM_USERNAME", "REGISTRY_EXAMPLE_COM_TOKEN"} {
		t.Setenv(v, "x")
	}
	const head = "apiVersion: fn.kpt.dev/v1alpha1\nkind: CalicoPullSecrets\nmetadata: {name: c}\nspec:\n  targets: canal\n"
	const quay = "{server: quay.io, usernameEnv: QUAY_USERNAME, passwordEnv: QUAY_TOKEN}"
	found := warningsOf(t, head+"  secret: {usernameEnv: DOCKERHUB_USERNAME, passwordEnv: DOCKERHUB_TOKEN}\n")
	require.Len(t, found, 1)
	_, list, ok := strings.Cut(found[0], "set secret.")
	require.True(t, ok, found[0])
	require.Empty(t, warningsOf(t, head+"  secret:\n    "+list+"\n"))

	found = warningsOf(t, head+"  secret: {registries: ["+quay+"]}\n")
	require.Len(t, found, 1)
	_, more, ok := strings.Cut(found[0], "Add to secret.registries ")
	require.True(t, ok, found[0])
	require.Empty(t, warningsOf(t, head+"  secret: {registries: ["+quay+", "+more+"]}\n"))
}

func warnings(t *testing.T, settings ...string) []string {
	t.Helper()
	return warningsWith(arguments(t, settings...))
}

func warningsOf(t *testing.T, config string) []string {
	t.Helper()
	c, err := function.FromFile([]byte(config))
	require.NoError(t, err)
	return warningsWith(c)
}

// warningsWith returns warnings and errors, but that an ExternalSecret comes too late.
func warningsWith(c *function.Config) (all []string) {
	for _, f := range run([]byte(fromThree), c).Findings {
		if s := f.String(); (strings.Contains(s, "warning: ") || strings.Contains(s, "error: ")) && !strings.Contains(s, "cannot run before Calico") {
			all = append(all, s)
		}
	}
	return all
}
