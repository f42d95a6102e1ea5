// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/needs"
)

// container runs a container tool, and returns its output.
func container(t *testing.T, stdin string, arguments ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := needs.Command(t, needs.ContainerTool(), arguments...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errs
	err = cmd.Run()
	return out.String(), errs.String(), err
}

// locked returns the arguments of a run as kpt runs it, with fewer rights: no writable file system,
// no capability.
func locked(flags ...string) []string {
	return append([]string{
		"run", "-i", "--rm", "--network", "none", "--read-only", "--cap-drop", "all", "--user", "nobody",
		"--security-opt", "no-new-privileges",
	}, flags...)
}

// credentialFiles writes the credential into files that everybody may read, because the function
// runs as nobody.
func credentialFiles(t *testing.T) (dir string) {
	t.Helper()
	dir = kustomization(t, map[string]string{"username": "example\n", "password": "not-a-token\n"})
	for d := dir; d != os.TempDir() && d != filepath.Dir(d); d = filepath.Dir(d) {
		require.NoError(t, os.Chmod(d, 0o755))
	}
	return dir
}

func indent(text, by string) string {
	return by + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n"+by) + "\n"
}

var (
	fromEnvironment = []string{"secret.usernameEnv=DOCKERHUB_USERNAME", "secret.passwordEnv=DOCKERHUB_TOKEN"}
	fromFiles       = []string{"secret.usernameFile=/credential/username", "secret.passwordFile=/credential/password"}
)

func TestImage(t *testing.T) {
	setCredential(t)
	needs.WithImage(t)
	calico := read(t, "../../examples/manifests", "calico.yaml")
	files := credentialFiles(t)
	volume := files + ":/credential:ro"

	t.Run("ResourceList", func(t *testing.T) {
		daemonSet := strings.Split(calico, "---\n")[1]
		list := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- " + strings.TrimPrefix(indent(daemonSet, "  "), "  ")
		stdout, stderr, err := container(t, list, locked(image)...)
		require.NoError(t, err, stderr)
		require.Contains(t, stdout, "      imagePullSecrets:\n")
		require.Contains(t, stdout, "check: reference")
	})
	for name, c := range map[string]struct{ flags, arguments []string }{
		"environment": {[]string{"-e", "DOCKERHUB_USERNAME", "-e", "DOCKERHUB_TOKEN"}, fromEnvironment},
		"files":       {[]string{"-v", volume}, fromFiles},
	} {
		t.Run(name, func(t *testing.T) {
			run := append(append(locked(c.flags...), image), c.arguments...)
			stdout, stderr, err := container(t, calico, run...)
			require.NoError(t, err, stderr)
			require.Equal(t, []string{"kube-system/regcred"}, find(t, stdout, "Secret"))
			require.Equal(t, []string{"regcred"}, references(t, stdout, "DaemonSet"))
			require.NotContains(t, stderr, "not-a-token")
		})
	}
	for name, c := range map[string]struct {
		arguments []string
		hint      string
	}{
		"missing variable": {fromEnvironment, "kpt fn eval --env"},
		"missing file":     {fromFiles, "kpt fn eval --mount"},
	} {
		t.Run(name, func(t *testing.T) {
			stdout, stderr, err := container(t, calico, append(locked(image), c.arguments...)...)
			require.Error(t, err)
			require.Empty(t, stdout)
			require.Contains(t, stderr, c.hint)
		})
	}
	t.Run("help", func(t *testing.T) {
		stdout, stderr, err := container(t, "", "run", "--rm", "--network", "none", image, "--help")
		require.NoError(t, err, stderr)
		require.Contains(t, stdout, "calico-pull-secrets")
	})
	t.Run("what it is", func(t *testing.T) {
		stdout, stderr, err := container(t, "", "image", "inspect", image)
		require.NoError(t, err, stderr)
		var found []struct {
			Size   int
			Config struct {
				User   string
				Labels map[string]string
			}
		}
		require.NoError(t, json.Unmarshal([]byte(stdout), &found))
		require.Len(t, found, 1)
		require.Less(t, found[0].Size, 14_500_000) // kustomize's library has 3.7 MB of it
		require.Equal(t, "65534:65534", found[0].Config.User)
		for _, label := range []string{"title", "description", "version", "licenses"} {
			require.NotEmpty(t, found[0].Config.Labels["org.opencontainers.image."+label], label)
		}
	})
}

func TestImageInKpt(t *testing.T) {
	setCredential(t)
	needs.WithImage(t)
	mount := "type=bind,src=" + credentialFiles(t) + ",dst=/credential"
	for name, c := range map[string]struct{ flags, arguments []string }{
		"environment": {[]string{"--env", "DOCKERHUB_USERNAME", "--env", "DOCKERHUB_TOKEN"}, fromEnvironment},
		"files":       {[]string{"--mount", mount}, fromFiles},
	} {
		t.Run(name, func(t *testing.T) {
			dir := kustomization(t, map[string]string{"calico.yaml": read(t, "../../examples/manifests", "calico.yaml")})
			eval := append([]string{"fn", "eval", dir, "--image", image, "--image-pull-policy", "Never"}, c.flags...)
			kpt(t, append(append(eval, "--"), c.arguments...)...)
			require.Equal(t, []string{"kube-system/regcred"}, find(t, content(t, dir), "Secret"))
			require.Equal(t, []string{"regcred"}, references(t, content(t, dir), "DaemonSet"))
		})
	}
}

func TestImageInKustomize(t *testing.T) {
	setCredential(t)
	needs.WithImage(t)
	needs.OnPath(t, "docker") // kustomize runs only docker
	files := credentialFiles(t)
	const environment = "  secret:\n    usernameEnv: DOCKERHUB_USERNAME\n    passwordEnv: DOCKERHUB_TOKEN\n"
	const mounted = "  secret:\n    usernameFile: /credential/username\n    passwordFile: /credential/password\n"
	for name, c := range map[string]struct {
		container, secret string
		flags             []string
	}{
		"envs":    {"        envs: [DOCKERHUB_USERNAME, DOCKERHUB_TOKEN]\n", environment, nil},
		"-e":      {"", environment, []string{"-e", "DOCKERHUB_USERNAME", "-e", "DOCKERHUB_TOKEN"}},
		"mounts":  {"        mounts:\n        - {type: bind, src: credential, dst: /credential}\n", mounted, nil},
		"--mount": {"", mounted, []string{"--mount", "type=bind,src=" + files + ",dst=/credential"}},
	} {
		t.Run(name, func(t *testing.T) {
			config := "apiVersion: fn.kpt.dev/v1alpha1\nkind: CalicoPullSecrets\nmetadata:\n  name: calico-pull-secrets\n  annotations:\n" +
				"    config.kubernetes.io/function: |\n      container:\n        image: " + image + "\n" + c.container + "spec:\n" + c.secret
			dir := kustomization(t, map[string]string{
				"kustomization.yaml": "resources: [calico.yaml]\nnamePrefix: a-\ngenerators: [fn.yaml]\ntransformers: [fn.yaml]\n",
				"fn.yaml":            config, "calico.yaml": read(t, "../../examples/manifests", "calico.yaml"),
			})
			if strings.Contains(c.container, "mounts") {
				require.NoError(t, os.CopyFS(filepath.Join(dir, "credential"), os.DirFS(files)))
				for d := dir; d != os.TempDir() && d != filepath.Dir(d); d = filepath.Dir(d) {
					require.NoError(t, os.Chmod(d, 0o755))
				}
			}
			var out, errs bytes.Buffer
			cmd := needs.Command(t, "kustomize", append([]string{"build", "--enable-alpha-plugins", dir}, c.flags...)...)
			cmd.Stdout, cmd.Stderr = &out, &errs
			require.NoError(t, cmd.Run(), errs.String())
			require.Equal(t, []string{"kube-system/a-regcred"}, find(t, out.String(), "Secret"))
			require.Equal(t, []string{"a-regcred"}, references(t, out.String(), "DaemonSet"))
			require.NotContains(t, errs.String(), "not-a-token")
		})
	}
}
