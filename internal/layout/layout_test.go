// SPDX-License-Identifier: Apache-2.0

package layout_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/layout"
)

// inFolder creates a folder with files, makes it the working folder, and returns its real path.
func inFolder(t *testing.T, files map[string]string) string {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range files {
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
	}
	return layout.Real(".")
}

// all returns the kustomizations in files.
func all(paths ...string) *layout.Kustomizations {
	var k layout.Kustomizations
	for _, path := range paths {
		k.Add(path)
	}
	return &k
}

func TestAFileIsListedByAnyKustomization(t *testing.T) {
	root := inFolder(t, map[string]string{
		"k/kustomization.yaml": "resources: [a.yaml, ../b.yaml, base, ./more/]\npatches: [{path: patch.yaml}]\n", "k/a.yaml": "", "b.yaml": "", "k/extra.yaml": "", "k/sub/extra.yaml": "", "k/patch.yaml": "",
		"k/base/kustomization.yml": "resources: [d.yaml]", "k/base/d.yaml": "", "k/base/e.yaml": "", "k/more/f.yaml": "", "loose.yaml": "",
	})
	k := all("k/kustomization.yaml", "k/base/kustomization.yml")
	for path, want := range map[string][2]string{
		"k/a.yaml": {}, "b.yaml": {}, "k/base/d.yaml": {}, "loose.yaml": {}, "k/patch.yaml": {}, "k/kustomization.yaml": {},
		"k/extra.yaml":     {"k/kustomization.yaml", "extra.yaml"},
		"k/sub/extra.yaml": {"k/kustomization.yaml", "sub/extra.yaml"},
		"k/base/e.yaml":    {"k/base/kustomization.yml", "e.yaml"},
		"k/more/f.yaml":    {"k/kustomization.yaml", "more/f.yaml"}, // kustomize refuses a folder without a kustomization
		"k/new.yaml":       {"k/kustomization.yaml", "new.yaml"},
	} {
		by, entry := k.Unlisted(filepath.Join(root, path))
		require.Equal(t, want, [2]string{by, entry}, path)
	}
	by, _ := all().Unlisted(filepath.Join(root, "k/extra.yaml"))
	require.Empty(t, by, "no kustomization")
}

// A Kustomization of Flux lists nothing, so no file counts as unlisted. The same holds beside a
// broken kustomization.
func TestNotEachFileOfThatNameIsAKustomization(t *testing.T) {
	root := inFolder(t, map[string]string{
		"flux/kustomization.yaml":   "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n",
		"broken/kustomization.yaml": "resources: [\n",
	})
	k := all("flux/kustomization.yaml", "broken/kustomization.yaml")
	for _, path := range []string{"flux/a.yaml", "broken/a.yaml"} {
		by, _ := k.Unlisted(filepath.Join(root, path))
		require.Empty(t, by, path)
	}
	require.Equal(t, []layout.Later{{Path: "broken/kustomization.yaml", About: "kustomize changes these files (the kustomization cannot be read)", Command: "kustomize build FOLDER"}}, k.Later(isThere(root)))
}

// isThere takes every file below a folder as a source.
func isThere(root string) func(string) bool {
	return func(path string) bool {
		_, err := os.Stat(path)
		return err == nil && layout.IsWithin(root, path)
	}
}

func TestLaterReportsTheKustomizationsThatNoOtherUses(t *testing.T) {
	secret := "hunter2-correct-horse"
	root := inFolder(t, map[string]string{
		"base/kustomization.yaml":  "imageTags: [{name: a, newTag: b}]\nresources: [../a.yaml]\nnamespace: ''\npatches: []\n",
		"a.yaml":                   "",
		"one/kustomization.yaml":   "resources: [../base]\nlabels: [{pairs: {a: b}}]\n",
		"two/kustomization.yaml":   "bases: [../base]\nnamespace: x\nmisspelt: true\n",
		"plain/kustomization.yaml": "resources: [../a.yaml]\nnamePrefix: x-\n",
		"net/kustomization.yaml":   "resources: ['https://me:" + secret + "@host/repo', 'org-1@host:org/repo.git', 'gone.yaml', 'me:" + secret + "/x']\n",
		"part/kustomization.yaml":  "kind: Component\nimages: [{name: a, newTag: b}]\n",
		"x/kustomization.yaml":     "resources: [../y]\nimages: [{name: a, newTag: b}]\n",
		"y/kustomization.yaml":     "resources: [../x]\n",
		"chart/kustomization.yaml": "helmCharts: [{name: c}]\n",
	})
	k := all("base/kustomization.yaml", "one/kustomization.yaml", "two/kustomization.yaml", "plain/kustomization.yaml", "net/kustomization.yaml",
		"part/kustomization.yaml", "x/kustomization.yaml", "y/kustomization.yaml", "chart/kustomization.yaml")
	said := map[string]string{}
	for _, later := range k.Later(isThere(root)) {
		said[later.Path] = later.About
		require.NotContains(t, later.About, secret)
	}
	require.Equal(t, map[string]string{
		"one/kustomization.yaml":   "kustomize changes these files (imageTags)",
		"two/kustomization.yaml":   "kustomize changes these files (imageTags, misspelt, namespace)",
		"net/kustomization.yaml":   "kustomize changes these files (an entry is a download, gone.yaml is not on disk)",
		"x/kustomization.yaml":     "kustomize changes these files (images)",
		"chart/kustomization.yaml": "kustomize changes these files (helmCharts)",
	}, said)
	require.Equal(t, []string{filepath.Join(root, "a.yaml")}, k.Follow(root))
	by, keeps := k.Renamed(filepath.Join(root, "a.yaml"))
	require.Equal(t, "plain/kustomization.yaml", by)
	require.True(t, keeps, "others build it without")
}

func TestFoldersThatAreListedAreFollowed(t *testing.T) {
	root := inFolder(t, map[string]string{
		"k/kustomization.yaml": "resources: [.base]\n", "k/.base/kustomization.yaml": "resources: [.a.yaml]\n", "k/.base/.a.yaml": "", "out/kustomization.yaml": "resources: [b.yaml]\n", "out/b.yaml": "",
	})
	k := all("k/kustomization.yaml")
	require.Equal(t, []string{filepath.Join(root, "k/.base/.a.yaml")}, k.Follow(filepath.Join(root, "k")))
}

func TestFilesThatAreRendered(t *testing.T) {
	manifest := "apiVersion: v1\nkind: Pod\n"
	inFolder(t, map[string]string{
		"a.yaml.j2": manifest, "config.j2": "listen {{ port }}\n", "b.tmpl": "{{ template \"pod\" . }}\n", "c.jsonnet": "import 'x.libsonnet'", "values.yaml.gotmpl": "image: {{ .x }}\n",
		"helmfile.yaml": "releases: []\n", "helmfile.d/00-a.yaml": "releases: []\n", "helmfile/values.yaml": "a: b\n", "pod.yaml": manifest,
		"p/Kptfile": "pipeline:\n  mutators:\n  - image: gcr.io/kpt-fn/set-labels:v0.2.0\n  - image: gcr.io/kpt-fn/set-image:v0.1.1\n  - exec: ./own x\n",
		"q/Kptfile": "pipeline:\n  mutators:\n  - image: gcr.io/kpt-fn/set-labels:v0.2.0\n  - exec: calico-pull-secrets\n  validators:\n  - image: gcr.io/kpt-fn/kubeval\n",
	})
	for path, want := range map[string]string{
		"a.yaml.j2": "Jinja renders this template", "config.j2": "", "b.tmpl": "somebody renders this template", "c.jsonnet": "Jsonnet renders this template", "values.yaml.gotmpl": "",
		"helmfile.yaml": "Helmfile renders charts", "helmfile.d/00-a.yaml": "Helmfile renders charts", "helmfile/values.yaml": "", "pod.yaml": "",
		"p/Kptfile": "kpt changes the files of this package (set-image, own)", "q/Kptfile": "",
	} {
		later, is := layout.OfFile(path)
		require.Equal(t, want != "", is && layout.MayBeRendered(path), path)
		if is {
			require.Equal(t, want, later.About, path)
		}
	}
}

func TestALibraryOfChartsRendersNothing(t *testing.T) {
	inFolder(t, map[string]string{"a/Chart.yaml": "name: a\n", "b/Chart.yaml": "name: b\ntype: library\n"})
	_, is := layout.OfChart("a/Chart.yaml")
	require.True(t, is)
	_, is = layout.OfChart("b/Chart.yaml")
	require.False(t, is)
}
