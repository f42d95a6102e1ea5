// SPDX-License-Identifier: Apache-2.0

package node

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/calico-pull-secrets/testdata/node/programs"
)

const (
	nodeIP = "198.51.100.1" // an address for documentation, here on the loopback device
	pause  = "localhost/pause:1"
)

// dir is the folder of the node. this is the node under test. function is the program under test.
var (
	dir, function string
	this          node
	isOld         bool // containerd 1.6 or older: it has other messages
)

// TestMain runs the tests on each node, one after the other, or only on the node that KUBELET
// names.
func TestMain(m *testing.M) {
	wanted := nodes
	for _, n := range nodes {
		if n.kubelet == os.Getenv("KUBELET") {
			this, wanted = n, []node{n}
		}
	}
	if dir = os.Getenv(inside); dir != "" {
		os.Exit(run(m))
	}
	if v := os.Getenv("KUBELET"); v != "" && this.kubelet == "" {
		fmt.Fprintf(os.Stderr, "KUBELET=%s: there are %v\n", v, nodes)
		os.Exit(1)
	}
	code, err := runOn(wanted)
	switch {
	case err == nil:
	case errors.Is(err, errMissing) && os.Getenv("CI") != "true":
		fmt.Println("skipped:", err)
	default:
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// runOn prepares the nodes, and runs the tests on one after the other. It returns the highest exit
// code.
func runOn(nodes []node) (code int, err error) {
	if err := prepare(nodes); err != nil {
		return 0, err
	}
	folder, err := os.MkdirTemp("", "node-image")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(folder)
	image, err := buildImage(folder)
	if err != nil {
		return 0, err
	}
	os.Setenv(imageFile, image)
	for _, n := range nodes {
		begin := time.Now()
		c, err := isolate(n)
		if err != nil {
			return code, err
		}
		fmt.Printf("kubelet %s: exit code %d after %v\n", n.kubelet, c, time.Since(begin).Round(time.Second))
		code = max(code, c)
	}
	return code, nil
}

// run runs the tests in the isolated process. All processes that it started end with it.
func run(m *testing.M) int {
	err := settle()
	if err == nil {
		err = up()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		logs, _ := filepath.Glob(filepath.Join(dir, "*.log"))
		for _, log := range logs {
			b, _ := os.ReadFile(log)
			fmt.Fprintf(os.Stderr, "== %s\n%s\n", filepath.Base(log), b[max(0, len(b)-2000):])
		}
		return 1
	}
	return m.Run()
}

// start runs a program in the background. Its output goes into a file.
func start(name, program string, args ...string) error {
	log, err := os.Create(filepath.Join(dir, name+".log"))
	if err != nil {
		return err
	}
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, log, log
	return cmd.Start()
}

// until calls f for up to two minutes, until it succeeds.
func until(what string, f func() error) (err error) {
	for range 240 {
		if err = f(); err == nil {
			return nil
		}
		time.Sleep(500 * time.Millisecond)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// ctr runs containerd's client.
func ctr(args ...string) func() error {
	return command("ctr", append([]string{"-a", filepath.Join(dir, "containerd.sock"), "-n", "k8s.io"}, args...)...)
}

func command(name string, args ...string) func() error {
	return func() error {
		out, err := exec.Command(name, args...).CombinedOutput()
		if err != nil {
			return fmt.Errorf("%s %s: %w: %s", name, args[0], err, out)
		}
		return nil
	}
}

// up starts registries, containerd, the control plane and the kubelet.
func up() error {
	os.Setenv("KUBECONFIG", filepath.Join(dir, "kubeconfig"))
	os.Setenv("CGO_ENABLED", "0")
	function = filepath.Join(dir, "calico-pull-secrets")
	stub := filepath.Join(dir, "stub")
	here, err := os.Getwd()
	if err != nil {
		return err
	}
	root := filepath.Join(here, "..", "..")
	for _, f := range []func() error{
		command("go", "build", "-C", root, "-o", function, "."),
		command("go", "build", "-C", here, "-o", stub, "./stub"),
	} {
		if err := f(); err != nil {
			return err
		}
	}
	if err := files(); err != nil {
		return err
	}
	if err := serve(stub); err != nil {
		return err
	}
	containerd := "containerd"
	if this.containerd != "" {
		folder, _, err := programs.Dir("containerd/" + this.containerd)
		if err != nil {
			return err
		}
		containerd = filepath.Join(folder, "containerd")
		os.Setenv("PATH", folder+":"+os.Getenv("PATH")) // containerd finds its shim there
	}
	said, err := exec.Command(containerd, "--version").Output()
	if err != nil {
		return err
	}
	isOld = regexp.MustCompile(` v?1\.[0-6]\.`).Match(said)
	if err := start("containerd", containerd, "-c", "containerd.toml"); err != nil {
		return err
	}
	if err := until("containerd", ctr("version")); err != nil {
		return err
	}
	for _, f := range []func() error{
		ctr("images", "pull", "--plain-http", "--snapshotter", "native", "127.0.0.1:5002/pause:1"),
		ctr("images", "tag", "127.0.0.1:5002/pause:1", pause),
	} {
		if err := f(); err != nil {
			return err
		}
	}
	control, _, err := programs.Dir("kubernetes/1.32")
	if err != nil {
		return err
	}
	kubelet, _, err := programs.Dir("kubernetes/" + this.kubelet)
	if err != nil {
		return err
	}
	for _, p := range [][]string{
		{"etcd", "etcd", "--data-dir", "etcd", "--listen-client-urls", "http://127.0.0.1:2379", "--advertise-client-urls", "http://127.0.0.1:2379", "--listen-peer-urls", "http://127.0.0.1:2380"},
		{"kube-apiserver", filepath.Join(control, "kube-apiserver"), "--etcd-servers=http://127.0.0.1:2379", "--bind-address=127.0.0.1", "--advertise-address=" + nodeIP, "--secure-port=6443", "--cert-dir=certs",
			"--service-cluster-ip-range=10.96.0.0/16", "--service-account-issuer=https://kubernetes", "--service-account-key-file=sa.key", "--service-account-signing-key-file=sa.key",
			"--authorization-mode=AlwaysAllow", "--token-auth-file=tokens", "--allow-privileged=true"},
	} {
		if err := start(p[0], p[1], p[2:]...); err != nil {
			return err
		}
	}
	if err := until("kube-apiserver", command("kubectl", "get", "--raw", "/readyz")); err != nil {
		return err
	}
	for _, p := range [][]string{
		{control, "kube-controller-manager", "--kubeconfig=kubeconfig", "--use-service-account-credentials=false", "--service-account-private-key-file=sa.key", "--leader-elect=false", "--root-ca-file=certs/apiserver.crt", "--bind-address=127.0.0.1"},
		{control, "kube-scheduler", "--kubeconfig=kubeconfig", "--leader-elect=false", "--bind-address=127.0.0.1"},
		{kubelet, "kubelet", "--config=kubelet.yaml", "--kubeconfig=kubeconfig", "--hostname-override=node1", "--node-ip=" + nodeIP, "--root-dir=" + filepath.Join(dir, "kubelet")},
	} {
		if err := start(p[1], filepath.Join(p[0], p[1]), p[2:]...); err != nil {
			return err
		}
	}
	return until("kubelet", command("kubectl", "get", "node", "node1"))
}

// serve starts the registries.
func serve(stub string) error {
	b, err := os.ReadFile(stub)
	if err != nil {
		return err
	}
	images, err := newImages(b)
	if err != nil {
		return err
	}
	if file := os.Getenv(imageFile); file != "" {
		if err := images.load("calico-pull-secrets:v0.1.0", file); err != nil {
			return err
		}
	}
	if err := images.box("docker/library/busybox:1.37"); err != nil {
		return err
	}
	ports := map[int]bool{}
	for host, r := range registries {
		hosts := fmt.Sprintf("server = \"http://127.0.0.1:%[1]d\"\n[host.\"http://127.0.0.1:%[1]d\"]\n  capabilities = [\"pull\", \"resolve\"]\n", r.port)
		if err := write(filepath.Join("certs.d", host, "hosts.toml"), hosts); err != nil {
			return err
		}
		if !ports[r.port] {
			ports[r.port] = true
			go http.ListenAndServe(fmt.Sprintf("127.0.0.1:%d", r.port), r.handler(images))
		}
	}
	return nil
}

func write(name, content string) error {
	name = filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, []byte(content), 0o600)
}

// files writes the configuration of all programs.
func files() error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	var sa bytes.Buffer
	pem.Encode(&sa, &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	extra := ""
	if this.kubelet != "1.32" {
		extra = "failCgroupV1: false\n"
	}
	for name, content := range map[string]string{
		"sa.key": sa.String(),
		"tokens": "local,admin,1,system:masters\n",
		"kubeconfig": `apiVersion: v1
kind: Config
clusters: [{name: node, cluster: {server: "https://127.0.0.1:6443", insecure-skip-tls-verify: true}}]
users: [{name: node, user: {token: local}}]
contexts: [{name: node, context: {cluster: node, user: node}}]
current-context: node
`,
		"containerd.toml": strings.ReplaceAll(`version = 2
root = "DIR/containerd"
state = "DIR/containerd-run"
[grpc]
address = "DIR/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "`+pause+`"
restrict_oom_score_adj = true
[plugins."io.containerd.grpc.v1.cri".containerd]
snapshotter = "native"
[plugins."io.containerd.grpc.v1.cri".registry]
config_path = "DIR/certs.d"
`, "DIR", dir),
		"kubelet.yaml": `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: 127.0.0.1
containerRuntimeEndpoint: unix://` + dir + `/containerd.sock
cgroupDriver: cgroupfs
cgroupsPerQOS: false
enforceNodeAllocatable: []
failSwapOn: false
authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
authorization: {mode: AlwaysAllow}
serializeImagePulls: false
syncFrequency: 5s
evictionHard: {memory.available: "1Mi"}
` + extra,
	} {
		if err := write(name, content); err != nil {
			return err
		}
	}
	return nil
}
