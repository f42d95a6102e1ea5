// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTheHintsOfAnAuditMendIt types the hints of an audit, and audits again.
func TestTheHintsOfAnAuditMendIt(t *testing.T) {
	const pod = "spec: {containers: [{name: c, image: nginx}]}"
	const secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: regcred, namespace: NS}\ntype: kubernetes.io/dockerconfigjson\n" +
		"data: {.dockerconfigjson: eyJhdXRocyI6eyJodHRwczovL2luZGV4LmRvY2tlci5pby92MS8iOnsiYXV0aCI6ImJXVTZlQT09In19fQ==}\n---\n"
	var manifests strings.Builder
	for _, namespace := range []string{"web", "db", "ci"} {
		manifests.WriteString(strings.ReplaceAll(secret, "NS", namespace))
		for kind, object := range map[string]string{
			"Deployment": "apps/v1 spec: {template: {" + pod + "}}", "CronJob": "batch/v1 spec: {jobTemplate: {spec: {template: {" + pod + "}}}}",
			"Job": "batch/v1 spec: {template: {" + pod + "}}", "Pod": "v1 " + pod,
			"Rollout": "argoproj.io/v1alpha1 spec: {template: {" + pod + "}}",
		} {
			version, body, _ := strings.Cut(object, " ")
			manifests.WriteString("apiVersion: " + version + "\nkind: " + kind + "\nmetadata: {name: x, namespace: " + namespace + "}\n" + body + "\n---\n")
		}
	}
	inFolder(t, map[string]string{"it's/all $(x).yaml": manifests.String()})
	code, stdout, _ := call(t, "--audit", "it's/all $(x).yaml")
	require.Equal(t, exitFailed, code)
	cures := regexp.MustCompile(`(?m)^(\d+) images to fix in namespaces web, db, ci: no imagePullSecrets\nhint: calico-pull-secrets (.*)$`).FindAllStringSubmatch(stdout, -1)
	require.Len(t, cures, 3, "Deployments, CronJobs and Rollouts, Jobs, Pods:\n%s", stdout)
	for _, cure := range cures {
		command := strings.ReplaceAll(cure[2], `'\''`, "\x00") // a quote in quotes
		var arguments []string
		for _, w := range word.FindAllString(command, -1) {
			arguments = append(arguments, strings.ReplaceAll(strings.Trim(w, "'"), "\x00", "'"))
		}
		code, _, stderr := call(t, arguments...)
		require.Equal(t, exitOK, code, stderr)
	}
	code, stdout, _ = call(t, "--audit", "it's/all $(x).yaml")
	require.Equal(t, exitOK, code, stdout)
	require.NotContains(t, stdout, "hint:")
	require.Contains(t, stdout, "docker.io: 15 images, 15 authenticated: OK")
}

// TestTwoClustersAreALineForEachPairOfFiles has 20 copies of a cluster in one set.
func TestTwoClustersAreALineForEachPairOfFiles(t *testing.T) {
	files := map[string]string{}
	for _, name := range strings.Split("abcdefghijklmnopqrst", "") {
		files["m/"+name+".yaml"] = changed + "---\n" + strings.ReplaceAll(changed, "calico-node", "other")
	}
	inFolder(t, files)
	_, _, stderr := call(t, "--audit", "m")
	require.Equal(t, 1, strings.Count(stderr, "is in the input twice"), stderr)
	require.Contains(t, stderr, "warning: m/b.yaml, m/c.yaml, m/d.yaml and 16 more: DaemonSet kube-system/calico-node and 1 more: is in the input twice, also in m/a.yaml")
}
