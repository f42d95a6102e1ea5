// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// namesOf returns the names of the collected files.
func namesOf(c *collector) (names []string) {
	for _, s := range c.sources {
		names = append(names, s.name)
	}
	return names
}

func TestFoldersAreSearched(t *testing.T) {
	inFolder(t, map[string]string{
		"m/b.yaml": "b", "m/a.yml": "a", "m/sub/c.json": "c", "m/README.md": "no", "m/.git/d.yaml": "no", "m/.github/e.yaml": "no", "m/.f.yaml": "no",
		"m/.gitignore": "no", "named.txt": "t",
	})
	for _, paths := range [][]string{{"m"}, {"./m/"}, {"m", "m/sub", "m/b.yaml"}} {
		c, err := collect(paths, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"m/a.yml", "m/b.yaml", "m/sub/c.json"}, namesOf(c))
		require.Equal(t, []string{"m/.f.yaml", "m/.github"}, unique(c.hidden))
		require.Empty(t, c.left)
	}
	c, err := collect([]string{"m/b.yaml", "named.txt", "m"}, nil)
	require.NoError(t, err)
	require.Equal(t, []string{"m/b.yaml", "named.txt", "m/a.yml", "m/sub/c.json"}, namesOf(c))
	require.False(t, c.sources[0].found, "a file that was named is meant, even if it is found, too")
	require.True(t, c.sources[2].found)
	c, err = collect([]string{"m", "m/b.yaml"}, nil)
	require.NoError(t, err)
	require.False(t, c.sources[1].found)
	t.Chdir("m")
	c, err = collect([]string{"."}, nil)
	require.NoError(t, err)
	require.Equal(t, []string{"a.yml", "b.yaml", "sub/c.json"}, namesOf(c))
}

func unique(list []string) (out []string) {
	said := map[string]bool{}
	for _, s := range list {
		if !said[s] {
			out = append(out, s)
		}
		said[s] = true
	}
	return out
}

func TestLinksInFoldersStayInThem(t *testing.T) {
	inFolder(t, map[string]string{"m/a.yaml": "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}", "m/data.txt": "x", "m/..2026/mounted.yaml": "y", "out/b.yaml": "b", "out/dir/c.yaml": "c"})
	for link, target := range map[string]string{
		"m/0-first.yaml": "a.yaml", "m/by-text.yaml": "data.txt", "m/out.yaml": "../out/b.yaml", "m/outdir": "../out/dir", "m/self": ".",
		"m/nowhere.yaml": "none.yaml", "m/nothing": "none", "m/out.md": "../out/b.yaml", "m/..data": "..2026", "m/mounted.yaml": "..data/mounted.yaml", "link": "m",
	} {
		require.NoError(t, os.Symlink(target, link))
	}
	c, err := collect([]string{"m"}, nil)
	require.NoError(t, err)
	require.Equal(t, []string{"m/a.yaml", "m/by-text.yaml", "m/mounted.yaml"}, namesOf(c))
	require.Equal(t, []note{
		{"m/nowhere.yaml", "a symbolic link that leads nowhere"},
		{"m/out.yaml", "a symbolic link that leads out of the folder"}, {"m/outdir", "a symbolic link that leads out of the folder"},
	}, c.left)

	c, err = collect([]string{"link", "m/out.yaml"}, nil)
	require.NoError(t, err)
	require.Equal(t, []string{"link/a.yaml", "link/by-text.yaml", "link/mounted.yaml", "m/out.yaml"}, namesOf(c), "a link that was named is followed")
	_, err = collect([]string{"m/nowhere.yaml"}, nil)
	require.EqualError(t, err, "m/nowhere.yaml: is a symbolic link that leads nowhere")

	code, _, stderr := call(t, "--check", "m", "--quiet", "onMissing=ignore")
	require.Equal(t, exitOK, code)
	require.Contains(t, stderr, "warning: m/nowhere.yaml: skipped: a symbolic link that leads nowhere\n")
	require.Contains(t, stderr, "warning: m/out.yaml, m/outdir: skipped: a symbolic link that leads out of the folder\n")
}

func TestAFileUnderTwoNamesIsOne(t *testing.T) {
	inFolder(t, map[string]string{"m/a.yaml": daemonSet, "m/c.yaml": ""})
	require.NoError(t, os.Symlink("a.yaml", "m/b.yaml"))
	require.NoError(t, os.Symlink("m", "n"))
	absolute, err := filepath.Abs("m/a.yaml")
	require.NoError(t, err)
	c, err := collect([]string{"n", "m", "./m/a.yaml", absolute, "n/b.yaml"}, nil)
	require.NoError(t, err)
	require.Equal(t, []string{"n/a.yaml", "n/c.yaml"}, namesOf(c))
	require.False(t, c.sources[0].found, "it was named, too")
}

// Hard links are different files: the program reads each and replaces each.
func TestHardLinksAreFilesOfTheirOwn(t *testing.T) {
	inFolder(t, map[string]string{"a.yaml": daemonSet})
	require.NoError(t, os.Link("a.yaml", "b.yaml"))
	code, stdout, _ := call(t, "--check", ".")
	require.Equal(t, exitFailed, code)
	require.Equal(t, "a.yaml\nb.yaml\n", stdout)
	code, _, stderr := call(t, "--write", ".")
	require.Equal(t, exitOK, code, stderr)
	require.Equal(t, changed, content(t, "a.yaml"))
	require.Equal(t, changed, content(t, "b.yaml"))
}

func TestPatchesOfKustomizationsAreKnown(t *testing.T) {
	inFolder(t, map[string]string{
		"base/kustomization.yaml": "resources: [ds.yaml, both.yaml]\npatches:\n- path: patch.yaml\n- path: both.yaml\n- patch: '- op: add'\n  target: {kind: DaemonSet}\n",
		"base/ds.yaml":            "", "base/patch.yaml": "", "base/both.yaml": "",
		"old/kustomization.yml":     "patchesStrategicMerge:\n- merge.yaml\n- |\n  kind: DaemonSet\npatchesJson6902:\n- path: json.yaml\n- 7\npatches: no list\n",
		"old/merge.yaml":            "",
		"old/json.yaml":             "",
		"component/Kustomization":   "kind: Component\npatches:\n- path: ../shared/patch.yaml\n",
		"shared/patch.yaml":         "",
		"broken/kustomization.yaml": "patches: [\n",
		"broken/patch.yaml":         "",
	})
	c, err := collect([]string{"."}, nil)
	require.NoError(t, err)
	var patches []string
	for _, s := range c.sources {
		if s.patch {
			patches = append(patches, filepath.ToSlash(s.name))
		}
	}
	require.Equal(t, []string{"base/patch.yaml", "old/json.yaml", "old/merge.yaml", "shared/patch.yaml"}, patches)
	c, err = collect([]string{"base/patch.yaml", "base/kustomization.yaml"}, nil)
	require.NoError(t, err)
	require.True(t, c.sources[0].patch, "also where the files are named")
}
