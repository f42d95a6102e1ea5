// SPDX-License-Identifier: Apache-2.0

package function_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/config"
)

// TestUnseenInputIsNeverGreen has input that the program cannot judge. It must never say that all is
// well.
func TestUnseenInputIsNeverGreen(t *testing.T) {
	const (
		secret = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: regcred, namespace: ns}\ntype: kubernetes.io/dockerconfigjson\n" +
			"stringData: {.dockerconfigjson: '{\"auths\":{\"https://index.docker.io/v1/\":{\"auth\":\"bWU6eA==\"}}}'}\n"
		head = "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: calico-node, namespace: ns}\n"
		pod  = "spec: {template: {spec: {imagePullSecrets: [{name: regcred}], "
		good = head + pod + "containers: [{name: c, image: docker.io/calico/node:v1}]}}}\n" + secret + "---\n"
		web  = "metadata: {name: web, namespace: ns}\nspec: {template: {spec: {containers: [{name: c, image: nginx}]}}}\n"
	)
	report := func(in string, mode config.Mode, arguments_ ...string) function.Report {
		return function.Run([]function.Input{{Source: function.Source{Read: func() ([]byte, error) { return []byte(in), nil }}}}, function.Request{Config: arguments(t, arguments_...), Mode: mode})
	}
	for _, mode := range []config.Mode{config.ModeCheck, config.ModeAudit} {
		require.True(t, report(good, mode, "preflight=strict").OK, "the good one is green")
	}
	strict := []string{"preflight=strict"}
	for name, c := range map[string]struct {
		in           string
		check, audit []string // the arguments with which the mode must fail; nil: it fails without
		onlyAudit    bool
		onlyCheck    bool
	}{
		"containers are a mapping":        {in: head + pod + "containers: {c: {image: docker.io/a/b}}}}}\n" + secret},
		"a container is null":             {in: head + pod + "containers: [{name: c, image: docker.io/a/b}, null]}}}\n" + secret},
		"init containers are a string":    {in: head + pod + "initContainers: x, containers: [{name: c, image: docker.io/a/b}]}}}\n" + secret},
		"no containers":                   {in: head + pod + "}}}\n" + secret, check: strict, audit: strict},
		"a container without an image":    {in: head + pod + "containers: [{name: c}]}}}\n" + secret, check: strict, audit: strict},
		"an image that is a number":       {in: head + pod + "containers: [{name: c, image: 3}]}}}\n" + secret, check: strict, audit: strict},
		"no template":                     {in: head + "spec: {}\n" + secret},
		"a template without a spec":       {in: head + "spec: {template: {}}\n" + secret},
		"a list that is a string":         {in: head + "spec: {template: {spec: {imagePullSecrets: regcred, containers: [{name: c, image: docker.io/a/b}]}}}\n" + secret},
		"a List in a List":                {in: "{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: List, items: [{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: calico-node, namespace: ns}, spec: {template: {spec: {containers: [{name: c, image: nginx}]}}}}]}]}\n"},
		"a List with an empty element":    {in: good + "{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Pod, metadata: {name: x}, spec: {containers: [{name: c, image: quay.io/a/b}]}}, null]}\n", onlyAudit: true},
		"a List that has no list":         {in: good + "{apiVersion: v1, kind: List, items: {a: {kind: DaemonSet}}}\n", onlyAudit: true},
		"two Secrets that differ":         {in: good + "apiVersion: v1\nkind: Secret\nmetadata: {name: regcred, namespace: ns}\n"},
		"a target in a group of others":   {in: "apiVersion: apps.kruise.io/v1alpha1\nkind: DaemonSet\nmetadata: {name: calico-node, namespace: ns}\n" + pod + "containers: [{name: c, image: docker.io/a/b}]}}}\n" + secret, onlyCheck: true},
		"another workload of others":      {in: good + "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\n" + web, audit: strict, onlyAudit: true},
		"a pod template of others":        {in: good + "apiVersion: jobset.x-k8s.io/v1alpha2\nkind: JobSet\nmetadata: {name: s, namespace: ns}\nspec: {replicatedJobs: [{template: {spec: {template: {spec: {containers: [{name: c, image: nginx}]}}}}}]}\n", onlyAudit: true},
		"containers of others":            {in: good + "apiVersion: x.example/v1\nkind: X\nmetadata: {name: s, namespace: ns}\nspec: {containers: [{name: c, image: nginx}]}\n", audit: strict, onlyAudit: true},
		"an image in no pod":              {in: good + "apiVersion: tekton.dev/v1\nkind: Task\nmetadata: {name: s, namespace: ns}\nspec: {steps: [{name: c, image: nginx}]}\n", audit: strict, onlyAudit: true},
		"a manifest in a text":            {in: good + "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: s, namespace: ns}\ndata:\n  a: |\n    kind: Pod\n    spec: {containers: [{image: nginx}]}\n", audit: strict, onlyAudit: true},
		"a manifest in a Secret":          {in: good + "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: ns}\nstringData:\n  a: |\n    kind: Pod\n    spec: {containers: [{image: nginx}]}\n", audit: strict, onlyAudit: true},
		"a volume that is an image":       {in: good + "apiVersion: v1\nkind: Pod\nmetadata: {name: v, namespace: ns}\nspec: {containers: [{name: c, image: quay.io/a/b}], volumes: [{name: m, image: {reference: nginx}}]}\n", onlyAudit: true},
		"Docker Hub by another name":      {in: good + "apiVersion: v1\nkind: Pod\nmetadata: {name: v, namespace: ns}\nspec: {containers: [{name: c, image: registry-1.docker.io/a/b}]}\n", onlyAudit: true},
		"a list of objects":               {in: good + "- {apiVersion: v1, kind: Pod, metadata: {name: v}, spec: {containers: [{name: c, image: nginx}]}}\n", onlyAudit: true},
		"items without a kind":            {in: good + "items: [{apiVersion: v1, kind: Pod, metadata: {name: v}, spec: {containers: [{name: c, image: nginx}]}}]\n", onlyAudit: true},
		"an unknown Secret before ours":   {in: head + "spec: {template: {spec: {imagePullSecrets: [{name: other}, {name: regcred}], containers: [{name: c, image: docker.io/a/b}]}}}\n" + secret, check: strict, audit: strict},
		"a Secret that nobody applies":    {in: head + pod + "containers: [{name: c, image: docker.io/a/b}]}}}\n" + strings.Replace(secret, "namespace: ns}", "namespace: ns, annotations: {config.kubernetes.io/local-config: 'true'}}", 1), check: strict, audit: strict},
		"another without a Secret":        {in: good + "apiVersion: apps/v1\nkind: Deployment\n" + web, onlyAudit: true},
		"a Secret that is nowhere":        {in: head + pod + "containers: [{name: c, image: docker.io/a/b}]}}}\n", check: strict, audit: strict},
		"nothing but a Service":           {in: "apiVersion: v1\nkind: Service\nmetadata: {name: calico-node}\n"},
		"nothing but a Secret":            {in: secret},
		"a Secret in another namespace":   {in: head + pod + "containers: [{name: c, image: docker.io/a/b}]}}}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: regcred, namespace: ms}\ntype: kubernetes.io/dockerconfigjson\n", check: strict},
		"a Secret for another registry":   {in: head + pod + "containers: [{name: c, image: quay.io/a/b}]}}}\n" + secret, check: strict, audit: []string{"audit.registries=*"}},
		"a broken document with a target": {in: good + "kind: DaemonSet\nmetadata: {name: calico-node\n"},
	} {
		t.Run(name, func(t *testing.T) {
			if !c.onlyAudit {
				require.False(t, report(c.in, config.ModeCheck, c.check...).OK, "check")
			}
			if !c.onlyCheck {
				require.False(t, report(c.in, config.ModeAudit, c.audit...).OK, "audit")
			}
		})
	}
}
