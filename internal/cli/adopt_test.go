// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"example.com/calico-pull-secrets/internal/report"
)

// workload returns an object with one container.
func workload(apiVersion, kind, name, image string) string {
	pod := "spec:\n  template:\n    spec:\n      containers:\n      - {name: c, image: " + image + "}\n"
	if kind == "Pod" {
		pod = "spec:\n  containers:\n  - {name: c, image: " + image + "}\n"
	}
	return "apiVersion: " + apiVersion + "\nkind: " + kind + "\nmetadata:\n  name: " + name + "\n  namespace: shop\n" + pod
}

// unclean returns a repository with 40 findings. --write mends some, some are in files that nobody
// applies, some are excepted. Only a baseline lets the rest pass.
func unclean() map[string]string {
	files := map[string]string{}
	for i := range 20 {
		files[fmt.Sprintf("apps/web%d.yaml", i)] = workload("apps/v1", "Deployment", fmt.Sprintf("web%d", i), fmt.Sprintf("nginx:%d", i))
	}
	for i := range 5 {
		files[fmt.Sprintf("examples/e%d.yaml", i)] = workload("apps/v1", "Deployment", fmt.Sprintf("e%d", i), "busybox")
		files[fmt.Sprintf("apps/testdata/t%d.yaml", i)] = workload("v1", "Pod", fmt.Sprintf("t%d", i), "busybox")
		files[fmt.Sprintf("jobs/own%d.yaml", i)] = workload("batch/v1", "Job", fmt.Sprintf("own%d", i), "acme/migrate:1")
		files[fmt.Sprintf("jobs/job%d.yaml", i)] = workload("batch/v1", "Job", fmt.Sprintf("job%d", i), "postgres:16")
	}
	return files
}

// TestTheFiveSteps types the commands of the page in a repository with 40 findings. It writes the
// files that the page shows.
func TestTheFiveSteps(t *testing.T) {
	page, err := os.ReadFile("../../docs/adopt.md")
	require.NoError(t, err)
	_, steps, ok := strings.Cut(string(page), "## Five steps\n")
	require.True(t, ok)
	steps, _, ok = strings.Cut(steps, "\n## ")
	require.True(t, ok)
	inFolder(t, unclean())
	var came []string
	for _, block := range regexp.MustCompile("(?ms)^```(shell|yaml)\n(.*?)^```$").FindAllStringSubmatch(steps, -1) {
		if block[1] == "yaml" {
			first, text, _ := strings.Cut(block[2], "\n")
			require.NoError(t, os.WriteFile(strings.TrimPrefix(first, "# "), []byte(text), 0o644))
			continue
		}
		for command := range strings.Lines(block[2]) {
			words := strings.Fields(strings.ReplaceAll(command, "'", ""))
			require.Equal(t, programName, words[0])
			code, stdout, stderr := call(t, words[1:]...)
			failing := regexp.MustCompile(`docker\.io: [^\n]*`).FindString(stdout)
			came = append(came, fmt.Sprintf("%d %s", code, failing))
			require.NotContains(t, stderr, "hint: remove", stderr)
		}
	}
	require.Equal(t, []string{
		"1 docker.io: 40 images, 40 anonymous: FAIL",
		"1 docker.io: 30 images, 30 anonymous: FAIL",
		"0 ",
		"1 docker.io: 30 images, 10 anonymous, 20 authenticated (20 as servers says), 5 excepted: FAIL",
		"0 docker.io: 30 images, 10 anonymous, 20 authenticated (20 as servers says), 10 excepted: OK",
		"0 docker.io: 30 images, 10 anonymous, 20 authenticated (20 as servers says), 10 excepted: OK",
	}, came)
	require.NoError(t, os.WriteFile("apps/new.yaml", []byte(workload("apps/v1", "Deployment", "new", "redis")), 0o644))
	code, stdout, _ := call(t, "--audit", "--baseline", ".calico-pull-secrets-baseline.json", ".")
	require.Equal(t, exitFailed, code, stdout)
}

const emptyBaseline = "{\n  \"version\": 1,\n  \"findings\": []\n}\n"

// TestAPullRequestCannotMakeCIGreener plays branches that add what lets them pass. With
// configuration and baseline from main, as on the page, the job stays red. If CI takes those of the
// branch, each format names what passes.
func TestAPullRequestCannotMakeCIGreener(t *testing.T) {
	const config = "apiVersion: fn.kpt.dev/v1alpha1\nkind: CalicoPullSecrets\nspec:\n  preflight: error\n"
	bad := workload("apps/v1", "Deployment", "web", "acme/web")
	good := workload("apps/v1", "Deployment", "other", "registry.k8s.io/pause")
	for name, branch := range map[string]struct {
		files map[string]string
		named []string // names in each format
	}{
		"an exception": {
			map[string]string{".calico-pull-secrets.yaml": config + "  audit: {exceptions: [{image: docker.io/**, reason: because}]}\n"},
			[]string{"audit.exceptions", "because"},
		},
		"an exclusion": {
			map[string]string{".calico-pull-secrets.yaml": config + "  exclude: [m/web.yaml]\n"},
			[]string{".calico-pull-secrets.yaml", "exclude", "m/web.yaml"},
		},
		"an exclusion of everything": {
			map[string]string{".calico-pull-secrets.yaml": config + "  exclude: ['**']\n"}, nil,
		},
		"another registry": {
			map[string]string{".calico-pull-secrets.yaml": config + "  audit: {registries: [registry.k8s.io]}\n"},
			nil, // the other workload stays anonymous
		},
		"an annotation": {
			map[string]string{"m/web.yaml": built(t, bad, "commonAnnotations: {calico-pull-secrets/allow-anonymous: 'docker.io/acme/*: because'}\nresources: [in.yaml]\n")},
			[]string{"annotation", "Deployment shop/web", "because"},
		},
		"a line of the baseline": {
			map[string]string{".calico-pull-secrets-baseline.json": strings.Replace(emptyBaseline, "[]", `[{"check":"anonymous-pull","kind":"Deployment","namespace":"shop","name":"web","container":"c","image":"docker.io/acme/web","count":1}]`, 1)},
			[]string{"baseline", ".calico-pull-secrets-baseline.json"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{
				"base/config.yaml": config, "base/baseline.json": emptyBaseline,
				"branch/.calico-pull-secrets.yaml": config, "branch/.calico-pull-secrets-baseline.json": emptyBaseline,
				"branch/m/web.yaml": bad, "branch/m/other.yaml": good,
			}
			maps.Copy(files, prefixed("branch/", branch.files))
			inFolder(t, files)
			t.Chdir("branch")
			code, stdout, stderr := call(t, "--audit", "--no-annotations", "--config", "../base/config.yaml", "--baseline", "../base/baseline.json", ".")
			require.Equal(t, exitFailed, code, stdout+stderr)
			require.Contains(t, stdout, "FAIL")
			for _, form := range report.Names() {
				code, stdout, stderr := call(t, "--audit", "--baseline", ".calico-pull-secrets-baseline.json", "--output", form, ".")
				if branch.named == nil {
					require.NotEqual(t, 0, code, stdout+stderr)
					continue
				}
				require.Equal(t, 0, code, stdout+stderr)
				for _, what := range branch.named {
					require.Contains(t, strings.NewReplacer("&#45;", "-", "&#46;", ".", "\\", "").Replace(stdout), what, form)
				}
			}
		})
	}
}

// prefixed returns the files with a folder before their names.
func prefixed(folder string, files map[string]string) map[string]string {
	all := map[string]string{}
	for name, text := range files {
		all[folder+name] = text
	}
	return all
}

// built returns kustomize's output for a manifest.
func built(t *testing.T, manifest, kustomization string) string {
	t.Helper()
	fs, folder := filesys.MakeFsInMemory(), "/in"
	require.NoError(t, fs.WriteFile(filepath.Join(folder, "in.yaml"), []byte(manifest)))
	require.NoError(t, fs.WriteFile(filepath.Join(folder, "kustomization.yaml"), []byte(kustomization)))
	resources, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(fs, folder)
	require.NoError(t, err)
	text, err := resources.AsYaml()
	require.NoError(t, err)
	return string(text)
}

// TestAConfigurationWithAnotherExtensionIsAnError expects it only in the modes that read the
// configuration of a repository.
func TestAConfigurationWithAnotherExtensionIsAnError(t *testing.T) {
	inFolder(t, map[string]string{"ds.yaml": changed, ".calico-pull-secrets.yml": "apiVersion: fn.kpt.dev/v1alpha1\nkind: CalicoPullSecrets\nspec:\n  preflight: strict\n"})
	for _, flag := range []string{"--check", "--audit"} {
		code, stdout, stderr := call(t, flag, "ds.yaml")
		require.Equal(t, exitUsage, code)
		require.Empty(t, stdout)
		require.Equal(t, "calico-pull-secrets: .calico-pull-secrets.yml: is not read\ncalico-pull-secrets: hint: rename it to .calico-pull-secrets.yaml, or write --config or --no-config\n", stderr)
		code, _, _ = call(t, flag, "--no-config", "ds.yaml")
		require.NotEqual(t, exitUsage, code)
		code, _, _ = call(t, flag, "--config", ".calico-pull-secrets.yml", "ds.yaml")
		require.NotEqual(t, exitUsage, code)
	}
	code, _, _ := call(t, "--diff", "ds.yaml")
	require.Equal(t, exitOK, code)
}
