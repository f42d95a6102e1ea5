// SPDX-License-Identifier: Apache-2.0

package function_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/finding"
)

// TestAnAuditFailsForAuditedImagesOnly has random sets. An audit of a set must give the same judgement
// as the audit of the same set without the containers that pull from other registries. A pod
// without a container goes with them.
func TestAnAuditFailsForAuditedImagesOnly(t *testing.T) {
	runs := 2000
	if testing.Short() {
		runs = 300
	}
	r := rand.New(rand.NewPCG(1, 2))
	judgements := map[bool]int{}
	differ := 0 // sets in which the other registries have an error of their own
	for range runs {
		set := randomSet(r)
		for _, preflight := range []string{"warn", "error", "strict"} {
			whole, audited, every := set.audit(t, true, "preflight="+preflight), set.audit(t, false, "preflight="+preflight), set.audit(t, true, "preflight="+preflight, "audit.registries=*")
			require.Equal(t, audited.OK, whole.OK, "preflight=%s\n%s\n%v", preflight, set.text(true), whole.Findings)
			require.False(t, every.OK && !whole.OK, "an audit of every registry is stricter: preflight=%s\n%s\n%v", preflight, set.text(true), whole.Findings)
			judgements[whole.OK]++
			if whole.OK != every.OK {
				differ++
			}
		}
	}
	require.Greater(t, judgements[true], runs/5, "sets that pass")
	require.Greater(t, judgements[false], runs/5, "sets that fail")
	require.Greater(t, differ, runs/5, "sets in which only other registries fail")
}

// TestWhatOtherRegistriesNeedIsStillSaid has pods that pull from a registry that is not audited. What
// is wrong with their list is a warning under every value of preflight.
func TestWhatOtherRegistriesNeedIsStillSaid(t *testing.T) {
	const head = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: w, namespace: a}\nspec: {template: {spec: {"
	const pods = head + "imagePullSecrets: [{name: s}], containers: [{name: c, image: quay.io/a/b}]}}}\n---\n"
	for check, in := range map[string]string{
		finding.SecretMalformed:  pods + strings.Replace(secrets["auth without a colon"], "NS", "a", 1),
		finding.SecretRefused:    pods + strings.Replace(secrets["refused"], "NS", "a", 1),
		finding.SecretType:       pods + strings.Replace(secrets["Opaque"], "NS", "a", 1),
		finding.SecretNamespace:  strings.ReplaceAll(pods+strings.Replace(secrets["for Docker Hub"], "NS", "b", 1), "name: s", "name: regcred"),
		finding.Ambiguous:        pods + strings.Replace(secrets["for Docker Hub"], "NS", "a", 1) + "---\n" + strings.Replace(secrets["Opaque"], "NS", "a", 1),
		finding.SecretConflict:   pods + strings.Replace(secrets["for Docker Hub"], "NS", "a", 1) + "---\n" + strings.Replace(secrets["made by a controller"], "NS", "a", 1),
		finding.Reference:        head + "imagePullSecrets: s, containers: [{name: c, image: quay.io/a/b}]}}}\n",
		finding.ServiceAccount:   head + "serviceAccountName: s, containers: [{name: c, image: quay.io/a/b}]}}}\n---\n" + accounts["with a text as list"],
		finding.Placeholder:      pods + strings.Replace(secrets["a placeholder"], "NS", "a", 1),
		finding.RenamedReference: "apiVersion: v1\nkind: ReplicationController\nmetadata: {name: w, namespace: a}\nspec: {template: {spec: {imagePullSecrets: [{name: s}], containers: [{name: c, image: quay.io/a/b}]}}}\n---\n" + renamedSecret,
	} {
		t.Run(check, func(t *testing.T) {
			for _, preflight := range []string{"warn", "error", "strict"} {
				report := audit(t, in, "preflight="+preflight)
				require.True(t, report.OK, "%v", report.Findings)
				of, _ := report.Findings.Split(check)
				require.NotEmpty(t, of, "%v", report.Findings)
				for _, f := range of {
					require.Equal(t, finding.Warning, f.Severity)
				}
			}
			require.False(t, audit(t, strings.ReplaceAll(in, "quay.io/a/b", "docker.io/a/b"), "preflight=error").OK, "with an image that is audited")
		})
	}
}

func audit(t *testing.T, in string, settings ...string) function.Report {
	t.Helper()
	source := function.Source{Read: func() ([]byte, error) { return []byte(in), nil }}
	return function.Run([]function.Input{{Source: source}}, function.Request{Config: arguments(t, settings...), Mode: config.ModeAudit})
}

// secrets are Secrets named s in namespace NS. A random set has some of them.
var secrets = map[string]string{
	"for Docker Hub":       dockerSecret(`{"auths":{"https://index.docker.io/v1/":{"auth":"bWU6eA=="}}}`),
	"for quay.io":          dockerSecret(`{"auths":{"quay.io":{"auth":"bWU6eA=="}}}`),
	"for both":             dockerSecret(`{"auths":{"https://index.docker.io/v1/":{"auth":"bWU6eA=="},"quay.io":{"auth":"bWU6eA=="}}}`),
	"auth without a colon": dockerSecret(`{"auths":{"ghcr.io":{"auth":"bWU="}}}`),
	"an empty entry":       dockerSecret(`{"auths":{"docker.io":{},"quay.io":{}}}`),
	"a placeholder":        dockerSecret(`{"auths":{"https://index.docker.io/v1/":{"username":"me","password":"changeme"}}}`),
	"refused":              "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: NS}\ntype: kubernetes.io/dockerconfigjson\nstringData: {.dockerconfigjson: 3}\n",
	"Opaque":               "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: NS}\nstringData: {.dockerconfigjson: '{}'}\n",
	"made by a controller": "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: s, namespace: NS}\nspec: {target: {template: {type: kubernetes.io/dockerconfigjson}}}\n",
}

func dockerSecret(content string) string {
	return "apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: NS}\ntype: kubernetes.io/dockerconfigjson\nstringData: {.dockerconfigjson: '" + content + "'}\n"
}

// renamedSecret is a Secret that kustomize has given a prefix.
const renamedSecret = `apiVersion: v1
kind: Secret
metadata:
  name: pre-s
  namespace: a
  annotations: {internal.config.kubernetes.io/previousKinds: Secret, internal.config.kubernetes.io/previousNames: s, internal.config.kubernetes.io/previousNamespaces: a, internal.config.kubernetes.io/prefixes: pre-}
type: kubernetes.io/dockerconfigjson
stringData: {.dockerconfigjson: '{"auths":{"https://index.docker.io/v1/":{"auth":"bWU6eA=="}}}'}
`

// accounts are ServiceAccounts named s in namespace a.
var accounts = map[string]string{
	"with a list":         "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: s, namespace: a}\nimagePullSecrets: [{name: s}]\n",
	"with another list":   "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: s, namespace: a}\nimagePullSecrets: [{name: regcred}]\n",
	"without a list":      "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: s, namespace: a}\n",
	"with a text as list": "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: s, namespace: a}\nimagePullSecrets: s\n",
}

// An auditSet is a set of manifests. pods are lines of containers, and the manifest around them.
type auditSet struct {
	pods    []auditPod
	helpers []string
}

type auditPod struct {
	head       string // up to the pod spec
	list       string
	containers []auditContainer
}

type auditContainer struct {
	text      string
	isAudited bool
}

// audit returns the report on the set: whole, or without the containers that the audit does not ask
// for. A pod that always passes is among them, so there is something to audit.
func (s auditSet) audit(t *testing.T, isWhole bool, settings ...string) function.Report {
	return audit(t, s.text(isWhole), settings...)
}

func (s auditSet) text(isWhole bool) string {
	documents := []string{"apiVersion: v1\nkind: Pod\nmetadata: {name: good, namespace: z}\nspec: {imagePullSecrets: [{name: good}], containers: [{name: c, image: docker.io/a/b}]}\n",
		strings.ReplaceAll(strings.ReplaceAll(secrets["for both"], "NS", "z"), "name: s", "name: good")}
	for _, p := range s.pods {
		var containers []string
		for _, c := range p.containers {
			if isWhole || c.isAudited {
				containers = append(containers, c.text)
			}
		}
		if len(containers) > 0 {
			documents = append(documents, p.head+p.list+"containers: ["+strings.Join(containers, ", ")+"]}}}\n")
		}
	}
	return strings.Join(append(documents, s.helpers...), "---\n")
}

// randomSet returns pods with random images, lists and ServiceAccounts, and random Secrets for them.
func randomSet(r *rand.Rand) (s auditSet) {
	names := []string{"s", "regcred", "other"}
	namespaces := []string{"a", "a", "b"}
	for i := range 1 + r.IntN(3) {
		var entries []string
		for range r.IntN(3) {
			entries = append(entries, "{name: "+pick(r, names)+"}")
		}
		list := pick(r, []string{"", "imagePullSecrets: [" + strings.Join(entries, ", ") + "], ", "imagePullSecrets: [" + strings.Join(entries, ", ") + "], ", "imagePullSecrets: text, "})
		account := pick(r, []string{"", "serviceAccountName: s, "})
		p := auditPod{head: fmt.Sprintf("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: w%d, namespace: %s}\nspec: {template: {spec: {%s", i, pick(r, namespaces), account), list: list}
		for n := range r.IntN(4) {
			image := pick(r, []string{"docker.io/a/b", "nginx", "quay.io/a/b", "quay.io/a/b", "ghcr.io/a/b:v1", "quay.io/A/b", "docker.io/A/b"})
			policy := pick(r, []string{"", "", "", ", imagePullPolicy: Never"})
			p.containers = append(p.containers, auditContainer{
				text:      fmt.Sprintf("{name: c%d, image: %s%s}", n, image, policy),
				isAudited: policy == "" && (image == "nginx" || strings.HasPrefix(image, "docker.io/")),
			})
		}
		if s.pods = append(s.pods, p); r.IntN(4) == 0 { // a second object with the same name
			p.list = pick(r, []string{"", "imagePullSecrets: [{name: s}], "})
			s.pods = append(s.pods, p)
		}
	}
	for range r.IntN(5) {
		text := strings.Replace(pick(r, values(secrets)), "NS", pick(r, namespaces), 1)
		s.helpers = append(s.helpers, strings.Replace(text, "name: s,", "name: "+pick(r, names)+",", 1))
	}
	for range r.IntN(3) {
		s.helpers = append(s.helpers, pick(r, values(accounts)))
	}
	return s
}

func pick(r *rand.Rand, from []string) string { return from[r.IntN(len(from))] }

// values returns the values of a map in the order of their keys.
func values(m map[string]string) (all []string) {
	for _, key := range slices.Sorted(maps.Keys(m)) {
		all = append(all, m[key])
	}
	return all
}
