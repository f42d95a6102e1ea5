// SPDX-License-Identifier: Apache-2.0

package function_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/function"
)

// templated returns an object of an unknown kind with pod templates at random places.
func templated(random *rand.Rand, n int) string {
	var b strings.Builder
	kind := []string{"Rollout", "CloneSet", "Thing", "StatefulSet", "Set"}[random.IntN(5)]
	fmt.Fprintf(&b, "apiVersion: example.com/v1\nkind: %s\nmetadata:\n  name: n%d\n  namespace: shop\nspec:\n", kind, n)
	for i := range 1 + random.IntN(3) {
		indent := "  "
		for range random.IntN(3) {
			fmt.Fprintf(&b, "%spart%d:\n", indent, i)
			indent += "  "
		}
		template := []string{"template", "podTemplate", "workerTemplate", "leaderTemplate"}[random.IntN(4)]
		if indent == "  " || random.IntN(2) == 0 {
			fmt.Fprintf(&b, "%slist%d:\n%s- name: x\n", indent, i, indent)
			indent += "  "
		}
		fmt.Fprintf(&b, "%s%s:\n%s  spec:\n%s    containers:\n", indent, template, indent, indent)
		for c := range 1 + random.IntN(2) {
			fmt.Fprintf(&b, "%s    - name: c%d\n%s      image: docker.io/acme/c%d\n", indent, c, indent, c)
		}
		if random.IntN(3) == 0 {
			fmt.Fprintf(&b, "%s    imagePullSecrets:\n%s    - name: old\n", indent, indent)
		}
	}
	return b.String()
}

const regcred = `apiVersion: v1
kind: Secret
metadata:
  name: regcred
  namespace: shop
type: kubernetes.io/dockerconfigjson
stringData:
  .dockerconfigjson: '{"auths": {"https://index.docker.io/v1/": {"username": "u", "password": "hunter2-correct-horse"}}}'
`

// The audit checks mode add: it must call each image authenticated after add, wherever the pod
// template is.
func TestAuditAuthenticatesWhatAddWrote(t *testing.T) {
	count := 2000
	if testing.Short() {
		count = 200
	}
	random := rand.New(rand.NewPCG(3, 4))
	add, audit := arguments(t, "targets=docker.io"), arguments(t, "mode=audit")
	for n := range count {
		in := templated(random, n)
		text := []byte(in + "---\n" + regcred)
		before := run(text, audit)
		require.NotEmpty(t, before.Images, "%s", in)
		for _, image := range before.Images {
			require.NotEqual(t, "authenticated", image.Verdict)
		}
		report := run(text, add)
		require.True(t, report.OK, "%v\n%s", report.Findings, in)
		out := joined(report)
		after := run([]byte(out), audit)
		require.Len(t, after.Images, len(before.Images))
		for _, image := range after.Images {
			require.Equal(t, "authenticated", image.Verdict, "%s: %s\n%s", image.Container, image.Reason, out)
		}
	}
}

func joined(report function.Report) string {
	var b strings.Builder
	for _, piece := range report.Stdout {
		b.Write(piece)
	}
	return b.String()
}

// Mode remove must restore what mode add changed, byte for byte: in all manifests, with all presets
// and with and without a Secret.
func TestRealManifestsComeBackFromAdd(t *testing.T) {
	t.Setenv("REGISTRY_USER", "me")
	t.Setenv("REGISTRY_PASSWORD", "hunter2-correct-horse")
	eachPreset(t, func(t *testing.T, manifest []byte, preset string, _ int) {
		for _, settings := range [][]string{
			{"targets=" + preset},
			{"targets=" + preset, "secret.usernameEnv=REGISTRY_USER", "secret.passwordEnv=REGISTRY_PASSWORD", "secret.server=" + serverOf(manifest)},
		} {
			with := filter(t, manifest, arguments(t, settings...))
			require.NotEqual(t, string(manifest), string(with))
			back := filter(t, with, arguments(t, append(settings, "mode=remove")...))
			require.Equal(t, string(manifest), string(back))
			again := filter(t, back, arguments(t, append(settings, "mode=remove")...))
			require.Equal(t, string(manifest), string(again))
		}
	})
}

// Mode remove must restore random templates, too.
func TestTemplatesComeBackFromAdd(t *testing.T) {
	count := 2000
	if testing.Short() {
		count = 200
	}
	random := rand.New(rand.NewPCG(5, 6))
	add, remove := arguments(t, "targets=docker.io"), arguments(t, "targets=docker.io", "mode=remove")
	for n := range count {
		in := templated(random, n)
		with := joined(run([]byte(in), add))
		require.Equal(t, in, joined(run([]byte(with), remove)), "with it:\n%s", with)
	}
}
