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
		require.True(t, mayMatter([]byte(object)), "%q", object)
	}
	for _, object := range []string{
		"", "kind: ConfigMap\n", "kind:\n", "kind", "kind of Secret: x\n", "description: kind of a Secret\nkind: ConfigMap\n",
		"kind: CustomResourceDefinition\nspec:\n  kind:\n    description: the kind of a Secret\n  pattern: ^\\d+$\n",
		"kind: ServiceAccount\n", "subjects:\n- kind: ServiceAccount\n",
	} {
		require.False(t, mayMatter([]byte(object)), "%q", object)
	}
}
