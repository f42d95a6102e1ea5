// SPDX-License-Identifier: Apache-2.0

package node

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/calico-pull-secrets/testdata/node/programs"
)

// playOperator plays docs/installations.md with the real Tigera operator, which runs beside the
// node. The operator installs nothing while a Secret of the Installation is missing. Then it copies
// the Secret to its objects, and reverts changes by others.
func playOperator(t *testing.T, manifests string) {
	folder, _, err := programs.Dir("operator/1.34")
	if err != nil {
		t.Fatal(err)
	}
	operator := filepath.Join(folder, "operator")
	crds, err := exec.Command(operator, "--print-calico-crds", "all").Output()
	if err != nil {
		t.Fatal(err)
	}
	s := &scene{t: t, namespace: "tigera-operator"}
	s.try("", "create", "namespace", s.namespace)
	s.apply(string(crds), "--server-side")
	s.kubectl("wait", "--for=condition=established", "--timeout=60s", "crd", "--all")
	b, err := os.ReadFile(filepath.Join(manifests, "v3.28.0/custom-resources.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := start("operator", operator, "--enable-leader-election=false"); err != nil {
		t.Fatal(err)
	}

	out := s.function(0, string(b), with("targets=operator", "secret.server="+hub)...)
	s.says("regcred")
	installation, secret, _ := strings.Cut(out, "\n---\napiVersion: v1\nkind: Secret")
	s.apply(installation)
	calico := &scene{t: t, namespace: "calico-system", pods: "k8s-app=calico-node"}
	eventually := func(what string, s *scene, words string, args ...string) {
		t.Helper()
		if err := until(what, func() error { return s.answers(words, args...) }); err != nil {
			t.Error(err)
		}
	}
	eventually("status of the operator", s, "regcred", "get", "tigerastatus", "calico", "-o", "yaml")
	if out, err := calico.try("", "get", "daemonset", "calico-node"); err == nil {
		t.Errorf("installed without the Secret: %s", out)
	}

	s.apply("apiVersion: v1\nkind: Secret" + secret)
	eventually("DaemonSet", calico, "regcred", "get", "daemonset", "calico-node", "-o", "jsonpath={.spec.template.spec.imagePullSecrets[*].name}")
	eventually("copy", calico, dockerJ, "get", "secret", "regcred", "-o", "jsonpath={.type}")
	calico.runs()

	calico.kubectl("patch", "daemonset", "calico-node", "--type=json", "-p", `[{"op": "remove", "path": "/spec/template/spec/imagePullSecrets"}]`)
	eventually("DaemonSet after a change by hand", calico, "regcred", "get", "daemonset", "calico-node", "-o", "jsonpath={.spec.template.spec.imagePullSecrets[*].name}")
	apiserver := &scene{t: t, namespace: "calico-apiserver"}
	eventually("API server", apiserver, "regcred", "get", "deployment", "calico-apiserver", "-o", "jsonpath={.spec.template.spec.imagePullSecrets[*].name}")
	eventually("copy for the API server", apiserver, dockerJ, "get", "secret", "regcred", "-o", "jsonpath={.type}")

	// The operator's object has the reference. The operator would revert a change, and the program
	// says so.
	s.function(0, calico.live(), "--check", "preflight=error", "-")
	s.says("references Secret")
	s.function(1, calico.live(), "--check", "preflight=error", "secretName=other", "-")
	s.says("the Tigera operator made this object and will overwrite the change")
	calico.verdicts("calico-node", "authenticated")
}
