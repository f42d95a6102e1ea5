// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/needs"
)

// TestThePullBudgetOfCalico checks the sums that docs/pull-budget.md calculates by hand from
// Calico's own manifests.
func TestThePullBudgetOfCalico(t *testing.T) {
	manifests := needs.Manifests(t)
	for _, c := range []struct{ file, nodes, want string }{
		{"v3.30.7/calico.yaml", "30", "docker.io: first start on 30 nodes: at most 61 anonymous pulls: within the limit of 100\n"},
		{"v3.30.7/calico.yaml", "50", "docker.io: first start on 50 nodes: at most 101 anonymous pulls: OVER the limit of 100\n"},
		{"v3.30.7/calico.yaml", "1", "docker.io: first start on 1 node: at most 3 anonymous pulls: within the limit of 100\n"},
		{"v3.32.1/canal.yaml", "50", "docker.io: first start on 50 nodes: at most 50 anonymous pulls: within the limit of 100\n"}, // flannel
		{"v3.32.1/calico.yaml", "50", "first start on 50 nodes: no image of an audited registry is counted\n"},
	} {
		_, stdout, _ := call(t, "--audit", "--nodes", c.nodes, filepath.Join(manifests, filepath.FromSlash(c.file)))
		require.Contains(t, "\n"+stdout, "\n"+c.want, c.file)
	}

	t.Setenv("U", "user")
	t.Setenv("P", "token")
	for nodes, want := range map[string]string{"30": "1 anonymous pulls: within the limit of 100; 60 with a credential", "50": "1 anonymous pulls: within the limit of 100; 100 with a credential"} {
		var added, stdout, stderr strings.Builder // not call: the password has a word that Calico's manifests have
		testProgram.Run([]string{"secret.usernameEnv=U", "secret.passwordEnv=P", filepath.Join(manifests, "v3.30.7", "calico.yaml")}, nil, &added, &stderr)
		testProgram.Run([]string{"--audit", "--nodes", nodes}, strings.NewReader(added.String()), &stdout, &stderr)
		require.Contains(t, stdout.String(), want)
	}
}
