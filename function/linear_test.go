// SPDX-License-Identifier: Apache-2.0

package function_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/config"
)

// TestALongListOfOneNameTakesLinearTime names one Secret thousands of times beside thousands of images.
// Mode remove once asked each entry about each image, for 20 seconds.
func TestALongListOfOneNameTakesLinearTime(t *testing.T) {
	const n = 8000
	var in strings.Builder
	in.WriteString(strings.Replace(secrets["for Docker Hub"], "NS", "a", 1))
	in.WriteString("---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: w, namespace: a}\nspec:\n  template:\n    spec:\n      imagePullSecrets:\n")
	in.WriteString(strings.Repeat("      - name: s\n", n))
	in.WriteString("      containers:\n")
	for i := range n {
		fmt.Fprintf(&in, "      - {name: c%d, image: docker.io/a/b%d}\n", i, i)
	}
	source := function.Source{Read: func() ([]byte, error) { return []byte(in.String()), nil }}
	for _, mode := range []config.Mode{config.ModeAdd, config.ModeCheck, config.ModeRemove, config.ModeAudit} {
		started := time.Now()
		report := function.Run([]function.Input{{Source: source}}, function.Request{Config: arguments(t, "targets=docker.io", "secretName=s"), Mode: mode})
		require.True(t, report.OK, "%v: %v", mode, report.Findings)
		require.Less(t, time.Since(started), 5*time.Second, "%v", mode)
	}
}

// TestManyMakersOfOneSecretTakeLinearTime has thousands of policies that make one Secret in each of
// thousands of namespaces. An audit once took 35 seconds and 1.9 GB.
func TestManyMakersOfOneSecretTakeLinearTime(t *testing.T) {
	const n = 4000
	var in strings.Builder
	for i := range n {
		fmt.Fprintf(&in, "---\napiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: p%d}\nspec: {rules: [{name: r, generate: {kind: Secret, apiVersion: v1, name: s, namespace: '{{x}}'}}]}\n", i)
		fmt.Fprintf(&in, "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: w, namespace: n%d}\nspec: {template: {spec: {imagePullSecrets: [{name: s}], containers: [{name: c, image: docker.io/a/b}]}}}\n", i)
	}
	source := function.Source{Read: func() ([]byte, error) { return []byte(in.String()), nil }}
	started := time.Now()
	report := function.Run([]function.Input{{Source: source}}, function.Request{Config: arguments(t, "preflight=strict"), Mode: config.ModeAudit})
	require.Less(t, time.Since(started), 10*time.Second)
	require.False(t, report.OK, "nobody knows the content")
}
