// SPDX-License-Identifier: Apache-2.0

package node

import (
	"encoding/base64"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
)

const (
	hub     = "https://index.docker.io/v1/"
	dockerJ = "kubernetes.io/dockerconfigjson"
	jsonKey = ".dockerconfigjson"
	regcred = "imagePullSecrets: [{name: regcred}]"
)

var emitted = []string{"secret.usernameEnv=U", "secret.passwordEnv=P"}

func with(args ...string) []string { return append(args, emitted...) }

// claims has a case for each sentence about a cluster in docs/checks.md, and in the section of
// docs/troubleshooting.md about events.
var claims = map[string]func(*scene){
	// docs/upgrading-calico.md: after this upgrade nothing needs a credential. The quay.io of this
	// test refuses anonymous pulls, so the test uses another host.
	"removed-after-the-move": func(s *scene) {
		s.policy = "IfNotPresent"
		before := s.function(0, s.daemonset("docker.io", ""), emitted...)
		s.apply(before)
		s.runs()
		s.function(1, before, with("--remove", "preflight=error")...)
		s.says("still pulls docker.io/calico/")
		moved := strings.ReplaceAll(before, "docker.io/calico/", "open.example.com/calico/")
		s.apply(moved)
		s.runs()
		after := s.function(0, moved, with("--remove", "preflight=error")...)
		if strings.Contains(after, "regcred") || strings.Contains(after, "kind: Secret") {
			s.t.Errorf("the reference or the Secret is still there:\n%s", after)
		}
		s.apply(after)
		s.kubectl("delete", "secret", "regcred")
		s.replacePods()
		s.runs()
		s.function(0, s.live(), "--remove", "--check", "-")
	},
	"as-shipped": func(s *scene) {
		s.apply(s.daemonset("docker.io", ""))
		s.waits("429 Too Many Requests")
		s.apply(s.function(0, s.daemonset("docker.io", ""), emitted...))
		s.says("authenticates 2 of 2 images")
		s.runs()
	},
	"registry-mismatch": func(s *scene) {
		s.function(1, s.daemonset("quay.io", ""), emitted...)
		s.says("anonymously, unless the node has", "set secret.server=quay.io")
		s.apply(s.function(0, s.daemonset("quay.io", ""), with("preflight=ignore")...))
		s.waits("ErrImagePull", noCredential())
		s.verdicts("calico-node", "anonymous")
		s.apply(s.function(0, s.daemonset("quay.io", ""), with("secret.server=quay.io")...))
		s.runs()
	},
	"registry-partial": func(s *scene) {
		s.apply(s.function(0, s.daemonset2("docker.io", "quay.io", ""), emitted...))
		s.says("kubelet pulls quay.io/calico/node anonymously")
		s.waits("PodInitializing", noCredential(), "quay.io")
		s.verdicts("calico-node", "anonymous", "authenticated")
		s.apply(s.function(0, s.daemonset2("docker.io", "quay.io", ""), "secret.registries.0.server="+hub, "secret.registries.0.usernameEnv=U", "secret.registries.0.passwordEnv=P",
			"secret.registries.1.server=quay.io", "secret.registries.1.usernameEnv=U", "secret.registries.1.passwordEnv=P"))
		s.runs()
	},
	"hidden-credential": func(s *scene) {
		in := s.daemonset("docker.io", "imagePullSecrets: [{name: old}]") + s.secret("old", dockerJ, jsonKey, login("old", "docker.io"))
		s.apply(s.function(0, in, emitted...))
		s.says("warning")
		s.waits("ErrImagePull", "failed to fetch oauth token", "401 Unauthorized")
		s.apply(s.function(0, in, with("secret.server=docker.io")...))
		s.replacePods()
		s.runs()
	},
	// kubelet tries the empty entry first. That pull is anonymous and succeeds, so kubelet never
	// tries the wrong password of regcred.
	"empty-entry-first": func(s *scene) {
		empty := s.secret("empty", dockerJ, jsonKey, `{"auths":{"open.example.com":{}}}`) + s.secret("regcred", dockerJ, jsonKey, login("wrong", "open.example.com"))
		in := s.daemonset("open.example.com", "imagePullSecrets: [{name: empty}, {name: regcred}]") + empty
		s.function(0, in)
		s.says("warning", "kubelet first tries the entry open.example.com of Secret \"empty\"")
		s.apply(in)
		s.runs()
		s.verdicts("calico-node", "anonymous")
	},
	"server-unusable": func(s *scene) {
		s.function(2, s.daemonset("docker.io", ""), with("secret.server=https://index.docker.io/v1")...)
		s.apply(s.daemonset("docker.io", regcred) + s.secret("regcred", dockerJ, jsonKey, login(password, "https://index.docker.io/v1")))
		s.waits("429 Too Many Requests")
	},
	"secret-type": func(s *scene) {
		in := s.daemonset("docker.io", regcred) + s.secret("regcred", "Opaque", jsonKey, login(password, hub))
		s.function(0, in)
		s.says("warning", "Opaque")
		s.apply(in)
		s.waits("429 Too Many Requests")
		out := s.function(0, s.daemonset("docker.io", ""), emitted...)
		s.refused("field is immutable", out)
		s.kubectl("delete", "secret", "regcred")
		s.apply(out)
		s.runs()
	},
	"renamed-reference": func(s *scene) { // kustomize renamed the Secret, and not the reference
		s.apply(s.daemonset("docker.io", regcred) + s.secret("prod-regcred", dockerJ, jsonKey, login(password, hub)))
		s.waits("429 Too Many Requests")
		s.verdicts("calico-node", "unknown")
		s.apply(s.secret("regcred", dockerJ, jsonKey, login(password, hub)))
		s.replacePods()
		s.runs()
	},
	"secret-namespace": func(s *scene) {
		in := s.daemonset("docker.io", "") + strings.Replace(s.secret("regcred", dockerJ, jsonKey, login(password, hub)), "namespace: "+s.namespace, "namespace: other", 1)
		s.apply(strings.Split(s.function(0, in), "\n---\n")[0])
		s.says("but that Secret is in namespace")
		s.waits("FailedToRetrieveImagePullSecret", "429 Too Many Requests")
	},
	"secret-missing": func(s *scene) { // kubelet pulls anonymously, which works only if the registry serves everybody
		s.apply(s.function(0, s.daemonset("open.example.com", "")))
		s.runs()
		if got := strings.Contains(s.events(), "FailedToRetrieveImagePullSecret"); got != (this.kubelet != "1.37") {
			s.t.Errorf("FailedToRetrieveImagePullSecret: %t, in\n%s", got, s.events())
		}
		s.apply(s.function(0, s.daemonset("docker.io", ""))) // if the pull fails, every kubelet reports the missing Secret
		s.waits("FailedToRetrieveImagePullSecret", "429 Too Many Requests")
	},
	"service-account": func(s *scene) { // the list of the pod replaces the list of the ServiceAccount
		account := "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: node, namespace: " + s.namespace + "}\nimagePullSecrets: [{name: good}]\n"
		good := s.secret("good", dockerJ, jsonKey, login(password, hub))
		s.apply(account + good + "---\n" + s.daemonset("docker.io", "serviceAccountName: node"))
		s.runs()
		s.apply(s.daemonset("docker.io", "serviceAccountName: node\n      imagePullSecrets: [{name: other}]"))
		s.replacePods()
		s.waits("429 Too Many Requests")
		s.apply(s.function(0, account+good+"---\n"+s.daemonset("docker.io", "serviceAccountName: node")))
		s.says("good")
		s.replacePods()
		s.runs()
	},
	"service-account-refuses": func(s *scene) {
		in := s.daemonset("docker.io", "serviceAccountName: node") + "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: node, namespace: " + s.namespace +
			`, annotations: {kubernetes.io/enforce-mountable-secrets: "true"}}` + "\n"
		s.apply(s.function(0, in, emitted...))
		s.says("warning", "ServiceAccount/node")
		s.waits("no pod", "FailedCreate")
		s.kubectl("delete", "daemonset", "calico-node")
		s.apply(s.function(0, in, with("targets=calico-node,ServiceAccount/node")...))
		s.runs()
	},
	"duplicate-reference": func(s *scene) {
		for lines, words := range map[string][2]string{
			"imagePullSecrets: [{name: regcred}, {name: regcred}]": {"duplicate entries for key [name=", "--server-side"},
			"imagePullSecrets: [{name: a}, {}]":                    {"map[] does not contain declared merge key: name", ""},
		} {
			in := s.daemonset("docker.io", lines)
			s.function(0, in)
			s.says("warning")
			if words[1] != "" {
				s.refused(words[0], in, words[1])
				continue
			}
			s.try(in, "apply", "-f", "-") // kubectl may create missing objects
			s.refused(words[0], strings.Replace(in, "k8s-app: calico-node}}\n    spec", "k8s-app: calico-node, x: y}}\n    spec", 1))
		}
	},
	"secret-refused": func(s *scene) {
		pods := s.daemonset("docker.io", regcred)
		good := s.secret("regcred", dockerJ, jsonKey, login(password, hub))
		for name, secret := range map[string]string{
			"a number as a label":     strings.Replace(good, "metadata: {", "metadata: {labels: {team: 7}, ", 1),
			"text that is not base64": strings.Replace(good, "\ndata: {", "\ndata: {other: 'not base64!', ", 1),
			"a key with a blank":      strings.Replace(good, "\ndata: {", "\ndata: {a b: e30=, ", 1),
		} {
			if out, err := s.try(secret, "apply", "-f", "-"); err == nil {
				s.t.Errorf("%s: the API server takes it: %s", name, out)
			}
			s.function(1, pods+secret, "--audit", "audit.registries=*", "-")
			s.says("the API server refuses it")
		}
		s.apply(pods)
		s.waits("429 Too Many Requests")
	},
	"invalid-image": func(s *scene) {
		out := s.function(0, s.daemonset("docker.io/Calico", ""), emitted...)
		s.apply(out)
		s.waits("InvalidImageName")
	},
	"wrong-credential": func(s *scene) { // worse than none
		s.apply(s.daemonset("hub.example.com", ""))
		s.runs()
		s.apply(s.function(0, s.daemonset("hub.example.com", ""), "secret.server=hub.example.com", "secret.usernameEnv=U", "secret.passwordEnv=WRONG"))
		s.replacePods()
		s.waits("failed to fetch oauth token", "401 Unauthorized")
		s.says("authenticates 2 of 2 images")
		before := s.kubectl("get", "pods", "-o", "name")
		s.apply(s.function(0, s.daemonset("hub.example.com", ""), with("secret.server=hub.example.com")...))
		s.runs() // the same pod, at its next attempt
		if after := s.kubectl("get", "pods", "-o", "name"); after != before {
			s.t.Errorf("pods %q, before %q", after, before)
		}
	},
	"private-registry": func(s *scene) {
		s.function(1, s.daemonset("registry.example.com", ""), emitted...)
		s.says("set secret.server=registry.example.com. If these images need no Secret")
		s.apply(s.function(0, s.daemonset("registry.example.com", ""), with("preflight=ignore")...))
		s.waits("ErrImagePull", noCredential())
		s.apply(s.function(0, s.daemonset("registry.example.com", ""), with("secret.server=registry.example.com")...))
		page, err := os.ReadFile("../../docs/troubleshooting.md")
		if err != nil {
			s.t.Fatal(err)
		}
		_, selector, _ := strings.Cut(string(page), "\nkubectl delete pods -n kube-system -l '")
		selector, flag, _ := strings.Cut(selector, "' ")
		flag, _, _ = strings.Cut(flag, "\n")
		s.kubectl("delete", "pods", "-l", selector, flag)
		s.runs()
	},
	"secret-of-the-mirror": func(s *scene) { // must be for the image's registry
		s.apply(s.function(0, s.daemonset("registry.example.com", ""), with("preflight=ignore", "secret.server=127.0.0.1:5001")...))
		s.waits("registry.example.com/calico/cni", noCredential())
		if isOld && !strings.Contains(s.events(), "127.0.0.1:5001") {
			s.t.Errorf("no name of the mirror in\n%s", s.events())
		}
	},
	"immutable": func(s *scene) {
		s.apply(s.function(0, s.daemonset("docker.io", ""), with("secret.immutable=true")...))
		s.refused("field is immutable", s.function(0, s.daemonset("docker.io", ""), "secret.immutable=true", "secret.usernameEnv=U", "secret.passwordEnv=WRONG"))
	},
	"pod-and-job": func(s *scene) { // nobody can change their pods
		pod := "apiVersion: v1\nkind: Pod\nmetadata: {name: calico, namespace: " + s.namespace + "}\nspec: {hostNetwork: true, containers: [{name: a, image: docker.io/calico/node:x}]}\n"
		s.apply(pod)
		s.refused("Forbidden", s.function(0, pod, with("targets=Pod/calico")...))
		job := "apiVersion: batch/v1\nkind: Job\nmetadata: {name: calico, namespace: " + s.namespace + "}\nspec: {template: {spec: {restartPolicy: Never, hostNetwork: true, containers: [{name: a, image: docker.io/calico/node:x}]}}}\n"
		s.apply(job)
		s.refused("field is immutable", s.function(0, job, with("targets=Job/calico")...))
	},
	"rollout-undo": func(s *scene) { // docs/upgrading-calico.md: so that you can go back
		s.apply(s.function(0, s.daemonset("docker.io", ""), emitted...))
		s.runs()
		s.apply(s.function(0, s.daemonset("quay.io", ""), with("secretName=quay", "secret.server=quay.io")...))
		s.kubectl("rollout", "status", "daemonset/calico-node", "--timeout=120s")
		s.kubectl("rollout", "undo", "daemonset/calico-node")
		s.kubectl("rollout", "status", "daemonset/calico-node", "--timeout=120s")
		if got := s.kubectl("get", "daemonset", "calico-node", "-o", "jsonpath={.spec.template.spec.imagePullSecrets[*].name} {.spec.template.spec.containers[0].image}"); got != "regcred docker.io/calico/node:"+s.namespace {
			s.t.Errorf("after the undo: %s", got)
		}
		s.runs()
	},
	"uncovered-workload": func(s *scene) {
		other := strings.NewReplacer("DaemonSet", "Deployment", "calico-node", "calico-kube-controllers", "updateStrategy: {type: RollingUpdate}", "replicas: 1").Replace(s.daemonset("docker.io", ""))
		s.apply(s.function(0, s.daemonset("docker.io", "")+"---\n"+other, emitted...))
		s.says("Deployment", "calico-kube-controllers", "targets=calico")
		s.pods = "k8s-app=calico-node"
		s.runs()
		s.pods = "k8s-app=calico-kube-controllers"
		s.waits("429 Too Many Requests")
		s.apply(s.function(0, s.daemonset("docker.io", "")+"---\n"+other, with("targets=calico")...))
		s.runs()
	},
	"kubectl-apply": func(s *scene) { // client-side, server-side, and back
		kept := func(secret string, want bool) { // kubectl keeps a second copy in an annotation
			s.t.Helper()
			applied := s.kubectl("get", "secret", secret, "-o", `jsonpath={.metadata.annotations.kubectl\.kubernetes\.io/last-applied-configuration}`)
			if strings.Contains(applied, jsonKey) != want {
				s.t.Errorf("the annotation of %s has the content: want %t", secret, want)
			}
		}
		first := s.function(0, s.daemonset("docker.io", ""), emitted...)
		s.apply(first)
		before := s.generations()
		s.apply(first, "--server-side")
		s.apply(first)
		if after := s.generations(); after != before {
			s.t.Errorf("generation %s, before %s", after, before)
		}
		for _, way := range [][]string{{"--server-side"}, nil} { // a new name replaces the first
			name := "other" + strings.Join(way, "")
			s.apply(s.function(0, s.daemonset("docker.io", ""), with("secretName="+name)...), way...)
			kept(name, way == nil)
			kept("regcred", true) // it stays, like everything that server-side apply found
			if got := s.kubectl("get", "daemonset", "calico-node", "-o", "jsonpath={.spec.template.spec.imagePullSecrets[*].name}"); got != name {
				s.t.Errorf("apply %v: the list has %q, want %q", way, got, name)
			}
		}
		s.runs()
	},
	"kubectl-diff": func(s *scene) {
		encoded := base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
		diff := func(code int, words string, arguments ...string) {
			s.t.Helper()
			out, err := s.try(s.function(0, s.daemonset("docker.io", ""), arguments...), "diff", "-f", "-")
			got := 0
			if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
				got = exit.ExitCode()
			}
			if got != code || !strings.Contains(out, words) {
				s.t.Errorf("kubectl diff: exit code %d, want %d and %q", got, code, words)
			}
			// The text that begins both encodings of a Secret must not be there, either: {"auths":
			// and its base64.
			for _, content := range []string{encoded, password, `{"auths":`, "eyJhdXRocyI6"} {
				if strings.Contains(out, content) {
					s.t.Error("kubectl diff shows the content of the Secret")
				}
			}
		}
		s.apply(s.daemonset("docker.io", ""))
		diff(1, "+      imagePullSecrets:", emitted...)
		diff(1, "+type: "+dockerJ, emitted...)
		s.apply(s.function(0, s.daemonset("docker.io", ""), emitted...), "--server-side", "--force-conflicts")
		diff(0, "", emitted...)
		diff(1, "*** (after)", "secret.usernameEnv=U", "secret.passwordEnv=WRONG")
		diff(1, "+    app: calico", with("secret.labels.app=calico")...)
		// kubectl shows the annotation of client-side apply: docs/kubectl.md warns of it.
		s.apply(s.function(0, s.daemonset("docker.io", ""), with("secretName=annotated")...))
		out, _ := s.try(s.function(0, s.daemonset("docker.io", ""), with("secretName=annotated", "secret.labels.app=calico")...), "diff", "-f", "-")
		if !strings.Contains(out, "eyJhdXRocyI6") {
			s.t.Error("kubectl diff masks the annotation")
		}
		s.kubectl("annotate", "secret", "annotated", "kubectl.kubernetes.io/last-applied-configuration-")
		diff(1, "+    app: calico", with("secretName=annotated", "secret.labels.app=calico")...)
	},
	"kubectl-prune": func(s *scene) {
		labelled := strings.Replace(s.daemonset("docker.io", ""), "labels: {", "labels: {app: calico, ", 1)
		prune := func(in string) { s.apply(in, "--prune", "-l", "app=calico") }
		prune(s.function(0, labelled, emitted...)) // kubectl does not apply objects without the label
		s.waits("FailedToRetrieveImagePullSecret", "429 Too Many Requests")
		prune(s.function(0, labelled, with("secret.labels.app=calico")...))
		s.runs()
		prune(s.function(0, labelled, with("secret.labels.app=calico", "secretName=other")...))
		if got := s.kubectl("get", "secrets", "-o", "jsonpath={.items[*].metadata.name}"); got != "other" {
			s.t.Errorf("Secrets %q", got)
		}
		// kubectl silently skips objects without the label.
		out, err := s.try(s.function(0, s.daemonset("docker.io", ""), with("secret.labels.app=calico")...), "apply", "-f", "-", "-l", "app=calico")
		if err != nil || strings.Contains(out, "daemonset") {
			s.t.Errorf("kubectl apply -l: %v: %s", err, out)
		}
	},
	"kubectl-applyset": func(s *scene) { // kubectl adds the label itself
		for _, name := range []string{"regcred", "other"} {
			s.apply(s.function(0, s.daemonset("docker.io", ""), with("secretName="+name)...), "--prune", "--applyset=calico")
			if got := s.kubectl("get", "secrets", "-l", "applyset.kubernetes.io/part-of", "-o", "jsonpath={.items[*].metadata.name}"); got != name {
				s.t.Errorf("Secrets %q, want %q", got, name)
			}
			s.kubectl("rollout", "status", "daemonset/calico-node", "--timeout=120s")
			if got := s.kubectl("get", "pods", "-o", "jsonpath={.items[*].spec.imagePullSecrets[*].name}"); got != name {
				s.t.Errorf("pods with %q, want %q", got, name)
			}
		}
	},
	"live": func(s *scene) { // docs/verify.md
		s.apply(s.function(0, s.daemonset("docker.io", ""), emitted...))
		s.runs()
		live := s.kubectl("get", "daemonset/calico-node", "secret/regcred", "-o", "yaml")
		s.function(0, live, "--check", "preflight=error", "-")
		s.says("authenticates 2 of 2 images")
		s.function(0, live, "--audit", "-")
		s.apply(s.function(0, s.daemonset("quay.io", ""), with("preflight=ignore")...))
		s.waits(noCredential())
		live = s.kubectl("get", "daemonset/calico-node", "secret/regcred", "-o", "yaml")
		s.function(1, live, "--check", "preflight=error", "-")
		s.says("anonymously, unless the node has")
		s.function(0, live, "--audit", "-") // docker.io by default
		s.function(1, live, "--audit", "audit.registries=*", "-")
	},
}

// TestServers compares the program, its --audit of the live objects, and the pod, for each spelling
// of Docker Hub's server.
func TestServers(t *testing.T) {
	t.Parallel()
	for name, server := range map[string]string{
		"default": "https://index.docker.io/v1/", "index": "index.docker.io", "hub": "docker.io", "https": "https://docker.io", "v2": "https://index.docker.io/v2/",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := begin(t)
			s.apply(s.function(0, s.daemonset("docker.io", ""), with("preflight=error", "secret.server="+server)...))
			s.runs()
			s.verdicts("calico-node", "authenticated")
		})
	}
	for name, server := range map[string]string{
		"no-slash": "https://index.docker.io/v1", "capital": "Docker.io", "registry-1": "registry-1.docker.io", "web": "hub.docker.com", "port": "docker.io:443", "wildcard": "*.docker.io",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := begin(t)
			s.function(2, s.daemonset("docker.io", ""), with("preflight=error", "secret.server="+server)...)
			s.apply(s.daemonset("docker.io", regcred) + s.secret("regcred", dockerJ, jsonKey, login(password, server)))
			s.waits("429 Too Many Requests")
			s.verdicts("calico-node", "anonymous")
		})
	}
}

func TestClaims(t *testing.T) {
	t.Parallel()
	for name, play := range claims {
		t.Run(name, func(t *testing.T) { t.Parallel(); play(begin(t)) })
	}
}

// TestMalformed checks what docs/troubleshooting.md says about Secrets that kubelet cannot read.
func TestMalformed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ content, event string }{
		"no-colon":  {`{"auths":{"open.example.com":{"auth":"dQ=="}}}`, "unable to parse auth field"},
		"no-base64": {`{"auths":{"other.example.com":{"auth":"!!"}}}`, "illegal base64 data"},
		"shape":     {`{"auths":[]}`, "json: cannot unmarshal"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := begin(t)
			in := s.daemonset("open.example.com", "imagePullSecrets: [{name: broken}]") + s.secret("broken", dockerJ, jsonKey, c.content)
			s.function(1, in, emitted...)
			s.apply(in)
			s.waits(c.event)
		})
	}
	t.Run("refused", func(t *testing.T) {
		t.Parallel()
		s := begin(t)
		s.refused("data[.dockerconfigjson]", s.secret("broken", dockerJ, jsonKey, "nope"))
		s.refused("data[.dockerconfigjson]", s.secret("broken", dockerJ, "config.json", login(password, hub)))
	})
}

// TestImageOnTheNode checks the table of docs/upgrading-calico.md: the node has the image, and then
// a pod is new.
func TestImageOnTheNode(t *testing.T) {
	t.Parallel()
	later := this.kubelet != "1.32"
	for name, c := range map[string]struct {
		policy string
		change func(*scene)
		fails  string // from 1.35 on
	}{
		"changed-in-place": {"", func(s *scene) { s.apply(s.secret("regcred", dockerJ, jsonKey, login("wrong", hub))) }, ""},
		"created-again": {"", func(s *scene) {
			s.kubectl("delete", "secret", "regcred")
			s.apply(s.secret("regcred", dockerJ, jsonKey, login(password, hub)))
		}, ""},
		"another-name": {"", func(s *scene) {
			s.apply(s.daemonset("docker.io", "imagePullSecrets: [{name: other}]") + s.secret("other", dockerJ, jsonKey, login(password, hub)))
		}, ""},
		"created-again-wrong": {"", func(s *scene) {
			s.kubectl("delete", "secret", "regcred")
			s.apply(s.secret("regcred", dockerJ, jsonKey, login("wrong", hub)))
		}, "ErrImagePull"},
		"another-name-wrong": {"", func(s *scene) {
			s.apply(s.daemonset("docker.io", "imagePullSecrets: [{name: other}]") + s.secret("other", dockerJ, jsonKey, login("wrong", hub)))
		}, "ErrImagePull"},
		"secret-gone":    {"", func(s *scene) { s.kubectl("delete", "secret", "regcred") }, "ErrImagePull"},
		"reference-gone": {"", func(s *scene) { s.kubectl("delete", "secret", "regcred"); s.apply(s.daemonset("docker.io", "")) }, "ErrImagePull"},
		"malformed":      {"", func(s *scene) { s.apply(s.secret("regcred", dockerJ, jsonKey, `{"auths":{"x":{"auth":"dQ=="}}}`)) }, "unable to parse auth field"},
		"never": {"Never", func(s *scene) {
			s.kubectl("delete", "secret", "regcred")
			s.policy = "Never"
			s.apply(s.daemonset("docker.io", ""))
		}, "ErrImageNeverPull"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := begin(t)
			s.policy = "IfNotPresent"
			s.apply(s.daemonset("docker.io", regcred) + s.secret("regcred", dockerJ, jsonKey, login(password, hub)))
			s.runs()
			c.change(s)
			s.replacePods()
			if later && c.fails != "" {
				s.waits(c.fails)
			} else {
				s.runs()
			}
		})
	}
}
