// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/needs"
)

// The recipes are the examples for tools that run the program. For each the tests run the command
// in its files, in a repository like a user's. They leave out the tool itself: a step that fetches
// and builds the program, the pull of a chart, a cluster.

const (
	recipes  = "../../examples"
	twoLines = "      imagePullSecrets:\n        - name: regcred\n"
)

func TestRecipesArgoCD(t *testing.T) {
	manifest := setUpRecipe(t)
	plugin := parse(t, "argo-cd/plugin.yaml")
	command := append(text(t, plugin, "spec", "generate", "command"), text(t, plugin, "spec", "generate", "args")...)
	repo := kustomization(t, map[string]string{"calico.yaml": manifest})
	out, stderr, code := runIn(t, repo, command...)
	require.Zero(t, code, stderr)
	requireTheTwoLines(t, manifest, out)
	require.Equal(t, manifest, contents(t, repo, "calico.yaml"))

	// The Application sets the plugin's variables.
	application := parse(t, "argo-cd/application.yaml")
	require.Equal(t, text(t, plugin, "metadata", "name"), text(t, application, "spec", "source", "plugin", "name"))
	script := strings.Join(command, " ")
	list, err := application.Pipe(yaml.Lookup("spec", "source", "plugin", "env"))
	require.NoError(t, err)
	names, err := list.ElementValues("name")
	require.NoError(t, err)
	for _, name := range names {
		require.Contains(t, script, "ARGOCD_ENV_"+name)
	}
	t.Setenv("ARGOCD_ENV_SECRET_NAME", "hub")
	out, stderr, code = runIn(t, repo, command...)
	require.Zero(t, code, stderr)
	require.Equal(t, []string{"hub"}, references(t, out, "DaemonSet"))

	t.Setenv("ARGOCD_ENV_TARGETS", "canal")
	out, stderr, code = runIn(t, repo, command...)
	require.Equal(t, 1, code)
	require.Empty(t, out)
	require.Contains(t, stderr, "set targets=calico-node")
}

// TestRecipesArgoCDWithKustomize builds as the repo server does with the build options. It installs
// the program as the init container does.
func TestRecipesArgoCDWithKustomize(t *testing.T) {
	setUpRecipe(t)
	needs.OnPath(t, "kustomize")
	options := text(t, parse(t, "argo-cd/kustomize/argocd-cm-patch.yaml"), "data", "kustomize.buildOptions")[0]
	out, stderr, code := runIn(t, "../../examples/kustomize-transformer", append([]string{"kustomize", "build", "."}, strings.Fields(options)...)...)
	require.Zero(t, code, stderr)
	require.Equal(t, []string{"regcred"}, references(t, out, "DaemonSet"))

	patch := parse(t, "argo-cd/kustomize/repo-server-patch.yaml")
	init := []string{"spec", "template", "spec", "initContainers", "0"}
	arguments := text(t, patch, append(init, "args")...)
	require.Equal(t, text(t, patch, append(init, "volumeMounts", "0", "mountPath")...)[0], arguments[1])
	dir := t.TempDir()
	_, stderr, code = runIn(t, dir, "calico-pull-secrets", arguments[0], dir)
	require.Zero(t, code, stderr)
	mount := []string{"spec", "template", "spec", "containers", "0", "volumeMounts", "0"}
	require.FileExists(t, filepath.Join(dir, text(t, patch, append(mount, "subPath")...)[0]))
}

// TestRecipesArgoCDWithSecret runs the plugin that emits the Secret: on a manifest, on a
// kustomization, and on a kustomization that fails.
func TestRecipesArgoCDWithSecret(t *testing.T) {
	manifest := setUpRecipe(t)
	needs.OnPath(t, "kustomize")
	plugin := parse(t, "argo-cd/plugin-with-secret.yaml")
	command := append(text(t, plugin, "spec", "generate", "command"), text(t, plugin, "spec", "generate", "args")...)
	for _, files := range []map[string]string{
		{"calico.yaml": manifest},
		{"calico.yaml": manifest, "kustomization.yaml": "resources: [calico.yaml]\n"},
		{"manifest.yaml": manifest, "kustomization.yml": "resources: [manifest.yaml]\n"},
		{"manifest.yaml": manifest, "Kustomization": "resources: [manifest.yaml]\n"},
	} {
		out, stderr, code := runIn(t, kustomization(t, files), command...)
		require.Zero(t, code, stderr)
		require.Empty(t, stderr)
		require.Equal(t, []string{"regcred"}, references(t, out, "DaemonSet"))
		require.Equal(t, []string{"kube-system/regcred"}, find(t, out, "Secret"))
	}
	out, _, code := runIn(t, kustomization(t, map[string]string{"kustomization.yaml": "resources: [calico.yaml]\n"}), command...)
	require.NotZero(t, code)
	require.Empty(t, out)
	t.Setenv("DOCKERHUB_TOKEN", "")
	out, stderr, code := runIn(t, kustomization(t, map[string]string{"calico.yaml": manifest}), command...)
	require.Equal(t, 2, code)
	require.Empty(t, out)
	require.Contains(t, stderr, "environment variable DOCKERHUB_TOKEN is empty")
}

func TestRecipesFlux(t *testing.T) {
	manifest := setUpRecipe(t)
	repo := kustomization(t, map[string]string{"calico/calico.yaml": manifest})
	script := path(t, "flux/render.sh")
	for range 2 {
		out, stderr, code := runIn(t, repo, script, "calico")
		require.Zero(t, code, stderr)
		require.Empty(t, out)
		require.Empty(t, stderr)
		requireTheTwoLines(t, manifest, contents(t, repo, "calico/deploy/calico.yaml"))
	}

	// After an error the old file stays.
	require.NoError(t, os.WriteFile(filepath.Join(repo, "calico/calico.yaml"), []byte("kind: Namespace\n"), 0o644))
	_, stderr, code := runIn(t, repo, script, "calico")
	require.NotZero(t, code)
	require.Contains(t, stderr, "calico-pull-secrets: error: ")
	requireTheTwoLines(t, manifest, contents(t, repo, "calico/deploy/calico.yaml"))

	require.Equal(t, "./calico/deploy", documents(t, "flux/sync.yaml")[1].Field("spec").Value.Field("path").Value.YNode().Value)
}

func TestRecipesGitHubActions(t *testing.T) {
	manifest := setUpRecipe(t)
	steps, err := parse(t, "github-actions/.github/workflows/calico.yaml").Pipe(yaml.Lookup("jobs", "pull-secrets", "steps"))
	require.NoError(t, err)
	step := func(name string) *yaml.RNode {
		s, err := steps.Pipe(yaml.Lookup("[name=" + name + "]"))
		require.NoError(t, err)
		require.NotNil(t, s, name)
		return s
	}
	// A runner does the same for a step without a shell of its own.
	requireCheck(t, manifest, "bash", "-e", "-c", text(t, step("check"), "run")[0])

	credential := []string{"bash", "-e", "-c", text(t, step("credential"), "run")[0]}
	repo := kustomization(t, map[string]string{"manifests/calico.yaml": manifest})
	out, stderr, code := runIn(t, repo, credential...)
	require.Zero(t, code, stderr)
	require.Empty(t, out+stderr)
	moved := strings.ReplaceAll(manifest, "docker.io/calico/", "quay.io/calico/")
	repo = kustomization(t, map[string]string{"manifests/calico.yaml": moved})
	out, stderr, code = runIn(t, repo, credential...)
	require.Equal(t, 1, code)
	require.Empty(t, out)
	require.Contains(t, stderr, "hint: set secret.server=quay.io. If these images need no Secret")
	for _, variable := range []string{"DOCKERHUB_USERNAME", "DOCKERHUB_TOKEN"} {
		require.Equal(t, []string{"${{ secrets." + variable + " }}"}, text(t, step("credential"), "env", variable))
	}
}

func TestRecipesGitLabCI(t *testing.T) {
	manifest := setUpRecipe(t)
	script := text(t, parse(t, "gitlab-ci/.gitlab-ci.yml"), "calico-pull-secrets", "script")
	requireCheck(t, manifest, "bash", "-eo", "pipefail", "-c", strings.Join(script, "\n"))
}

func TestRecipesPreCommit(t *testing.T) {
	manifest := setUpRecipe(t)
	hook, err := parse(t, "pre-commit/.pre-commit-config.yaml").Pipe(yaml.Lookup("repos", "[repo=local]", "hooks", "[id=calico-pull-secrets]"))
	require.NoError(t, err)
	require.NotNil(t, hook)
	files := regexp.MustCompile(text(t, hook, "files")[0])
	require.True(t, files.MatchString("manifests/calico.yaml"))
	require.False(t, files.MatchString("manifests/calico.yaml.orig"))
	// pre-commit splits the entry as a shell does, and appends the files.
	entry := append(strings.Fields(text(t, hook, "entry")[0]), "manifests/calico.yaml")
	repo := kustomization(t, map[string]string{"manifests/calico.yaml": manifest})
	for range 2 {
		_, stderr, code := runIn(t, repo, entry...)
		require.Zero(t, code, stderr) // pre-commit stops the commit because the file has changed
		requireTheTwoLines(t, manifest, contents(t, repo, "manifests/calico.yaml"))
	}
}

func TestRecipesMake(t *testing.T) {
	manifest := setUpRecipe(t)
	needs.OnPath(t, "make")
	makefile := contents(t, recipes, "makefile/Makefile")
	repo := kustomization(t, map[string]string{"Makefile": makefile, "upstream/calico.yaml": manifest})
	t.Setenv("UPSTREAM", filepath.Join(repo, "upstream", "calico.yaml"))
	replace(t, "curl", `for last; do :; done
echo "$last" > url
while [ "$1" != -o ]; do shift; done
cat "$UPSTREAM" > "$2"`)
	replace(t, "kubectl", "cat > applied.yaml")

	for range 2 {
		_, stderr, code := runIn(t, repo, "make", "upgrade", "VERSION=v3.28.0")
		require.Zero(t, code, stderr)
		requireTheTwoLines(t, manifest, contents(t, repo, "manifests/calico.yaml"))
		require.Equal(t, "https://raw.githubusercontent.com/projectcalico/calico/v3.28.0/manifests/calico.yaml\n", contents(t, repo, "url"))
		require.NoFileExists(t, filepath.Join(repo, "manifests", "calico.yaml.new"))
	}
	_, stderr, code := runIn(t, repo, "make", "check")
	require.Zero(t, code, stderr)
	_, stderr, code = runIn(t, repo, "make", "apply")
	require.Zero(t, code, stderr)
	require.Equal(t, []string{"kube-system/regcred"}, find(t, contents(t, repo, "applied.yaml"), "Secret"))
	requireTheTwoLines(t, manifest, contents(t, repo, "manifests/calico.yaml"))

	// After a failed upgrade the old files stay.
	require.NoError(t, os.WriteFile(filepath.Join(repo, "upstream", "calico.yaml"), []byte("kind: Namespace\n"), 0o644))
	_, _, code = runIn(t, repo, "make", "upgrade")
	require.NotZero(t, code)
	requireTheTwoLines(t, manifest, contents(t, repo, "manifests/calico.yaml"))

	require.NoError(t, os.WriteFile(filepath.Join(repo, "manifests", "calico.yaml"), []byte(manifest), 0o644))
	_, _, code = runIn(t, repo, "make", "check")
	require.NotZero(t, code)
}

// TestRecipesHelm replaces helm by a script. It prints an Installation, as `helm template` does,
// and passes it to the post-renderer if there is one.
func TestRecipesHelm(t *testing.T) {
	setUpRecipe(t)
	replace(t, "helm", `while [ $# -gt 0 ]; do test "$1" = --post-renderer && renderer=$2; shift; done
${renderer:-cat} <<END
---
# Source: tigera-operator/templates/crs/custom-resources.yaml
apiVersion: operator.tigera.io/v1
kind: Installation
metadata:
  name: default
spec:
  kubernetesProvider: ""
END`)
	plugin := parse(t, "helm/plugin.yaml")
	require.Equal(t, "${HELM_PLUGIN_DIR}/post-renderer.sh", plugin.Field("runtimeConfig").Value.Field("platformCommand").Value.Content()[0].Content[1].Value)
	for _, command := range [][]string{
		{path(t, "helm/render.sh")},
		{"helm", "upgrade", "--install", "calico", "tigera-operator", "--post-renderer", path(t, "helm/post-renderer.sh")},
	} {
		out, stderr, code := runIn(t, t.TempDir(), command...)
		require.Zero(t, code, stderr)
		require.Contains(t, out, "  kubernetesProvider: \"\"\n  imagePullSecrets:\n  - name: regcred\n")
		require.Contains(t, stderr, "without it in namespace tigera-operator the operator installs nothing")
	}
	replace(t, "helm", "echo no such chart >&2; exit 1")
	out, _, code := runIn(t, t.TempDir(), path(t, "helm/render.sh"))
	require.NotZero(t, code)
	require.Empty(t, out)
}

func TestRecipesComponent(t *testing.T) {
	setUpRecipe(t)
	require.Equal(t, contents(t, recipes, "manifests/calico.yaml"), contents(t, recipes, "component/base/calico.yaml"))
	for overlay, want := range map[string][]string{"production": {"regcred"}, "staging": nil} {
		out, stderr, ok := kustomize(t, filepath.Join(recipes, "component", "overlays", overlay))
		require.True(t, ok, stderr)
		require.Empty(t, stderr)
		require.Equal(t, want, references(t, out, "DaemonSet"), overlay)
		require.Empty(t, find(t, out, "Secret"))
	}
}

// TestRecipesHaveNoCredential looks for text that must not be in Git.
func TestRecipesHaveNoCredential(t *testing.T) {
	for _, folder := range []string{"argo-cd", "flux", "github-actions", "gitlab-ci", "pre-commit", "makefile", "helm", "component", "rke2", "k0s", "cluster-api"} {
		require.FileExists(t, filepath.Join(recipes, folder, "README.md"))
		require.NoError(t, filepath.WalkDir(filepath.Join(recipes, folder), func(file string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b := contents(t, file)
			require.NotRegexp(t, `\.dockerconfigjson:|secret\.(username|password)=|\b(username|password): `, b, file)
			return nil
		}))
	}
}

// setUpRecipe returns Calico's own manifest, or an excerpt if this machine lacks it.
func setUpRecipe(t *testing.T) string {
	t.Helper()
	needs.OnPath(t, "bash")
	setCredential(t)
	if os.Getenv("CALICO_MANIFESTS") != "" || os.Getenv("CI") == "true" {
		return realManifest(t)
	}
	return contents(t, recipes, "manifests/calico.yaml")
}

// replace puts a script on PATH before a program of the same name.
func replace(t *testing.T, program, script string) {
	t.Helper()
	bin := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(bin, program), []byte("#!/bin/sh\nset -e\n"+script+"\n"), 0o755))
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
}

// runIn runs a command in a folder.
func runIn(t *testing.T, dir string, command ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs strings.Builder
	cmd := needs.Command(t, command[0], command[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &errs
	if err := cmd.Run(); err != nil {
		require.ErrorAs(t, err, new(*exec.ExitError), command)
	}
	require.NotContains(t, out.String()+errs.String(), "not-a-token")
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// requireCheck runs the command of a CI job before and after --write.
func requireCheck(t *testing.T, manifest string, command ...string) {
	t.Helper()
	repo := kustomization(t, map[string]string{"manifests/calico.yaml": manifest})
	out, _, code := runIn(t, repo, command...)
	require.Equal(t, 1, code)
	require.Equal(t, "manifests/calico.yaml\n", out)
	require.Equal(t, manifest, contents(t, repo, "manifests/calico.yaml"))

	_, stderr, code := runIn(t, repo, "calico-pull-secrets", "--write", "manifests/") // as its README says
	require.Zero(t, code, stderr)
	requireTheTwoLines(t, manifest, contents(t, repo, "manifests/calico.yaml"))
	out, stderr, code = runIn(t, repo, command...)
	require.Zero(t, code, stderr)
	require.Empty(t, out)
}

// requireTheTwoLines fails unless the reference is the only addition.
func requireTheTwoLines(t *testing.T, before, after string) {
	t.Helper()
	require.Equal(t, []string{"regcred"}, references(t, after, "DaemonSet"))
	require.Equal(t, 1, strings.Count(after, twoLines))
	require.True(t, before == strings.Replace(after, twoLines, "", 1), "something else has changed")
}

// path returns the absolute path of a file of the examples.
func path(t *testing.T, name string) string {
	t.Helper()
	p, err := filepath.Abs(filepath.Join(recipes, name))
	require.NoError(t, err)
	return p
}

func contents(t *testing.T, elements ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(elements...))
	require.NoError(t, err)
	return string(b)
}

// parse returns the only document of a file of the examples.
func parse(t *testing.T, name string) *yaml.RNode {
	t.Helper()
	n, err := yaml.Parse(contents(t, recipes, name))
	require.NoError(t, err)
	return n
}

func documents(t *testing.T, name string) (all []*yaml.RNode) {
	t.Helper()
	for _, document := range strings.Split(contents(t, recipes, name), "\n---\n") {
		n, err := yaml.Parse(document)
		require.NoError(t, err)
		all = append(all, n)
	}
	return all
}

// text returns the scalar at a path, or the scalars of a list.
func text(t *testing.T, n *yaml.RNode, path ...string) (values []string) {
	t.Helper()
	at, err := n.Pipe(yaml.Lookup(path...))
	require.NoError(t, err)
	require.NotNil(t, at, path)
	if at.YNode().Kind == yaml.ScalarNode {
		return []string{at.YNode().Value}
	}
	for _, item := range at.Content() {
		values = append(values, item.Value)
	}
	return values
}
