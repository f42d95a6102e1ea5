// SPDX-License-Identifier: Apache-2.0

package function

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatMatters(t *testing.T) {
	for _, object := range []string{
		"kind: DaemonSet\n", "kind:   'DaemonSet' # x\n", "  \"kind\" : \"Deployment\"\n", "{\"kind\":\"Secret\"}", "kind: |-\n  Secret\n", "kind: >\n Secret",
		"kind:\n  # it is\n  Secret\n", "kind: &k Secret\n", "kind: !!str &k\n  Secret\n", "kind: *k\n", "x: &k kind\n*k : Secret\n",
		"kind: \"Daemon\\x53et\"\n", "\"k\\u0069nd\": Secret\n", "kind: \"Daemon\\\n  Set\"\n", "kind:\u2028Secret\n",
		"kind: ServiceAccount\nimagePullSecrets: []\n", "kind: List\nitems:\n- kind: DaemonSet\n", "? kind\n: Secret\n",
	} {
		require.True(t, mayMatter([]byte(object), knownKinds), "%q", object)
	}
	for _, object := range []string{
		"", "kind: ConfigMap\n", "kind:\n", "kind", "kind of Secret: x\n", "description: kind of a Secret\nkind: ConfigMap\n",
		"kind: CustomResourceDefinition\nspec:\n  kind:\n    description: the kind of a Secret\n  pattern: ^\\d+$\n",
		"kind: ServiceAccount\n", "subjects:\n- kind: ServiceAccount\n",
	} {
		require.False(t, mayMatter([]byte(object), knownKinds), "%q", object)
	}
}

func TestWhatIsNeeded(t *testing.T) {
	for targets, want := range map[string][]string{
		"calico-node":                          {"DaemonSet", "Secret", "ServiceAccount"},
		"Deployment/x":                         {"Deployment", "Secret", "ServiceAccount"},
		"canal,Dep.*/x":                        {"DaemonSet", "Deployment", "Secret", "ServiceAccount"},
		"no such preset, so there is an error": nil,
	} {
		config, err := ArgumentsConfig([]string{"targets=" + targets})
		require.NoError(t, err)
		require.Equal(t, want, neededKinds(config), targets)
	}
	require.Equal(t, []string{"DaemonSet", "Secret", "ServiceAccount"}, neededKinds(nil))
}
