// SPDX-License-Identifier: Apache-2.0

package function_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/needs"
)

// manifests returns Calico's own manifests, by version and name.
func manifests(t *testing.T) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(needs.Manifests(t), "*", "*.yaml"))
	require.NoError(t, err)
	found := map[string][]byte{}
	for _, file := range files {
		b, err := os.ReadFile(file)
		require.NoError(t, err)
		found[filepath.Base(filepath.Dir(file))+"/"+filepath.Base(file)] = b
	}
	require.GreaterOrEqual(t, len(found), 21, "seven files of three versions")
	return found
}

// targetsOf finds the objects that presets select by another method than the program.
var targetsOf = map[string]*regexp.Regexp{
	"calico-node": regexp.MustCompile(`(?m)^kind: DaemonSet\n(?:.*\n)*?  name: calico-node\n`),
	"canal":       regexp.MustCompile(`(?m)^kind: DaemonSet\n(?:.*\n)*?  name: canal\n`),
	"calico":      regexp.MustCompile(`(?m)^kind: (?:DaemonSet|Deployment)\n(?:.*\n)*?  name: (?:calico-.*|canal|csi-node-driver)\n`),
	"operator":    regexp.MustCompile(`(?m)^kind: Installation\n`),
}

// eachPreset calls check for each manifest and each preset that selects something in it. targets is
// the number of objects that the preset selects.
func eachPreset(t *testing.T, check func(t *testing.T, manifest []byte, preset string, targets int)) {
	calls := 0
	for name, manifest := range manifests(t) {
		for preset, pattern := range targetsOf {
			targets := 0
			for document := range strings.SplitSeq(string(manifest), "\n---") {
				if pattern.MatchString(document + "\n") {
					targets++
				}
			}
			if targets == 0 {
				continue
			}
			calls++
			t.Run(name+" "+preset, func(t *testing.T) { check(t, manifest, preset, targets) })
		}
	}
	require.GreaterOrEqual(t, calls, 30)
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

func arguments(t *testing.T, arguments ...string) *config.Given {
	t.Helper()
	config, err := config.FromArguments(arguments)
	require.NoError(t, err)
	return config
}

// run runs the function on a text from stdin.
func run(in []byte, config *config.Given) function.Report {
	return function.Run([]function.Input{{Source: function.Source{Read: func() ([]byte, error) { return in, nil }}}}, function.Request{Config: config})
}

func filter(t *testing.T, in []byte, config *config.Given) []byte {
	t.Helper()
	report := run(in, config)
	require.True(t, report.OK, report.Findings)
	return bytes.Join(report.Stdout, nil)
}

// added returns the lines of out that are not in in. It fails if out is not in with lines added.
func added(t *testing.T, in, out []byte) (lines []string) {
	t.Helper()
	rest := strings.SplitAfter(string(in), "\n")
	for line := range strings.SplitAfterSeq(string(out), "\n") {
		if len(rest) > 0 && line == rest[0] {
			rest = rest[1:]
		} else {
			lines = append(lines, line)
		}
	}
	require.Empty(t, rest, "something else than added lines")
	return lines
}

func TestRealManifestsGetTwoLinesForEachTarget(t *testing.T) {
	eachPreset(t, func(t *testing.T, manifest []byte, preset string, targets int) {
		for form, in := range map[string][]byte{
			"stream":              manifest,
			"stream with CR LF":   bytes.ReplaceAll(manifest, []byte("\n"), []byte("\r\n")),
			"ResourceList":        resourceList(t, manifest),
			"with CR LF, as list": bytes.ReplaceAll(resourceList(t, manifest), []byte("\n"), []byte("\r\n")),
		} {
			t.Run(form, func(t *testing.T) {
				config := arguments(t, "targets="+preset)
				out := filter(t, in, config)
				body, _, isList := bytes.Cut(out, []byte("results:"))
				lines := added(t, in, body)
				require.Len(t, lines, 2*targets)
				for i := 0; i < len(lines); i += 2 {
					require.Equal(t, "imagePullSecrets:", strings.TrimSpace(lines[i]))
					require.Equal(t, "- name: regcred", strings.TrimSpace(lines[i+1]))
				}
				require.Equal(t, strings.HasPrefix(string(in), "apiVersion: config.kubernetes.io"), isList)
				require.Len(t, references(t, body), targets)
				require.Equal(t, string(out), string(filter(t, out, config)), "a second run changes nothing")
			})
		}
	})
}

const hub, quay = "https://index.docker.io/v1/", "quay.io"

// serverOf returns quay.io if an image of the manifest is from there, else Docker Hub.
func serverOf(manifest []byte) string {
	if bytes.Contains(manifest, []byte("image: quay.io/")) {
		return quay
	}
	return hub
}

// TestRealManifestsAndTheRightServer wants no warning on Calico's own manifests with the right
// server. It wants one with a Secret for another registry, if the manifest shows the images.
func TestRealManifestsAndTheRightServer(t *testing.T) {
	t.Setenv("REGISTRY_USER", "me")
	t.Setenv("REGISTRY_PASSWORD", "it's a secret")
	found := func(t *testing.T, manifest []byte, preset, server, severity string) (found []string) {
		report := run(manifest, arguments(t, "targets="+preset, "secret.server="+server,
			"secret.usernameEnv=REGISTRY_USER", "secret.passwordEnv=REGISTRY_PASSWORD"))
		require.Equal(t, severity != "error", report.OK)
		for _, f := range report.Findings {
			if string(f.Severity) == severity {
				found = append(found, f.Message)
			}
		}
		return found
	}
	eachPreset(t, func(t *testing.T, manifest []byte, preset string, targets int) {
		right, wrong := serverOf(manifest), quay
		if right == quay {
			wrong = hub
		}
		switch mixed := bytes.Contains(manifest, []byte("quay.io/calico/")) && bytes.Contains(manifest, []byte("docker.io/flannel/")); {
		case preset == "operator": // only the operator knows the images
			require.Empty(t, found(t, manifest, preset, right, "warning"))
			require.Empty(t, found(t, manifest, preset, wrong, "warning"))
		case mixed:
			warnings := found(t, manifest, preset, right, "warning")
			require.Len(t, warnings, 1)
			require.Contains(t, warnings[0], ", so kubelet pulls docker.io/flannel/flannel anonymously, ")
			warnings = found(t, manifest, preset, wrong, "warning")
			require.Len(t, warnings, targets)
			require.Contains(t, warnings[0], "quay.io/calico/node")
			require.NotContains(t, warnings[0], "flannel")
		default:
			require.Empty(t, found(t, manifest, preset, right, "warning"))
			errors := found(t, manifest, preset, wrong, "error") // the Secret would be for no image
			require.Len(t, errors, targets)
			require.Contains(t, errors[0], "anonymously, unless the node has a credential of its own")
		}
	})
}

// references returns Kind/name of the objects that reference the Secret regcred, in any
// imagePullSecrets. It fails if one references another Secret.
func references(t *testing.T, in []byte) (found []string) {
	t.Helper()
	for _, n := range objects(t, in) {
		for _, path := range [][]string{{}, {"spec"}, {"template", "spec"}, {"spec", "template", "spec"}, {"spec", "jobTemplate", "spec", "template", "spec"}} {
			list, err := n.Pipe(yaml.Lookup(append(path, "imagePullSecrets")...))
			require.NoError(t, err)
			if list == nil {
				continue
			}
			names, err := list.ElementValues("name")
			require.NoError(t, err)
			if len(names) == 0 {
				continue // the operator's ServiceAccount has [] itself
			}
			require.Equal(t, []string{"regcred"}, names)
			found = append(found, n.GetKind()+"/"+n.GetName())
		}
	}
	return found
}

func objects(t *testing.T, in []byte) []*yaml.RNode {
	t.Helper()
	nodes, err := (&kio.ByteReader{Reader: bytes.NewReader(in), OmitReaderAnnotations: true}).Read()
	require.NoError(t, err)
	return nodes
}

func TestRealManifestsAreWhatTheSDKMakesOfThem(t *testing.T) {
	t.Setenv("REGISTRY_USER", "me")
	t.Setenv("REGISTRY_PASSWORD", "it's a secret")
	eachPreset(t, func(t *testing.T, manifest []byte, preset string, _ int) {
		in := append(resourceList(t, manifest), "functionConfig:\n  apiVersion: fn.kpt.dev/v1alpha1\n  kind: CalicoPullSecrets\n  metadata: {name: c}\n"+
			"  spec: {targets: "+preset+", secret: {usernameEnv: REGISTRY_USER, passwordEnv: REGISTRY_PASSWORD, server: '"+serverOf(manifest)+"'}}\n"...)
		want, err := fn.Run(fn.ResourceListProcessorFunc(function.Process), in)
		require.NoError(t, err)
		require.Equal(t, parsed(t, want), parsed(t, filter(t, in, nil)))
	})
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

// nasty are passwords that quoting, escaping or encoding may break.
var nasty = []string{
	"simple", `&<>"\`, `'single' "double"`, "a:b:c", "$(touch x) `y` ${Z}", "%2F+ =", "ünïcödé", "日本語", "🔑",
	"\u2028\u2029", "tab\\tno", " leading and trailing ", "*alias", "&anchor", "- dash", "yes", "0123", "null", "{}", "# hash",
	strings.Repeat("0123456789", 20), strings.Repeat("ü", 200),
}

func TestTheSecretIsThatOfKubectl(t *testing.T) {
	needs.Program(t, "kubectl")
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
				want, err := needs.Command(t, "kubectl", theirs...).Output()
				require.NoError(t, err)
				out := filter(t, node, arguments(t, ours...))
				_, secret, ok := bytes.Cut(out, []byte("---\n"))
				require.True(t, ok)
				require.Equal(t, secretFields(t, want), secretFields(t, secret))
			})
		}
	}
}

// secretFields returns the fields of a Secret, with its content decoded. It leaves out
// creationTimestamp, which kubectl writes as null.
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
