// SPDX-License-Identifier: Apache-2.0

package node

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// slots limits how many cases are on the node at once.
var slots = make(chan bool, 6)

// A scene is a namespace in which a case plays.
type scene struct {
	t         *testing.T
	namespace string
	said      string // what the program said last
	policy    string // imagePullPolicy of what daemonset makes
}

// begin makes the namespace, and removes it after the test.
func begin(t *testing.T) *scene {
	slots <- true
	s := &scene{t: t, policy: "Always", namespace: strings.ToLower(strings.NewReplacer("/", "-", "_", "-").Replace(t.Name()))}
	s.kubectl("create", "namespace", s.namespace)
	t.Cleanup(func() {
		exec.Command("kubectl", "delete", "namespace", s.namespace, "--wait=false").Run()
		<-slots
	})
	if err := until("ServiceAccount", command("kubectl", "-n", s.namespace, "get", "serviceaccount", "default")); err != nil {
		t.Fatal(err)
	}
	return s
}

// try runs kubectl in the namespace, with a standard input, and gives what it says.
func (s *scene) try(in string, args ...string) (string, error) {
	cmd := exec.Command("kubectl", append([]string{"-n", s.namespace}, args...)...)
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

// apply has to succeed, and refused has to fail with these words.
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

// function runs the program, which has to end with this code.
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

// says is about what the program said last.
func (s *scene) says(words ...string) {
	s.t.Helper()
	for _, w := range words {
		if !strings.Contains(s.said, w) {
			s.t.Errorf("the program says\n%s\nwant %q", s.said, w)
		}
	}
}

// state tells of the newest pod: its phase, and why containers wait.
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
	out, err := exec.Command("kubectl", "-n", s.namespace, "get", "pods", "-o", "json").Output()
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

// runs waits for the newest pod to run.
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

// waits waits until status or events of the pod have all these words, and makes sure
// that it does not run.
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

// anew deletes the pods, and waits until others are there in their place.
func (s *scene) anew() {
	s.t.Helper()
	s.kubectl("delete", "pods", "--all", "--wait=true", "--grace-period=1")
}

// daemonset is a calico-node with images of a host, and more lines for its pod.
func (s *scene) daemonset(host, lines string) string { return s.daemonset2(host, host, lines) }

// daemonset2 takes its two images from two hosts.
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

// secret is a document of its own. Its key is that of its type unless one is given.
func (s *scene) secret(name, kind, key, content string) string {
	return "---\napiVersion: v1\nkind: Secret\nmetadata: {name: " + name + ", namespace: " + s.namespace + "}\ntype: " + kind +
		"\ndata: {" + key + ": " + base64.StdEncoding.EncodeToString([]byte(content)) + "}\n"
}

// login is the content of a Secret for servers.
func login(word string, servers ...string) string {
	auths := map[string]any{}
	for _, server := range servers {
		auths[server] = map[string]string{"auth": base64.StdEncoding.EncodeToString([]byte(user + ":" + word))}
	}
	b, _ := json.Marshal(map[string]any{"auths": auths})
	return string(b)
}
