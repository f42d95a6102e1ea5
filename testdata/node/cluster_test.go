// SPDX-License-Identifier: Apache-2.0

package node

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// A scene is a namespace for one case.
type scene struct {
	t         *testing.T
	namespace string
	pods      string // a selector of its pods; empty for all
	said      string // the program's last message
	policy    string // imagePullPolicy in the manifests of daemonset
}

// begin creates the namespace. The test removes it at its end.
func begin(t *testing.T) *scene {
	s := &scene{t: t, policy: "Always", namespace: strings.ToLower(strings.NewReplacer("/", "-", "_", "-").Replace(t.Name()))}
	s.kubectl("create", "namespace", s.namespace)
	t.Cleanup(func() { exec.Command("kubectl", "delete", "namespace", s.namespace, "--wait=false").Run() })
	if err := until("ServiceAccount", command("kubectl", "-n", s.namespace, "get", "serviceaccount", "default")); err != nil {
		t.Fatal(err)
	}
	return s
}

// try runs kubectl in the namespace with a text on stdin, and returns its output.
func (s *scene) try(in string, args ...string) (string, error) {
	cmd := exec.Command("kubectl", append([]string{"-n", s.namespace}, args...)...)
	cmd.Env = append(os.Environ(), "KUBECTL_APPLYSET=true")
	cmd.Stdin = strings.NewReader(in)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (s *scene) kubectl(args ...string) string {
	s.t.Helper()
	out, err := s.try("", args...)
	if err != nil {
		s.t.Fatalf("kubectl %v: %v: %s", args, err, out)
	}
	return out
}

// answers runs kubectl, and returns an error if the output lacks these words.
func (s *scene) answers(words string, args ...string) error {
	out, err := s.try("", args...)
	if err != nil || !strings.Contains(out, words) {
		return fmt.Errorf("kubectl %v: %v: %s: no %q in it", args, err, out, words)
	}
	return nil
}

// apply fails the test if kubectl apply fails. refused fails it unless kubectl fails with these
// words.
func (s *scene) apply(manifest string, args ...string) {
	s.t.Helper()
	if out, err := s.try(manifest, append([]string{"apply", "-f", "-"}, args...)...); err != nil {
		s.t.Fatalf("kubectl apply: %v: %s", err, out)
	}
}

func (s *scene) refused(words, manifest string, args ...string) {
	s.t.Helper()
	out, err := s.try(manifest, append([]string{"apply", "-f", "-"}, args...)...)
	if err == nil || !strings.Contains(out, words) {
		s.t.Errorf("kubectl apply: %v: %s\nwant a refusal with %q", err, out, words)
	}
}

// function runs the program. The test fails if the exit code differs.
func (s *scene) function(code int, in string, args ...string) string {
	s.t.Helper()
	var out, said bytes.Buffer
	cmd := exec.Command(function, args...)
	cmd.Env = append(os.Environ(), "U="+user, "P="+password, "WRONG=not-a-token")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(in), &out, &said
	cmd.Run()
	s.said = said.String()
	if cmd.ProcessState.ExitCode() != code {
		s.t.Errorf("exit code %d, want %d: %s", cmd.ProcessState.ExitCode(), code, s.said)
	}
	return out.String()
}

// says checks the program's last message.
func (s *scene) says(words ...string) {
	s.t.Helper()
	for _, w := range words {
		if !strings.Contains(s.said, w) {
			s.t.Errorf("the program says\n%s\nwant %q", s.said, w)
		}
	}
}

// live returns the objects in the cluster that the program needs.
func (s *scene) live() string {
	s.t.Helper()
	return s.kubectl("get", "daemonset,deployment,secret,serviceaccount", "-o", "yaml")
}

// verdicts checks that --audit gives exactly these verdicts on the images of a live DaemonSet.
func (s *scene) verdicts(daemonset string, want ...string) {
	s.t.Helper()
	code := 0
	if slices.ContainsFunc(want, func(v string) bool { return v == "anonymous" || v == "fails" }) {
		code = 1
	}
	var audit struct {
		Images []struct{ Kind, Name, Image, Verdict string }
	}
	cmd := exec.Command(function, "--audit", "--output", "json", "audit.registries=*", "-")
	cmd.Stdin = strings.NewReader(s.live())
	out, _ := cmd.Output()
	if err := json.Unmarshal(out, &audit); err != nil {
		s.t.Fatalf("--audit: %v: %s", err, out)
	}
	seen := map[string]bool{}
	for _, i := range audit.Images {
		if i.Kind == "DaemonSet" && i.Name == daemonset {
			seen[i.Verdict] = true
		}
	}
	if got := slices.Sorted(maps.Keys(seen)); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
		s.t.Errorf("--audit of the live DaemonSet %s: %v, want %v", daemonset, got, want)
	}
	if got := cmd.ProcessState.ExitCode(); got != code {
		s.t.Errorf("--audit: exit code %d, want %d", got, code)
	}
}

// noCredential returns the words of the event if a registry requires a credential and gets none.
func noCredential() string {
	if isOld {
		return "401 Unauthorized"
	}
	return "no basic auth credentials"
}

// lacks skips a test because something is missing. With CI=true the test fails.
func lacks(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal("needs " + what)
	}
	t.Skip("needs " + what)
}

// state returns whether the newest pod runs, and why its containers wait.
func (s *scene) state() (running bool, why string) {
	var pods struct {
		Items []struct {
			Metadata struct{ CreationTimestamp, Name string }
			Status   struct {
				Phase                                    string
				InitContainerStatuses, ContainerStatuses []struct {
					Ready bool
					State struct {
						Waiting *struct{ Reason, Message string }
					}
				}
			}
		}
	}
	out, err := exec.Command("kubectl", "-n", s.namespace, "get", "pods", "-l", s.pods, "-o", "json").Output()
	if err != nil || json.Unmarshal(out, &pods) != nil || len(pods.Items) == 0 {
		return false, "no pod"
	}
	p := pods.Items[0]
	for _, q := range pods.Items {
		if q.Metadata.CreationTimestamp > p.Metadata.CreationTimestamp {
			p = q
		}
	}
	for _, c := range append(p.Status.InitContainerStatuses, p.Status.ContainerStatuses...) {
		if w := c.State.Waiting; w != nil {
			why += w.Reason + ": " + w.Message + "\n"
		}
	}
	return p.Status.Phase == "Running" && why == "", why
}

func (s *scene) events() string {
	out, _ := exec.Command("kubectl", "-n", s.namespace, "get", "events", "-o", `jsonpath={range .items[*]}{.reason}: {.message}{"\n"}{end}`).Output()
	return string(out)
}

// runs waits until the newest pod runs.
func (s *scene) runs() {
	s.t.Helper()
	for range 120 {
		if running, _ := s.state(); running {
			return
		}
		time.Sleep(time.Second)
	}
	_, why := s.state()
	s.t.Errorf("the pod does not run: %s\n%s", why, s.events())
}

// waits waits until the status or events of the pod have all these words. It also checks that the
// pod does not run.
func (s *scene) waits(words ...string) {
	s.t.Helper()
	var seen string
	for range 90 {
		running, why := s.state()
		if running {
			s.t.Errorf("the pod runs, want %q", words)
			return
		}
		seen = why + s.events()
		all := true
		for _, w := range words {
			all = all && strings.Contains(seen, w)
		}
		if all {
			return
		}
		time.Sleep(time.Second)
	}
	s.t.Errorf("the pod waits with\n%s\nwant %q", seen, words)
}

// replacePods deletes the pods, and waits for their replacements.
func (s *scene) replacePods() {
	s.t.Helper()
	s.kubectl("delete", "pods", "--all", "--wait=true", "--grace-period=1")
}

// daemonset returns a calico-node with images from a host. lines are added to its pod.
func (s *scene) daemonset(host, lines string) string { return s.daemonset2(host, host, lines) }

// daemonset2 returns one with images from two hosts.
func (s *scene) daemonset2(cni, node, lines string) string {
	return strings.NewReplacer("NAMESPACE", s.namespace, "CNI", cni, "NODE", node, "POLICY", s.policy, "LINES", lines).Replace(`apiVersion: apps/v1
kind: DaemonSet
metadata: {name: calico-node, namespace: NAMESPACE, labels: {k8s-app: calico-node}}
spec:
  selector: {matchLabels: {k8s-app: calico-node}}
  updateStrategy: {type: RollingUpdate}
  template:
    metadata: {labels: {k8s-app: calico-node}}
    spec:
      LINES
      hostNetwork: true
      terminationGracePeriodSeconds: 0
      tolerations: [{operator: Exists}]
      initContainers:
      - {name: install-cni, image: "CNI/calico/cni:NAMESPACE", command: [/opt/cni/bin/install], imagePullPolicy: POLICY}
      containers:
      - {name: calico-node, image: "NODE/calico/node:NAMESPACE", imagePullPolicy: POLICY}
`)
}

// secret returns a Secret as a YAML document. An empty key means the key of its type.
func (s *scene) secret(name, kind, key, content string) string {
	return "---\napiVersion: v1\nkind: Secret\nmetadata: {name: " + name + ", namespace: " + s.namespace + "}\ntype: " + kind +
		"\ndata: {" + key + ": " + base64.StdEncoding.EncodeToString([]byte(content)) + "}\n"
}

// login returns the content of a Secret for servers.
func login(word string, servers ...string) string {
	auths := map[string]any{}
	for _, server := range servers {
		auths[server] = map[string]string{"auth": base64.StdEncoding.EncodeToString([]byte(user + ":" + word))}
	}
	b, _ := json.Marshal(map[string]any{"auths": auths})
	return string(b)
}
