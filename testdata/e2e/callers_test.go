// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/needs"
)

const typedConfig = `apiVersion: fn.kpt.dev/v1alpha1
kind: CalicoPullSecrets
metadata:
  name: calico-pull-secrets
  annotations:
    config.kubernetes.io/local-config: "true"
spec:
  secret:
    usernameEnv: DOCKERHUB_USERNAME
    passwordEnv: DOCKERHUB_TOKEN
`

const kptfile = `apiVersion: kpt.dev/v1
kind: Kptfile
metadata:
  name: calico
  annotations:
    config.kubernetes.io/local-config: "true"
pipeline:
  mutators:
  - exec: calico-pull-secrets
    configPath: config.yaml
`

// realManifest returns Calico's own manifest.
func realManifest(t *testing.T) string {
	t.Helper()
	return read(t, needs.Manifests(t), "v3.28.0/calico.yaml")
}

// TestEveryCallerGetsTheSame passes Calico's own manifest to the function through every caller,
// twice. Only calico-node must have the reference. There must be one Secret, always with the same
// content.
func TestEveryCallerGetsTheSame(t *testing.T) {
	setCredential(t)
	manifest := realManifest(t)
	arguments := []string{"secret.usernameEnv=DOCKERHUB_USERNAME", "secret.passwordEnv=DOCKERHUB_TOKEN"}
	callers := map[string]func(t *testing.T, manifest string) string{
		"stdin": func(t *testing.T, manifest string) string {
			cmd := needs.Command(t, "calico-pull-secrets", arguments...)
			cmd.Stdin = strings.NewReader(manifest)
			out, err := cmd.Output()
			require.NoError(t, err)
			return string(out)
		},
		"kustomize build": func(t *testing.T, manifest string) string {
			out, stderr, ok := kustomize(t, kustomization(t, map[string]string{
				"kustomization.yaml": "resources: [calico.yaml]\ntransformers: [fn.yaml]\n", "fn.yaml": functionYAML, "calico.yaml": manifest,
			}))
			require.True(t, ok, stderr)
			return out
		},
		"kpt fn eval": func(t *testing.T, manifest string) string {
			dir := kustomization(t, map[string]string{"calico.yaml": manifest})
			kpt(t, append([]string{"fn", "eval", dir, "--exec", "calico-pull-secrets", "--"}, arguments...)...)
			return content(t, dir)
		},
		"kpt fn render": func(t *testing.T, manifest string) string {
			dir := kustomization(t, map[string]string{"calico.yaml": manifest, "config.yaml": typedConfig, "Kptfile": kptfile})
			kpt(t, "fn", "render", dir, "--allow-exec")
			require.Equal(t, kptfile, read(t, dir, "Kptfile"))
			require.Equal(t, typedConfig, read(t, dir, "config.yaml"))
			return content(t, dir)
		},
	}
	secrets := map[string]bool{}
	for name, call := range callers {
		t.Run(name, func(t *testing.T) {
			once := call(t, manifest)
			require.Equal(t, []string{"regcred"}, references(t, once, "DaemonSet"))
			require.Equal(t, 1, strings.Count(once, "imagePullSecrets:"), "only calico-node")
			require.Equal(t, []string{"kube-system/calico-node"}, find(t, once, "DaemonSet"))
			require.Equal(t, []string{"kube-system/regcred"}, find(t, once, "Secret"))
			secrets[objects(t, once, "Secret")[0].GetDataMap()[".dockerconfigjson"]] = true
			require.Equal(t, once, call(t, once), "a second run changes something")
		})
	}
	require.Len(t, secrets, 1)
}

// kpt runs kpt and returns its output.
func kpt(t *testing.T, arguments ...string) string {
	t.Helper()
	out, err := tryKpt(t, arguments...)
	require.NoError(t, err, out)
	return out
}

func tryKpt(t *testing.T, arguments ...string) (string, error) {
	t.Helper()
	out, err := needs.Command(t, "kpt", arguments...).CombinedOutput()
	return string(out), err
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	require.NoError(t, err)
	return string(b)
}

// content returns the manifests of a package as one stream, with the Secret at the end.
func content(t *testing.T, dir string) string {
	t.Helper()
	text := read(t, dir, "calico.yaml")
	if secret, err := os.ReadFile(filepath.Join(dir, "kube-system", "secret_regcred.yaml")); err == nil {
		text += "---\n" + string(secret)
	}
	return text
}

// TestKptSelections runs kpt with --match-kind. The function can add the reference again and again.
// kpt does not pass the Secret, so emitting it would make a second one. That must fail, with and
// without an existing Secret, and change nothing.
func TestKptSelections(t *testing.T) {
	setCredential(t)
	secret := []string{"secret.usernameEnv=DOCKERHUB_USERNAME", "secret.passwordEnv=DOCKERHUB_TOKEN"}
	dir := kustomization(t, map[string]string{"calico.yaml": read(t, "../../examples/manifests", "calico.yaml")})
	eval := func(arguments ...string) error {
		_, err := tryKpt(t, append([]string{"fn", "eval", dir, "--exec", "calico-pull-secrets"}, arguments...)...)
		return err
	}
	selected := append([]string{"--match-kind", "DaemonSet", "--"}, secret...)
	before := content(t, dir)
	require.Error(t, eval(selected...))
	require.Equal(t, before, content(t, dir))

	require.NoError(t, eval("--match-kind", "DaemonSet"))
	require.Equal(t, []string{"regcred"}, references(t, content(t, dir), "DaemonSet"))
	require.NoError(t, eval(append([]string{"--"}, secret...)...))
	after := content(t, dir)
	require.Equal(t, []string{"kube-system/regcred"}, find(t, after, "Secret"))

	require.NoError(t, eval("--match-kind", "DaemonSet"))
	require.Error(t, eval(selected...))
	require.NoError(t, eval(append([]string{"--"}, secret...)...))
	require.Equal(t, after, content(t, dir))
}

// TestBadInputLeavesThePackageAlone runs kpt with common mistakes. One line must name the mistake,
// and no file may change.
func TestBadInputLeavesThePackageAlone(t *testing.T) {
	t.Setenv("DOCKERHUB_USERNAME", "example:x")
	t.Setenv("DOCKERHUB_TOKEN", "not-a-token")
	t.Setenv("EMPTY_TOKEN", "")
	t.Setenv("GOOD_USERNAME", "example")
	calico := read(t, "../../examples/manifests", "calico.yaml")
	const opaque = "---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: regcred\n  namespace: kube-system\ntype: Opaque\n"
	good := []string{"secret.usernameEnv=GOOD_USERNAME", "secret.passwordEnv=DOCKERHUB_TOKEN"}
	for name, c := range map[string]struct {
		manifest  string
		arguments []string
		message   string
	}{
		"unknown field": {calico, []string{"secretNmae=x"}, `data.secretNmae: no such field; hint: did you mean secretName?`},
		"variable that is not set": {
			calico, []string{"secret.usernameEnv=GOOD_USERNAME", "secret.passwordEnv=NO_SUCH_TOKEN"},
			"data.secret.passwordEnv: environment variable NO_SUCH_TOKEN is not set",
		},
		"variable that is empty": {
			calico, []string{"secret.usernameEnv=GOOD_USERNAME", "secret.passwordEnv=EMPTY_TOKEN"},
			"data.secret.passwordEnv: environment variable EMPTY_TOKEN is empty",
		},
		"user name with a colon": {
			calico, []string{"secret.usernameEnv=DOCKERHUB_USERNAME", "secret.passwordEnv=DOCKERHUB_TOKEN"},
			"data.secret.usernameEnv: has a colon in it",
		},
		"server without a slash": {
			calico, append([]string{"secret.server=https://index.docker.io/v1"}, good...),
			"hint: write https://index.docker.io/v1/",
		},
		"name of the Secret":  {calico, []string{"secretName=Reg_Cred"}, `data.secretName: "Reg_Cred" is not a valid name`},
		"Secret that is none": {calico + opaque, good, `v1/Secret/kube-system/regcred: has type "Opaque"`},
		"list that is none": {
			strings.Replace(calico, "      volumes:\n", "      imagePullSecrets: \"regcred\"\n      volumes:\n", 1), nil,
			"spec.template.spec.imagePullSecrets: not a list",
		},
		"no target":                {opaque[4:], nil, "no target: nothing matches calico-node"},
		"argument without a value": {calico, []string{"secretName"}, `the first argument has no "="`},
	} {
		t.Run(name, func(t *testing.T) {
			dir := kustomization(t, map[string]string{"calico.yaml": c.manifest})
			arguments := append([]string{"fn", "eval", dir, "--exec", "calico-pull-secrets", "--results-dir", filepath.Join(t.TempDir(), "results"), "--"}, c.arguments...)
			out, err := tryKpt(t, arguments...)
			require.Error(t, err, out)
			require.Contains(t, out, c.message)
			require.NotContains(t, out, "Stderr", "kpt shows the results: stderr would say them twice")
			require.NotContains(t, out, "not-a-token")
			require.Equal(t, c.manifest, read(t, dir, "calico.yaml"))
			entries, err := os.ReadDir(dir)
			require.NoError(t, err)
			require.Len(t, entries, 1, "a new file")
		})
	}
	for name, stdin := range map[string]string{"empty": "", "garbage": "not YAML: [", "no items": "kind: ResourceList\n"} {
		t.Run("stdin that is "+name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			cmd := needs.Command(t, "calico-pull-secrets")
			cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &stdout, &stderr
			var exit *exec.ExitError
			require.ErrorAs(t, cmd.Run(), &exit)
			require.Equal(t, 1, exit.ExitCode())
			require.Empty(t, stdout.String())
			require.Equal(t, 1, strings.Count(stderr.String(), "error: "), "and at most a hint")
		})
	}
}

// TestCallersShowWhyAListIsRefused hands the function, behind a real caller, a list that nobody can work
// on. The caller must show the reason, and kpt must change nothing. kpt hides results and stderr if the
// output has an item that is no object.
func TestCallersShowWhyAListIsRefused(t *testing.T) {
	needs.OnPath(t, "calico-pull-secrets")
	const list = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n"
	const manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n"
	for name, c := range map[string]struct{ list, reason string }{
		"a key twice":              {list + "- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: a}\nkind: ResourceList\n", "the same mapping key twice"},
		"an item that is text":     {list + "- text\n", "items[0] is not an object"},
		"an item that is null":     {list + "- null\n", "items[0] is not an object"},
		"items that are a mapping": {list[:len(list)-1] + " {a: b}\n", "items is not a list"},
		"no items":                 {"apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n", "ResourceList has no items"},
	} {
		t.Run(name, func(t *testing.T) {
			given := filepath.Join(t.TempDir(), "list.yaml")
			require.NoError(t, os.WriteFile(given, []byte(c.list), 0o600))
			function := "#!/bin/sh\ncat > /dev/null\nexec calico-pull-secrets < " + given + "\n"
			dir := kustomization(t, map[string]string{
				"kustomization.yaml": "resources: [a.yaml]\ntransformers: [fn.yaml]\n", "a.yaml": manifest, "fn.sh": function,
				"fn.yaml": "apiVersion: example.com/v1\nkind: Fn\nmetadata:\n  name: fn\n  annotations:\n    config.kubernetes.io/function: |\n      exec:\n        path: ./fn.sh\n",
			})
			require.NoError(t, os.Chmod(filepath.Join(dir, "fn.sh"), 0o700))
			_, stderr, ok := kustomize(t, dir)
			require.False(t, ok)
			require.Contains(t, stderr, c.reason)

			pkg := kustomization(t, map[string]string{"a.yaml": manifest})
			out, err := tryKpt(t, "fn", "eval", pkg, "--exec", filepath.Join(dir, "fn.sh"))
			require.Error(t, err)
			require.Contains(t, out, c.reason)
			require.Equal(t, manifest, read(t, pkg, "a.yaml"))
		})
	}
}
