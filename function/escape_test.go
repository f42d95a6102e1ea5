// SPDX-License-Identifier: Apache-2.0

package function_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/config"
)

// TestControlCharactersInNamesAreVisible gives names with control characters to everything in the
// manifests that has a name. Messages must show them escaped: a terminal would obey them.
func TestControlCharactersInNamesAreVisible(t *testing.T) {
	const esc = `a\x1b[31m\x07b\r\x9bc`
	workload := func(name, namespace, pod string) string {
		return `{"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": "` + name + `", "namespace": "` + namespace + `"}, "spec": {"template": {"spec": {` + pod + `}}}}` + "\n---\n"
	}
	image := `"containers": [{"name": "` + esc + `", "image": "docker.io/calico/node:v1"}]`
	account := func(more string) string {
		return `{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "` + esc + `", "namespace": "` + esc + `"` + more + "}\n---\n"
	}
	for name, c := range map[string]struct {
		in        string
		arguments []string
	}{
		"a target":                   {in: workload("calico-node", esc, image)},
		"a listed Secret":            {in: workload("calico-node", esc, `"imagePullSecrets": [{"name": "`+esc+`"}, {"name": "`+esc+`"}], `+image)},
		"another workload":           {in: workload(esc, esc, image)},
		"a near one":                 {in: workload("calico-node-"+esc, esc, image)},
		"one in another namespace":   {in: workload("calico-node", esc, image), arguments: []string{"targets=docker.io", "onMissing=warn"}},
		"a Secret elsewhere":         {in: workload("calico-node", "n", image) + `{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "regcred", "namespace": "` + esc + `"}}`},
		"a ServiceAccount":           {in: workload("calico-node", esc, `"serviceAccountName": "`+esc+`", `+image) + account(`}, "imagePullSecrets": [{"name": "`+esc+`"}]`)},
		"one that enforces its list": {in: workload("calico-node", esc, `"serviceAccountName": "`+esc+`", `+image) + account(`, "annotations": {"kubernetes.io/enforce-mountable-secrets": "true"}}`)},
		"two ServiceAccounts":        {in: workload("calico-node", esc, `"serviceAccountName": "`+esc+`", `+image) + account(`}`) + account(`}, "imagePullSecrets": [{"name": "x"}]`)},
		"a kind":                     {in: workload("calico-node", "n", image) + `{"apiVersion": "v1", "kind": "DaemonSet` + esc + `List", "items": ["x"]}`},
	} {
		t.Run(name, func(t *testing.T) {
			var all []string
			for _, mode := range []config.Mode{"", config.ModeCheck, config.ModeAudit} {
				report := function.Run([]function.Input{{Source: function.Source{Read: func() ([]byte, error) { return []byte(c.in), nil }}}},
					function.Request{Config: arguments(t, c.arguments...), Mode: mode})
				all = append(all, lines(report)...)
				for _, line := range lines(report) {
					require.NotContains(t, strings.Map(control, line), "!", "%q", line)
				}
			}
			require.Contains(t, strings.Join(all, "\n"), `\x1b[31m`)
		})
	}
}

// lines returns what a report has for people, and the bare messages, which kpt shows.
func lines(report function.Report) (all []string) {
	for _, f := range report.Findings {
		all = append(all, f.String(), f.Message)
	}
	for _, i := range report.Images {
		all = append(all, i.Reason)
	}
	return all
}

func control(r rune) rune {
	if unicode.IsControl(r) {
		return '!'
	}
	return '.'
}
