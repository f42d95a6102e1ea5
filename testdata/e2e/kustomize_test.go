// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/needs"
)

const imagePullSecrets = "imagePullSecrets"

// kustomize runs `kustomize build` on dir. It returns true if the build succeeded.
func kustomize(t *testing.T, dir string) (stdout, stderr string, ok bool) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := needs.Command(t, "kustomize", "build", "--enable-alpha-plugins", "--enable-exec", dir)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	return out.String(), errs.String(), err == nil
}

// TestKustomizeExamplesAreGuarded builds each example without the flag that lets kustomize run the
// function. The build must fail. The manifests of a check have the reference, so the test removes
// it.
func TestKustomizeExamplesAreGuarded(t *testing.T) {
	setCredential(t)
	dirs, err := filepath.Glob("../../examples/*kustomize*")
	require.NoError(t, err)
	for _, example := range append(dirs, "../../examples/component/overlays/production") {
		dir := example
		t.Run(filepath.Base(dir), func(t *testing.T) {
			if strings.HasSuffix(dir, "kustomize-check") {
				check := kustomization(t, map[string]string{
					"kustomization.yaml": read(t, dir, "kustomization.yaml"), "guard.yaml": read(t, dir, "guard.yaml"), "calico-pull-secrets.yaml": read(t, dir, "calico-pull-secrets.yaml"),
					"calico.yaml": strings.Replace(read(t, dir, "calico.yaml"), "      imagePullSecrets:\n      - name: regcred\n", "", 1),
				})
				require.NotEqual(t, read(t, dir, "calico.yaml"), read(t, check, "calico.yaml"))
				dir = check
			}
			if strings.HasPrefix(filepath.Base(dir), "image-") { // --enable-alpha-plugins is enough for an image, but not for an executable
				files := map[string]string{}
				for _, name := range []string{"kustomization.yaml", "guard.yaml", "calico-pull-secrets.yaml", "calico.yaml"} {
					files[name] = read(t, dir, name)
				}
				container := "container:\n        image: " + image
				require.Contains(t, files["calico-pull-secrets.yaml"], container)
				files["calico-pull-secrets.yaml"] = strings.Replace(files["calico-pull-secrets.yaml"], container, "exec:\n        path: calico-pull-secrets", 1)
				dir = kustomization(t, files)
			}
			_, stderr, code := runIn(t, dir, "kustomize", "build", "--enable-alpha-plugins")
			require.Equal(t, 1, code)
			require.Regexp(t, `test operation does not apply|failed to find unique target for patch`, stderr)
		})
		t.Run(filepath.Base(example)+" without the object", func(t *testing.T) {
			root := filepath.Join(t.TempDir(), "examples")
			require.NoError(t, os.CopyFS(root, os.DirFS("../../examples")))
			relative, err := filepath.Rel("../../examples", example)
			require.NoError(t, err)
			guard := filepath.Join(root, relative, "guard.yaml")
			if strings.HasPrefix(relative, "component") {
				guard = filepath.Join(root, "component/components/pull-secrets/guard.yaml")
			}
			text := strings.Replace(read(t, "", guard), "\n  metadata:\n    name: ", "\n  metadata:\n    name: another-", 1)
			require.NotEqual(t, read(t, "", guard), text)
			require.NoError(t, os.WriteFile(guard, []byte(text), 0o644))
			if strings.HasPrefix(relative, "image-") {
				config := filepath.Join(root, relative, "calico-pull-secrets.yaml")
				text := strings.Replace(read(t, "", config), "container:\n        image: "+image, "exec:\n        path: calico-pull-secrets", 1)
				require.NoError(t, os.WriteFile(config, []byte(text), 0o644))
			}
			_, stderr, ok := kustomize(t, filepath.Join(root, relative))
			require.False(t, ok)
			require.Contains(t, stderr, "no matches for Id ")
		})
	}
}

func TestKustomizeExamples(t *testing.T) {
	setCredential(t)
	eachExample(t, "*kustomize*", func(t *testing.T, dir string) {
		out, stderr, ok := kustomize(t, dir)
		require.True(t, ok, stderr)
		require.Empty(t, stderr)
		golden := filepath.Join(dir, ".expected", "output.yaml")
		if os.Getenv(updateVariable) == "true" {
			require.NoError(t, os.MkdirAll(filepath.Dir(golden), 0o755))
			require.NoError(t, os.WriteFile(golden, []byte(out), 0o644))
		}
		want, err := os.ReadFile(golden)
		require.NoError(t, err)
		require.Equal(t, string(want), out)

		if hashed := find(t, out, "Secret"); len(hashed) == 1 && hashedName.MatchString(hashed[0]) {
			// Its own output has a Secret of another name than the config. A build from the source
			// gives the same each time, and the names agree.
			again, stderr, ok := kustomize(t, dir)
			require.True(t, ok, stderr)
			require.Equal(t, out, again)
			require.Equal(t, hashed, []string{"kube-system/" + references(t, out, "DaemonSet")[0]})
			return
		}

		// It runs again on its own output. Generated objects are resources now.
		config, err := os.ReadFile(filepath.Join(dir, "calico-pull-secrets.yaml"))
		require.NoError(t, err)
		if !strings.Contains(out, imagePullSecrets) {
			return // only a generator
		}
		if strings.HasSuffix(dir, "-and-transformer") {
			config = bytes.ReplaceAll(config, []byte("secretName: regcred"), []byte("secretName: edge-regcred"))
			config = bytes.ReplaceAll(config, []byte("spec:\n"), []byte("spec:\n  targets: DaemonSet/edge-calico-node\n"))
		}
		again := kustomization(t, map[string]string{
			"kustomization.yaml":       "resources: [output.yaml]\ntransformers: [calico-pull-secrets.yaml]\n",
			"output.yaml":              out,
			"calico-pull-secrets.yaml": string(config),
		})
		out, stderr, ok = kustomize(t, again)
		require.True(t, ok, stderr)
		require.Equal(t, string(want), out)
	})
}

var hashedName = regexp.MustCompile(`/regcred-[a-z0-9]{10}$`)

func setCredential(t *testing.T) {
	t.Helper()
	t.Setenv("DOCKERHUB_USERNAME", "example")
	t.Setenv("DOCKERHUB_TOKEN", "not-a-token")
}

// kustomization writes files by their paths, and returns their folder.
func kustomization(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	return dir
}

const functionYAML = `apiVersion: fn.kpt.dev/v1alpha1
kind: CalicoPullSecrets
metadata:
  name: calico-pull-secrets
  annotations:
    config.kubernetes.io/function: |
      exec:
        path: calico-pull-secrets
spec:
  secret:
    usernameEnv: DOCKERHUB_USERNAME
    passwordEnv: DOCKERHUB_TOKEN
`

// TestKustomizeNamesFollow builds common combinations of names, namespaces and overlays. Wherever
// and however often the function runs, there must be one Secret and one reference with the same
// name.
func TestKustomizeNamesFollow(t *testing.T) {
	setCredential(t)
	const base = "resources: [calico.yaml]\n"
	for name, c := range map[string]struct{ base, overlay, namespace, secret string }{
		"transformer":                             {base, "transformers: [fn.yaml]\n", "kube-system", "regcred"},
		"transformer, prefix":                     {base, "namePrefix: a-\ntransformers: [fn.yaml]\n", "kube-system", "regcred"},
		"transformer, prefix, suffix, namespace":  {base, "namePrefix: a-\nnameSuffix: -b\nnamespace: net\ntransformers: [fn.yaml]\n", "net", "regcred"},
		"generator and transformer":               {base, "generators: [fn.yaml]\ntransformers: [fn.yaml]\n", "kube-system", "regcred"},
		"generator and transformer, prefix":       {base, "namePrefix: a-\ngenerators: [fn.yaml]\ntransformers: [fn.yaml]\n", "kube-system", "a-regcred"},
		"generator and transformer, namespace":    {base, "namePrefix: a-\nnamespace: net\ngenerators: [fn.yaml]\ntransformers: [fn.yaml]\n", "net", "a-regcred"},
		"base and overlay":                        {base + "transformers: [fn.yaml]\n", "transformers: [fn.yaml]\n", "kube-system", "regcred"},
		"base and overlay with prefix":            {base + "transformers: [fn.yaml]\n", "namePrefix: a-\ntransformers: [fn.yaml]\n", "kube-system", "a-regcred"},
		"base with all, overlay with all":         {base + "namePrefix: b-\ngenerators: [fn.yaml]\ntransformers: [fn.yaml]\n", "namePrefix: a-\nnamespace: net\ntransformers: [fn.yaml]\n", "net", "a-b-regcred"},
		"base without, overlay with both":         {base + "nameSuffix: -b\n", "namePrefix: a-\ngenerators: [fn.yaml]\ntransformers: [fn.yaml]\n", "kube-system", "a-regcred"},
		"base with both, overlay without, prefix": {base + "generators: [fn.yaml]\ntransformers: [fn.yaml]\n", "namePrefix: a-\n", "kube-system", "a-regcred"},
	} {
		t.Run(name, func(t *testing.T) {
			calico, err := os.ReadFile("../../examples/manifests/calico.yaml")
			require.NoError(t, err)
			dir := kustomization(t, map[string]string{
				"base/calico.yaml": string(calico), "base/fn.yaml": functionYAML, "base/kustomization.yaml": c.base,
				"overlay/fn.yaml": functionYAML, "overlay/kustomization.yaml": "resources: [../base]\n" + c.overlay,
			})
			out, stderr, ok := kustomize(t, filepath.Join(dir, "overlay"))
			require.True(t, ok, stderr)
			require.Empty(t, stderr)
			require.Equal(t, []string{c.namespace + "/" + c.secret}, find(t, out, "Secret"))
			require.Len(t, find(t, out, "DaemonSet"), 1)
			require.Equal(t, []string{c.secret}, references(t, out, "DaemonSet"))
			require.Empty(t, references(t, out, "Deployment"))
			require.NotContains(t, out, "kustomize.config.k8s.io")
			require.NotContains(t, out, "internal.config.kubernetes.io")
		})
	}
}

// TestKustomizeComponents has the function in a component that overlays include. One overlay also
// has a base that runs the function.
func TestKustomizeComponents(t *testing.T) {
	setCredential(t)
	calico, err := os.ReadFile("../../examples/manifests/calico.yaml")
	require.NoError(t, err)
	const component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
	for name, c := range map[string]struct{ component, base, overlay, secret string }{
		"transformer":                      {"transformers: [fn.yaml]\n", "", "", "regcred"},
		"transformer, prefix":              {"transformers: [fn.yaml]\n", "", "namePrefix: a-\n", "a-regcred"},
		"both":                             {"generators: [fn.yaml]\ntransformers: [fn.yaml]\n", "", "nameSuffix: -b\n", "regcred-b"},
		"base, too":                        {"transformers: [fn.yaml]\n", "transformers: [fn.yaml]\n", "", "regcred"},
		"base, too, and overlay, prefixed": {"transformers: [fn.yaml]\n", "namePrefix: b-\ntransformers: [fn.yaml]\n", "namePrefix: a-\ntransformers: [fn.yaml]\n", "a-regcred"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := kustomization(t, map[string]string{
				"component/fn.yaml": functionYAML, "component/kustomization.yaml": component + c.component,
				"base/calico.yaml": string(calico), "base/fn.yaml": functionYAML, "base/kustomization.yaml": "resources: [calico.yaml]\n" + c.base,
				"overlay/fn.yaml": functionYAML, "overlay/kustomization.yaml": "resources: [../base]\ncomponents: [../component]\n" + c.overlay,
			})
			out, stderr, ok := kustomize(t, filepath.Join(dir, "overlay"))
			require.True(t, ok, stderr)
			require.Empty(t, stderr)
			require.Equal(t, []string{"kube-system/" + c.secret}, find(t, out, "Secret"))
			require.Equal(t, []string{c.secret}, references(t, out, "DaemonSet"))
		})
	}
}

// TestKustomizeRenamesTheSecretOfAnInstallation has an overlay that renames the Secret. kustomize
// does not rename the reference in an Installation, so the function does.
func TestKustomizeRenamesTheSecretOfAnInstallation(t *testing.T) {
	setCredential(t)
	config := strings.Replace(functionYAML, "spec:\n", "spec:\n  targets: operator\n", 1)
	dir := kustomization(t, map[string]string{
		"base/fn.yaml": config, "base/kustomization.yaml": "resources: [installation.yaml]\ntransformers: [fn.yaml]\n",
		"base/installation.yaml": "apiVersion: operator.tigera.io/v1\nkind: Installation\nmetadata:\n  name: default\n",
		"overlay/fn.yaml":        config, "overlay/kustomization.yaml": "resources: [../base]\nnamePrefix: a-\ntransformers: [fn.yaml]\n",
	})
	out, stderr, ok := kustomize(t, filepath.Join(dir, "overlay"))
	require.True(t, ok, stderr)
	require.Equal(t, []string{"tigera-operator/a-regcred"}, find(t, out, "Secret"))
	list, err := objects(t, out, "Installation")[0].Pipe(yaml.Lookup("spec", imagePullSecrets))
	require.NoError(t, err)
	names, err := list.ElementValues("name")
	require.NoError(t, err)
	require.Equal(t, []string{"a-regcred"}, names)
}

func TestKustomizeShowsWarningsAndErrors(t *testing.T) {
	t.Setenv("DOCKERHUB_USERNAME", "example")
	t.Setenv("DOCKERHUB_TOKEN", "")
	calico, err := os.ReadFile("../../examples/manifests/calico.yaml")
	require.NoError(t, err)
	for name, c := range map[string]struct {
		kustomization, config, stderr string
		ok                            bool
	}{
		"an error, with a line for each problem": {
			"resources: [calico.yaml]\ntransformers: [fn.yaml]\n", functionYAML + "  onMissing: never\n",
			"calico-pull-secrets: error: spec.onMissing: is not an allowed value\ncalico-pull-secrets: hint: write error, warn or ignore\n", false,
		},
		"an empty variable": {
			"resources: [calico.yaml]\ntransformers: [fn.yaml]\n", functionYAML,
			"calico-pull-secrets: error: spec.secret.passwordEnv: environment variable DOCKERHUB_TOKEN is empty\n", false,
		},
		"no target": {
			"resources: [calico.yaml]\ntransformers: [fn.yaml]\n", strings.Split(functionYAML, "  secret:")[0] + "  targets: canal\n",
			"calico-pull-secrets: error: no target: nothing matches canal; found DaemonSet kube-system/calico-node, Deployment kube-system/calico-kube-controllers\ncalico-pull-secrets: hint: set targets=calico-node\n", false,
		},
		"a warning": {
			"resources: [calico.yaml]\ntransformers: [fn.yaml]\n", strings.Split(functionYAML, "  secret:")[0] + "  targets: canal\n  onMissing: warn\n",
			"calico-pull-secrets: warning: no target: nothing matches canal; found DaemonSet kube-system/calico-node, Deployment kube-system/calico-kube-controllers\ncalico-pull-secrets: hint: set targets=calico-node\n", true,
		},
		"a check that finds no reference": {
			"resources: [calico.yaml]\ntransformers: [fn.yaml]\n", strings.Split(functionYAML, "  secret:")[0] + "  mode: check\n",
			"calico-pull-secrets: error: DaemonSet kube-system/calico-node: spec.template.spec.imagePullSecrets: does not reference Secret \"regcred\"\n", false,
		},
		"an audit that finds an anonymous pull": {
			"resources: [calico.yaml]\ntransformers: [fn.yaml]\n", strings.Split(functionYAML, "  secret:")[0] + "  mode: audit\n",
			": no imagePullSecrets, so kubelet pulls docker.io/calico/node anonymously, unless the node has a credential of its own\n", false,
		},
		"a generator that generates nothing": {
			"generators: [fn.yaml]\n", strings.Split(functionYAML, "  secret:")[0] + "  secretName: x\n",
			"calico-pull-secrets: warning: nothing to generate: a generator sees no resources, and the config has no secret\n", true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := kustomization(t, map[string]string{
				"kustomization.yaml": c.kustomization, "fn.yaml": c.config, "calico.yaml": string(calico),
			})
			_, stderr, ok := kustomize(t, dir)
			require.Equal(t, c.ok, ok, stderr)
			require.Contains(t, stderr, c.stderr)
		})
	}
}

// find returns NAMESPACE/NAME of all objects of a kind.
func find(t *testing.T, manifests, kind string) (names []string) {
	t.Helper()
	for _, n := range objects(t, manifests, kind) {
		names = append(names, n.GetNamespace()+"/"+n.GetName())
	}
	return names
}

// references returns the names in imagePullSecrets of all objects of a kind.
func references(t *testing.T, manifests, kind string) (names []string) {
	t.Helper()
	for _, n := range objects(t, manifests, kind) {
		list, err := n.Pipe(yaml.Lookup("spec", "template", "spec", imagePullSecrets))
		require.NoError(t, err)
		if list == nil {
			continue
		}
		in, err := list.ElementValues("name")
		require.NoError(t, err)
		names = append(names, in...)
	}
	return names
}

func objects(t *testing.T, manifests, kind string) (found []*yaml.RNode) {
	t.Helper()
	nodes, err := (&kio.ByteReader{Reader: strings.NewReader(manifests), OmitReaderAnnotations: true}).Read()
	require.NoError(t, err)
	for _, n := range nodes {
		if n.GetKind() == kind {
			found = append(found, n)
		}
	}
	return found
}
