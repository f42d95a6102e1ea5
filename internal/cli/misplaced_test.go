// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/pull"
)

// misplaced are credentials that somebody may type in a wrong place.
var misplaced = []string{"dckr_pat_abcDEF123456789", "ghp_0123456789abcdefABCDEF", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", "Tr0ub4dor&3", "hunter2"}

// TestACredentialInThePlaceOfANameIsNotShown types credentials where a setting, a flag, a command or a
// path has its name. No output may show them.
func TestACredentialInThePlaceOfANameIsNotShown(t *testing.T) {
	inFolder(t, map[string]string{"good.yaml": daemonSetForNames})
	arguments := []string{
		"X", "X=", "X=x", "secret.X=x", "X.secret=x", "secret.passwordX=x", "secret.labels.X=x", "secret.labels.a=X", "secret.registries.X.server=x", "targets.X.preset=x", "targets=X",
		"targets=X/x", "targets=Deployment/x,X", "audit.registries=X", "servers=X", "mode=X", "preflight=X", "secretName=X", "secret.namespace=X", "secret=X", "secret password=X",
		"--X", "-X", "--X=x", "--X secret", "-- X", "-- DOCKERHUB_TOKEN=X", "DOCKERHUB_TOKEN=X", "-p X", "-pX", "--password X", "--docker-password=X", "login -p X", "login X", "password X", "u:X",
		"-e TOKEN=X", "--from-literal=password=X", "https://u:X@index.docker.io/v1/", "secret.passwordEnv=X secret.usernameEnv=HOME", "secret.passwordEnv=$X", "secret.passwordFile=X secret.username=u",
		"secret.dockerConfigFile=X", "--check X", "--audit X", "--write X", "--diff X", "--config X", "--config=X", "--audit --baseline X good.yaml", "--audit --update-baseline --baseline X/y good.yaml",
		"--audit --with X good.yaml", "--audit --output X good.yaml", "--audit --output X=x good.yaml", "--audit --output json=X/x good.yaml", "--audit --nodes X good.yaml", "--audit --today X good.yaml",
		"--each --audit X", "--build --audit X", "--build --build-root X --audit good.yaml", "explain X", "install X", "completion X", "--schema=X", "--allow-env X secret.usernameEnv=A secret.passwordEnv=B",
		"./X", "--audit /etc/X", "good.yaml,X", "good.yaml/X", "--mode X", "mode X",
	}
	for _, credential := range misplaced {
		all := arguments
		if pull.IsToken(credential) { // any other pattern of files is shown: a reviewer of CI must see it
			all = append(all[:len(all):len(all)], "--audit --exclude X good.yaml", "--audit exclude=X good.yaml", "--audit --exclude X/** --output json good.yaml")
		}
		for _, line := range all {
			typed := strings.Split(strings.ReplaceAll(line, "X", credential), " ")
			requireNotShown(t, credential, "", typed...)
		}
	}
}

// TestACredentialInThePlaceOfAFieldIsNotShown has credentials as keys, kinds and elements of a configuration
// file, of a functionConfig and of a ConfigMap.
func TestACredentialInThePlaceOfAFieldIsNotShown(t *testing.T) {
	inFolder(t, map[string]string{"good.yaml": daemonSetForNames})
	const list = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\nfunctionConfig: "
	specs := []string{
		`{"X": x}`, `"X"`, `["X"]`, `{secret: {"X": x}}`, `{secret: {username: u, "X": x}}`, `{secret: {password: {"X": x}}}`, `{secret: "X"}`, `{secret: {labels: {"X": x}}}`, `{secret: {annotations: {"X": x}}}`,
		`{secret: {registries: [{"X": x}]}}`, `{externalSecret: {"X": x}}`, `{externalSecret: {secretStoreRef: {"X": x}}}`, `{targets: [{"X": x}]}`, `{targets: ["X"]}`, `{targets: {"X": x}}`,
		`{targets: [{kind: "X"}]}`, `{targets: [{preset: "X"}]}`, `{targets: [{labelSelector: "X"}]}`, `{audit: {"X": x}}`, `{audit: {exceptions: [{"X": x}]}}`, `{audit: {exceptions: [{check: "X", reason: x}]}}`,
		`{servers: {"X": x}}`, `{secretName: {"X": x}}`, `{mode: {"X": x}}`, `{exclude: {"X": x}}`, `{"secret.X": x}`, `{"secret.passwordX": x}`, `{"X.secret": x}`, `{"passwordEnvX": x}`,
	}
	wholes := []string{
		`{apiVersion: v1, kind: "X", metadata: {name: function-input}, data: {}}`, `{apiVersion: "X", kind: ConfigMap, data: {a: b}}`, `{apiVersion: "fn.kpt.dev/X", kind: CalicoPullSecrets, spec: {}}`,
		`{apiVersion: v1, kind: ConfigMap, "X": x, data: {}}`, `{apiVersion: fn.kpt.dev/v1alpha1, kind: CalicoPullSecrets, metadata: {name: x}, "X": x}`, `{apiVersion: v1, kind: ConfigMap, metadata: {"X": x}, data: {}}`,
		`{"X": x}`, `"X"`, `["X"]`,
	}
	for _, spec := range specs {
		wholes = append(wholes, "{apiVersion: fn.kpt.dev/v1alpha1, kind: CalicoPullSecrets, metadata: {name: f}, spec: "+spec+"}", "{apiVersion: v1, kind: ConfigMap, metadata: {name: f}, data: "+spec+"}")
	}
	for _, credential := range misplaced {
		for _, whole := range wholes {
			config := strings.ReplaceAll(whole, "X", credential)
			require.NoError(t, os.WriteFile("config.yaml", []byte(config+"\n"), 0o600))
			requireNotShown(t, credential, list+config+"\n")
			for _, mode := range []string{"--check", "--audit", "--diff"} {
				requireNotShown(t, credential, "", mode, "--config", "config.yaml", "good.yaml")
			}
		}
	}
}

const daemonSetForNames = "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: calico-node, namespace: kube-system}\nspec: {template: {spec: {containers: [{name: c, image: docker.io/calico/node:v3.30.7}]}}}\n"

// requireNotShown runs the program, and fails the test if a new line of its output has the credential.
func requireNotShown(t *testing.T, credential, stdin string, arguments ...string) {
	t.Helper()
	var out, errs bytes.Buffer
	testProgram.Run(arguments, strings.NewReader(stdin), &out, &errs)
	for line := range strings.Lines(out.String() + errs.String()) {
		if !strings.Contains(stdin, line) { // a ResourceList comes out as it came
			require.NotContains(t, line, credential, fmt.Sprint(arguments, stdin))
		}
	}
	require.NotContains(t, errs.String(), "internal error", fmt.Sprint(arguments, stdin))
}
