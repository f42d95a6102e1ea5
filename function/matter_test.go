// SPDX-License-Identifier: Apache-2.0

package function

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatMatters(t *testing.T) {
	withoutAccounts := interest{kinds: everyKind.kinds}
	for _, object := range []string{
		"kind: DaemonSet\n", "kind:   'DaemonSet' # x\n", "  \"kind\" : \"Deployment\"\n", "{\"kind\":\"Secret\"}", "kind: |-\n  Secret\n", "kind: >\n Secret",
		"kind:\n  # it is\n  Secret\n", "kind: &k Secret\n", "kind: !!str &k\n  Secret\n", "kind: *k\n", "x: &k kind\n*k : Secret\n",
		"kind: \"Daemon\\x53et\"\n", "\"k\\u0069nd\": Secret\n", "kind: \"Daemon\\\n  Set\"\n", "kind:\u2028Secret\n",
		"kind: ServiceAccount\nimagePullSecrets: []\n", "kind: List\nitems:\n- kind: DaemonSet\n", "? kind\n: Secret\n",
	} {
		require.True(t, everyKind.mayMatter([]byte(object)), "%q", object)
	}
	for _, object := range []string{
		"", "kind: ConfigMap\n", "kind:\n", "kind", "kind of Secret: x\n", "description: kind of a Secret\nkind: ConfigMap\n",
		"kind: CustomResourceDefinition\nspec:\n  kind:\n    description: the kind of a Secret\n  pattern: ^\\d+$\n",
		"kind: ServiceAccount\n", "subjects:\n- kind: ServiceAccount\n",
	} {
		require.False(t, withoutAccounts.mayMatter([]byte(object)), "%q", object)
	}
}

func TestWhatIsOfInterest(t *testing.T) {
	kinds := []string{"Secret", "ExternalSecret", "SealedSecret", "ServiceAccount"}
	for arguments, want := range map[string]interest{
		"preflight=ignore":                               {append(kinds, "DaemonSet"), map[string][]string{"DaemonSet": {"calico-node"}}, false},
		"preflight=ignore targets=Deployment/x":          {append(kinds, "Deployment"), map[string][]string{"Deployment": {"x"}}, false},
		"preflight=ignore targets=canal,Dep.*/x.":        {append(kinds, "DaemonSet", "Deployment"), map[string][]string{"DaemonSet": {"canal", "canal-node"}}, false},
		"preflight=ignore targets=operator":              {append(kinds, "Installation", "Deployment"), map[string][]string{"Deployment": {"tigera-operator"}}, false},
		"preflight=ignore targets=ServiceAccount/x":      {kinds, map[string][]string{}, true},
		"targets=no such preset, so there is an error":   {},
		"preflight=ignore targets=DaemonSet/a|b,Job/b.c": {append(kinds, "DaemonSet", "Job"), map[string][]string{"DaemonSet": {"a", "b"}}, false},
	} {
		split := strings.Fields(arguments)
		if strings.Contains(arguments, "error") {
			split = []string{arguments}
		}
		config, err := ArgumentsConfig(split)
		require.NoError(t, err)
		require.Equal(t, want, interestOf(config), arguments)
	}
	all := interestOf(nil)
	require.Equal(t, append(kinds, "DaemonSet", "Deployment"), all.kinds)
	require.Contains(t, all.names["Deployment"], "calico-typha")
}

func TestNamesThatMatter(t *testing.T) {
	i := interestOf(nil)
	for _, object := range []string{
		"kind: DaemonSet\nmetadata: {name: calico-node}\n", "kind: DaemonSet\nmetadata: {name: edge-calico-node-x}\n",
		"kind: DaemonSet\nmetadata: {name: x, annotations: {internal.config.kubernetes.io/previousNames: calico-node}}\n",
		"kind: DaemonSet\nmetadata: {name: \"calico\\x2dnode\"}\n", "x: &n calico-node\nkind: DaemonSet\nmetadata: {name: *n}\n",
		"kind: Deployment\nmetadata: {name: calico-typha}\n", "kind: Secret\nmetadata: {name: x}\n",
	} {
		require.True(t, i.mayMatter([]byte(object)), object)
	}
	for _, object := range []string{"kind: DaemonSet\nmetadata: {name: calico}\n", "kind: Deployment\nmetadata: {name: coredns}\n"} {
		require.False(t, i.mayMatter([]byte(object)), object)
	}
}
