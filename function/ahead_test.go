// SPDX-License-Identifier: Apache-2.0

package function_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/config"
)

// TestManyResources has more resources than one core reads ahead. Half of them are in Lists, and
// all have the marks of an orchestrator. The race detector runs it.
func TestManyResources(t *testing.T) {
	const workloads = 100
	workload := func(i int, indent string) string {
		return strings.ReplaceAll(fmt.Sprintf(`- apiVersion: apps/v1
  kind: Deployment
  metadata:
    name: d%d
    namespace: n
    annotations: {internal.config.kubernetes.io/path: f%d.yaml, internal.config.kubernetes.io/index: "%d", internal.config.kubernetes.io/id: "%d"}
  spec: {template: {spec: {initContainers: [{name: i, image: quay.io/a/b}], containers: [{name: c, image: "docker.io/a/b:%d"}]}}}
`, i, i, i%3, i, i), "\n", "\n"+indent)
	}
	var list strings.Builder
	list.WriteString("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n")
	for i := range workloads / 2 {
		list.WriteString(workload(i, ""))
	}
	for i := workloads / 2; i < workloads; i += 2 {
		list.WriteString("- apiVersion: v1\n  kind: List\n  items:\n  " + workload(i, "  ") + strings.TrimRight(workload(i+1, "  "), " "))
	}
	for _, mode := range []config.Mode{config.ModeAudit, config.ModeAdd} {
		report := function.Run([]function.Input{{Source: function.Source{Read: func() ([]byte, error) { return []byte(list.String()), nil }}}},
			function.Request{Config: arguments(t, "targets=docker.io", "servers=docker.io"), Mode: mode})
		require.Equal(t, mode == config.ModeAdd, report.OK, report.Findings)
		require.True(t, report.Shown, "kpt shows the results")
		text := ""
		for _, piece := range report.Stdout {
			text += string(piece)
		}
		if mode == config.ModeAdd {
			require.Equal(t, workloads, strings.Count(text, "imagePullSecrets: [{name: regcred}]"))
			continue
		}
		require.Len(t, report.Images, 2*workloads)
		for i, image := range report.Images[:workloads] {
			require.Equal(t, fmt.Sprintf("d%d", i/2), image.Name)
		}
		for i := range workloads / 2 {
			require.Contains(t, text, fmt.Sprintf("path: f%d.yaml", i))
		}
	}
}
