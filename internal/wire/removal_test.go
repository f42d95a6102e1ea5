// SPDX-License-Identifier: Apache-2.0

package wire_test

import (
	"strings"
	"testing"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/prefilter"
	"example.com/calico-pull-secrets/internal/wire"
)

var secretsAndDaemonSets = prefilter.Interest{"DaemonSet": nil, "Secret": nil}

// removeSecrets removes every Secret.
func removeSecrets(rl *fn.ResourceList) (bool, error) {
	rl.Items = rl.Items.WhereNot(func(o *fn.KubeObject) bool { return o.GetKind() == "Secret" })
	return true, nil
}

const (
	first  = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n"
	second = "# of b\napiVersion: v1\nkind: Secret\nmetadata: {name: b}\ntext: |\n  # no comment\n  ---x\n"
)

// TestRemovedObjectsGoWithTheirDocuments checks that a removed object takes its document
// with it. The rest must mean the same as before.
func TestRemovedObjectsGoWithTheirDocuments(t *testing.T) {
	for name, c := range map[string]struct{ in, out string }{
		"behind another":            {pod + "---\n" + first, pod},
		"before another":            {first + "---\n" + pod, pod},
		"before one with a comment": {first + "--- # next\n" + pod, "--- # next\n" + pod},
		"behind a marker":           {"---\n" + first + "---\n" + pod, "---\n" + pod},
		"behind a licence":          {"# licence\n---\n" + first + "---\n" + pod, "# licence\n---\n" + pod},
		"two between others":        {pod + "---\n" + first + "---\n" + second + "---\n" + pod, pod + "---\n" + pod},
		"two at the end, open":      {pod + "---\n" + second + "---\n" + strings.TrimSuffix(first, "\n"), strings.TrimSuffix(pod, "\n")},
		"two that are not neighbours": {
			first + "---\n" + pod + "---\n" + second + "---\n" + pod, pod + "---\n" + pod,
		},
		"all there is":                        {"---\n" + first + "---\n" + second, ""},
		"behind directives":                   {"%YAML 1.1\n---\n" + first + "...\n%YAML 1.1\n---\n" + pod, "%YAML 1.1\n---\n" + pod},
		"between directives":                  {pod + "---\n" + first + "...\n%YAML 1.1\n---\n" + pod, pod + "...\n%YAML 1.1\n---\n" + pod},
		"an open one behind a literal":        {"kind: Job\ntext: |\n  x\n---\n" + strings.TrimSuffix(first, "\n"), "kind: Job\ntext: |\n  x\n"},
		"one beside a document that is wrong": {"kind: Job\na: [\n---\n" + first, "kind: Job\na: [\n"},
		"JSON, one behind another":            {`{"kind": "Secret"}{"kind": "DaemonSet"}` + "\n" + `{"kind": "Secret"}` + "\n", `{"kind": "DaemonSet"}`},
		"CR LF":                               {strings.ReplaceAll(pod+"---\n"+first, "\n", "\r\n"), strings.ReplaceAll(pod, "\n", "\r\n")},
	} {
		for mark, bom := range map[string]string{"": "", ", with a byte order mark": "\uFEFF"} {
			t.Run(name+mark, func(t *testing.T) {
				out, err := transform([]byte(bom+c.in), removeSecrets, secretsAndDaemonSets)
				require.NoError(t, err)
				require.Empty(t, out.results)
				require.Equal(t, bom+c.out, out.text)
			})
		}
	}
}

// TestRemovedObjectsGoWithTheirItems checks that an object removed from a ResourceList
// takes its item with it.
func TestRemovedObjectsGoWithTheirItems(t *testing.T) {
	item := func(document string) string { return "- " + strings.TrimPrefix(indent(document), "  ") }
	for name, c := range map[string]struct{ in, out string }{
		"between others":       {"items:\n" + service + item(first) + daemonSet, "items:\n" + service + daemonSet},
		"the first":            {"items:\n" + item(first) + item(first) + daemonSet, "items:\n" + daemonSet},
		"the last":             {"items:\n" + daemonSet + item(first) + "results: []\n", "items:\n" + daemonSet + "results: []\n"},
		"before a comment":     {"items:\n" + item(first) + "\n# of the next\n" + daemonSet, "items:\n\n# of the next\n" + daemonSet},
		"one with a literal":   {"items:\n" + item(strings.TrimPrefix(second, "# of b\n")) + daemonSet, "items:\n" + daemonSet},
		"all there is":         {"items: # of the package\n" + item(first), "items: [] # of the package\n"},
		"all there is, simply": {"items:\n" + item(first), "items: []\n"},
		"in flow style":        {"items: [{kind: Secret}, {kind: DaemonSet}, {kind: Secret}]\n", "items: [{kind: DaemonSet}]\n"},
		"all in flow style":    {"items: [{kind: Secret}]\n", "items: []\n"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, open := range []func([]wire.Source) (*wire.Input, error){wire.Open, wire.OpenByParser} {
				out, err := transformBy(open, []byte(head+c.in), removeSecrets, secretsAndDaemonSets)
				require.NoError(t, err)
				require.True(t, out.ok)
				require.Empty(t, out.results)
				require.Equal(t, head+c.out, out.text)
			}
		})
	}
}
