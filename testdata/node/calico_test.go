// SPDX-License-Identifier: Apache-2.0

package node

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestCalico plays Calico's own manifests one after the other. They share one namespace, and a node
// runs one Calico. As shipped the pods wait. After the function they run.
func TestCalico(t *testing.T) {
	manifests := os.Getenv("CALICO_MANIFESTS")
	if manifests == "" {
		lacks(t, "Calico's manifests in CALICO_MANIFESTS")
	}
	t.Parallel()
	onQuay := with("secret.server=quay.io")
	onBoth := []string{"secret.registries.0.server=" + hub, "secret.registries.0.usernameEnv=U", "secret.registries.0.passwordEnv=P",
		"secret.registries.1.server=quay.io", "secret.registries.1.usernameEnv=U", "secret.registries.1.passwordEnv=P"}
	for n, c := range []struct {
		file, daemonset string
		others          string   // the other Deployments that must run
		alone           string   // the program's message about a Secret for Docker Hub alone, if that is not enough
		secret          []string // settings of a Secret that is enough
		apply           []string // how to apply
	}{
		{"v3.28.0/calico.yaml", "calico-node", "calico-kube-controllers", "", emitted, nil},
		{"v3.28.0/canal.yaml", "canal", "calico-kube-controllers", "", emitted, nil},
		{"v3.30.7/calico.yaml", "calico-node", "calico-kube-controllers", "", emitted, nil},
		{"v3.30.7/calico-typha.yaml", "calico-node", "calico-kube-controllers calico-typha", "", emitted, []string{"--server-side"}},
		{"v3.30.7/canal.yaml", "canal", "calico-kube-controllers", "", emitted, nil},
		{"v3.30.7/calico-etcd.yaml", "calico-node", "calico-kube-controllers", "", emitted, nil},
		{"v3.32.1/calico.yaml", "calico-node", "calico-kube-controllers", "anonymously, unless the node has", onQuay, []string{"--server-side"}},
		{"v3.32.1/canal.yaml", "canal", "calico-kube-controllers", "so kubelet pulls quay.io/calico/cni, quay.io/calico/node anonymously", onBoth, []string{"--server-side"}},
	} {
		t.Run(strings.NewReplacer("/", "-", ".yaml", "").Replace(c.file), func(t *testing.T) {
			s := &scene{t: t, namespace: "kube-system", pods: "k8s-app=" + c.daemonset}
			b, err := os.ReadFile(filepath.Join(manifests, c.file))
			if err != nil {
				t.Fatal(err)
			}
			shipped := string(b)
			forget(t, "calico/", "flannel/")
			s.kubectl("delete", "events", "--all")
			defer s.kubectl("delete", "daemonset,deployment,secret", "--all")

			s.apply(shipped, c.apply...)
			anonymous := "429 Too Many Requests"
			if strings.Contains(shipped, "quay.io/calico/cni") {
				anonymous = noCredential()
			}
			s.waits(anonymous)
			s.agrees(c.daemonset, 1, "anonymous")
			if n == 0 {
				s.noNetwork()
			}
			if c.alone != "" {
				if c.daemonset == "canal" {
					s.apply(s.function(0, shipped, with("targets=calico")...), c.apply...)
					s.says(c.alone)
				} else { // the Secret is for no image
					s.function(1, shipped, with("targets=calico")...)
					s.says(c.alone)
					s.apply(s.function(0, shipped, with("targets=calico", "preflight=ignore")...), c.apply...)
				}
				s.kubectl("delete", "events", "--all")
				s.replacePods()
				s.waits("quay.io/calico/cni", anonymous)
				alone := []string{"anonymous"}
				if c.daemonset == "canal" {
					alone = append(alone, "authenticated") // flannel's image
				}
				s.agrees(c.daemonset, 1, alone...)
			}

			arguments := append([]string{"targets=calico"}, c.secret...)
			out := s.function(0, shipped, arguments...)
			s.apply(out, c.apply...)
			s.runs()
			for _, name := range strings.Fields(c.others) {
				other := &scene{t: t, namespace: s.namespace, pods: "k8s-app=" + name}
				other.runs()
			}
			s.agrees(c.daemonset, 0, "authenticated")

			// A second run changes nothing, neither in the file nor in the cluster.
			if again := s.function(0, out, arguments...); again != out {
				t.Error("the function changes what it has made")
			}
			before := s.generations()
			s.apply(out, c.apply...)
			if after := s.generations(); after != before {
				t.Errorf("applied twice: generations\n%swant\n%s", after, before)
			}
		})
	}
	t.Run("operator", func(t *testing.T) { playOperator(t, manifests) })
}

// noNetwork checks pods outside of the host's network before the first calico-node has run.
func (s *scene) noNetwork() {
	s.t.Helper()
	other := &scene{t: s.t, namespace: s.namespace, pods: "k8s-app=calico-kube-controllers"}
	if err := until("event", func() error {
		if events := other.events(); !strings.Contains(events, "node.kubernetes.io/not-ready") {
			return errors.New(events)
		}
		return nil
	}); err != nil {
		s.t.Error(err)
	}
	if phase := other.kubectl("get", "pods", "-l", other.pods, "-o", "jsonpath={.items[*].status.phase}"); phase != "Pending" {
		s.t.Errorf("calico-kube-controllers is %q without a network", phase)
	}
}

// agrees compares --check and --audit of the live objects with the pods, which wait or run: the
// exit code of --check, and the verdicts on a DaemonSet's images.
func (s *scene) agrees(daemonset string, code int, verdicts ...string) {
	s.t.Helper()
	s.function(code, s.live(), "--check", "preflight=error", "targets=calico", "-")
	s.verdicts(daemonset, verdicts...)
}

// generations returns the generations of the workloads in the namespace. Each change raises one.
func (s *scene) generations() string {
	return s.kubectl("get", "daemonset,deployment", "-o", `jsonpath={range .items[*]}{.metadata.name} {.metadata.generation}{"\n"}{end}`)
}

// forget removes images from the node.
func forget(t *testing.T, repositories ...string) {
	t.Helper()
	out, err := exec.Command("ctr", "-a", filepath.Join(dir, "containerd.sock"), "-n", "k8s.io", "images", "ls").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		for _, r := range repositories {
			if name, _, _ := strings.Cut(line, " "); strings.Contains(name, r) && strings.Contains(name, ":v") {
				if err := ctr("images", "rm", "--sync", name)(); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
