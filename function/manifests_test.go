// SPDX-License-Identifier: Apache-2.0

package function_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"calico-pull-secrets/function"
)

// skip ends a test that needs something that is not here. With CI=true that is
// a failure.
func skip(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("needs %s", what)
	}
	t.Skipf("needs %s", what)
}

var calicoNode = regexp.MustCompile(`(?m)^kind: DaemonSet\n(?:.*\n)*?  name: calico-node\n`)

// manifests returns the files of Calico that have a calico-node, by their names.
func manifests(t *testing.T) map[string][]byte {
	t.Helper()
	dir := os.Getenv("CALICO_MANIFESTS")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "calico")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.yaml"))
	require.NoError(t, err)
	if len(files) == 0 {
		skip(t, "Calico's manifests: set CALICO_MANIFESTS to a folder with VERSION/calico.yaml")
	}
	found := map[string][]byte{}
	for _, file := range files {
		b, err := os.ReadFile(file)
		require.NoError(t, err)
		for document := range strings.SplitSeq(string(b), "\n---") {
			if calicoNode.MatchString(document + "\n") {
				found[filepath.Base(filepath.Dir(file))+"/"+filepath.Base(file)] = b
			}
		}
	}
	require.GreaterOrEqual(t, len(found), 9, "calico.yaml, calico-typha.yaml and calico-etcd.yaml of three versions")
	return found
}

// resourceList returns manifests as the items of a list, as kpt sends them.
func resourceList(t *testing.T, manifests []byte) []byte {
	t.Helper()
	nodes, err := (&kio.ByteReader{Reader: bytes.NewReader(manifests)}).Read()
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, kio.ByteWriter{
		Writer: &b, KeepReaderAnnotations: true, WrappingKind: kio.ResourceListKind, WrappingAPIVersion: kio.ResourceListAPIVersion,
	}.Write(nodes))
	return b.Bytes()
}

func arguments(t *testing.T, arguments ...string) *fn.KubeObject {
	t.Helper()
	config, err := function.ArgumentsConfig(arguments)
	require.NoError(t, err)
	return config
}

func filter(t *testing.T, in []byte, config *fn.KubeObject) []byte {
	t.Helper()
	report := function.Filter(in, config)
	require.True(t, report.OK, report.Messages)
	return bytes.Join(report.Output, nil)
}

// inserted returns what out has that in has not, line by line, and fails if out
// is not in with these lines put in at one place.
func inserted(t *testing.T, in, out []byte) []string {
	t.Helper()
	a, b := strings.SplitAfter(string(in), "\n"), strings.SplitAfter(string(out), "\n")
	same := 0
	for same < len(a) && a[same] == b[same] {
		same++
	}
	added := len(b) - len(a)
	require.GreaterOrEqual(t, added, 0)
	require.Equal(t, a[same:], b[same+added:], "something else than added lines")
	return b[same : same+added]
}

func TestRealManifestsGetTwoLines(t *testing.T) {
	for name, manifest := range manifests(t) {
		t.Run(name, func(t *testing.T) {
			for form, in := range map[string][]byte{
				"stream":              manifest,
				"stream with CR LF":   bytes.ReplaceAll(manifest, []byte("\n"), []byte("\r\n")),
				"ResourceList":        resourceList(t, manifest),
				"with CR LF, as list": bytes.ReplaceAll(resourceList(t, manifest), []byte("\n"), []byte("\r\n")),
			} {
				t.Run(form, func(t *testing.T) {
					out := filter(t, in, nil)
					body, _, isList := bytes.Cut(out, []byte("results:"))
					lines := inserted(t, in, body)
					require.Len(t, lines, 2)
					require.Equal(t, "imagePullSecrets:", strings.TrimSpace(lines[0]))
					require.Equal(t, "- name: regcred", strings.TrimSpace(lines[1]))
					require.Equal(t, strings.HasPrefix(string(in), "apiVersion: config.kubernetes.io"), isList)
					require.Equal(t, []string{"regcred"}, pullSecretsOf(t, body, "DaemonSet", "calico-node"))
					require.Equal(t, string(out), string(filter(t, out, nil)), "a second run changes nothing")
				})
			}
		})
	}
}

// pullSecretsOf returns the names in imagePullSecrets of an object's pod spec.
func pullSecretsOf(t *testing.T, in []byte, kind, name string) []string {
	t.Helper()
	nodes, err := (&kio.ByteReader{Reader: bytes.NewReader(in), OmitReaderAnnotations: true}).Read()
	require.NoError(t, err)
	for _, n := range nodes {
		if n.GetKind() != kind || n.GetName() != name {
			continue
		}
		list, err := n.Pipe(yaml.Lookup("spec", "template", "spec", "imagePullSecrets"))
		require.NoError(t, err)
		names, err := list.ElementValues("name")
		require.NoError(t, err)
		return names
	}
	t.Fatalf("no %s %s", kind, name)
	return nil
}

func TestRealManifestsAreWhatTheSDKMakesOfThem(t *testing.T) {
	t.Setenv("REGISTRY_USER", "me")
	t.Setenv("REGISTRY_PASSWORD", "it's a secret")
	config := "functionConfig:\n  apiVersion: fn.kpt.dev/v1alpha1\n  kind: CalicoPullSecrets\n  metadata: {name: c}\n" +
		"  spec: {secret: {usernameEnv: REGISTRY_USER, passwordEnv: REGISTRY_PASSWORD}}\n"
	for name, manifest := range manifests(t) {
		t.Run(name, func(t *testing.T) {
			in := append(resourceList(t, manifest), config...)
			want, err := fn.Run(fn.ResourceListProcessorFunc(function.Process), in)
			require.NoError(t, err)
			require.Equal(t, parsed(t, want), parsed(t, filter(t, in, nil)))
		})
	}
}

// parsed returns a ResourceList as the SDK reads and writes it.
func parsed(t *testing.T, in []byte) string {
	t.Helper()
	rl, err := fn.ParseResourceList(in)
	require.NoError(t, err)
	rl.Sort()
	var b strings.Builder
	for _, o := range rl.Items {
		n, err := yaml.Parse(o.String())
		require.NoError(t, err)
		json, err := n.MarshalJSON()
		require.NoError(t, err)
		fmt.Fprintln(&b, string(json))
	}
	fmt.Fprintln(&b, rl.Results)
	return b.String()
}

// nasty are passwords that quoting, escaping or encoding may get wrong.
var nasty = []string{
	"simple", `&<>"\`, `'single' "double"`, "a:b:c", "$(touch x) `y` ${Z}", "%2F+ =", "ünïcödé", "日本語", "🔑",
	"\u2028\u2029", "tab\\tno", " leading and trailing ", "*alias", "&anchor", "- dash", "yes", "0123", "null", "{}", "# hash",
	strings.Repeat("0123456789", 20), strings.Repeat("ü", 200),
}

func TestTheSecretIsThatOfKubectl(t *testing.T) {
	kubectl, err := exec.LookPath("kubectl")
	if err != nil {
		skip(t, "kubectl")
	}
	node := []byte("apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: calico-node, namespace: kube-system}\nspec: {template: {spec: {}}}\n")
	for i, password := range nasty {
		for _, c := range []struct{ server, email string }{
			{"", ""}, {"quay.io", "me@example.com"}, {"https://registry.example.com:5000/v2/", `"&"@example.com`},
		} {
			t.Run(fmt.Sprintf("password %d on %q", i, c.server), func(t *testing.T) {
				t.Setenv("REGISTRY_USER", "me<&>")
				t.Setenv("REGISTRY_PASSWORD", password)
				ours := []string{"secret.usernameEnv=REGISTRY_USER", "secret.passwordEnv=REGISTRY_PASSWORD", "secret.email=" + c.email}
				theirs := []string{
					"create", "secret", "docker-registry", "regcred", "--dry-run=client", "-o", "yaml", "--namespace", "kube-system",
					"--docker-username=me<&>", "--docker-password=" + password, "--docker-email=" + c.email,
				}
				if c.server != "" {
					ours = append(ours, "secret.server="+c.server)
					theirs = append(theirs, "--docker-server="+c.server)
				}
				want, err := exec.Command(kubectl, theirs...).Output()
				require.NoError(t, err)
				out := filter(t, node, arguments(t, ours...))
				_, secret, ok := bytes.Cut(out, []byte("---\n"))
				require.True(t, ok)
				require.Equal(t, secretFields(t, want), secretFields(t, secret))
			})
		}
	}
}

// secretFields returns what a Secret is: all but creationTimestamp, which
// kubectl writes as null, and with its content decoded.
func secretFields(t *testing.T, in []byte) map[string]string {
	t.Helper()
	n, err := yaml.Parse(string(in))
	require.NoError(t, err)
	data := n.GetDataMap()
	require.Len(t, data, 1)
	content, err := base64.StdEncoding.DecodeString(data[".dockerconfigjson"])
	require.NoError(t, err)
	kind, err := n.GetString("type")
	require.NoError(t, err)
	return map[string]string{
		"apiVersion": n.GetApiVersion(), "kind": n.GetKind(), "name": n.GetName(), "namespace": n.GetNamespace(),
		"type": kind, "content": string(content),
		"labels": fmt.Sprint(n.GetLabels()), "annotations": fmt.Sprint(n.GetAnnotations()),
	}
}
