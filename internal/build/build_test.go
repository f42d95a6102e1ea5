// SPDX-License-Identifier: Apache-2.0

package build

import (
	"encoding/base64"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
	"sigs.k8s.io/kustomize/api/konfig"

	"example.com/calico-pull-secrets/internal/layout"
)

// repository returns a repository with the files of an archive.
func repository(t *testing.T, archive string) (*Repository, string) {
	t.Helper()
	return limited(t, archive, DefaultLimits)
}

func limited(t *testing.T, archive string, limits Limits) (*Repository, string) {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	for _, f := range txtar.Parse([]byte(archive)).Files {
		path := filepath.Join(dir, f.Name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, f.Data, 0o644))
	}
	shown := func(path string) string {
		relative, err := filepath.Rel(dir, path)
		require.NoError(t, err)
		return relative
	}
	r, err := Open(dir, Options{Shown: shown, Reader: "calico-pull-secrets --audit", Limits: limits})
	require.NoError(t, err)
	t.Cleanup(func() { r.Close() })
	return r, dir
}

// textOf returns the objects as one text, each after the name of its file.
func textOf(b Built) string {
	var all strings.Builder
	for _, o := range b.Objects {
		all.WriteString("# " + o.File + "\n" + string(o.YAML))
	}
	return all.String()
}

func TestObjectsKnowTheirFile(t *testing.T) {
	r, dir := repository(t, `
-- base/kustomization.yaml --
resources: [web.yaml]
-- base/web.yaml --
{apiVersion: v1, kind: ConfigMap, metadata: {name: web}}
-- top/kustomization.yaml --
Resources: [../base]
namePrefix: a-
configMapGenerator:
- {name: made, literals: [a=b], options: {disableNameSuffixHash: true}}
`)
	b, problems := r.Build(filepath.Join(dir, "top"))
	require.Empty(t, problems)
	require.Equal(t, `# top/kustomization.yaml
apiVersion: v1
data:
  a: b
kind: ConfigMap
metadata:
  name: a-made
# base/web.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: a-web
`, textOf(b))
}

// TestNothingIsRunOrFetched builds kustomizations with everything that kustomize runs or fetches.
// git, helm and docker on PATH note each call, and a listener notes each connection.
func TestNothingIsRunOrFetched(t *testing.T) {
	programs, calls := t.TempDir(), filepath.Join(t.TempDir(), "calls")
	for _, name := range []string{"git", "helm", "docker", "calico-pull-secrets", "run.sh"} {
		require.NoError(t, os.WriteFile(filepath.Join(programs, name), []byte("#!/bin/sh\necho \"$0\" >> '"+calls+"'\nexit 1\n"), 0o755))
	}
	t.Setenv("PATH", programs+string(os.PathListSeparator)+os.Getenv("PATH"))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var connections atomic.Int64
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			connections.Add(1)
			c.Close()
		}
	}()
	defer listener.Close()
	host := listener.Addr().String()
	function := func(spec string) string {
		return "transformers:\n- |-\n  apiVersion: example.com/v1\n  kind: Any\n  metadata:\n    name: f\n    annotations:\n      config.kubernetes.io/function: |\n        " + spec + "\n"
	}
	for name, fields := range map[string]string{
		"an address":             "resources: ['http://" + host + "/web.yaml']\n",
		"an address in capitals": "resources: ['HTTP://" + host + "/web.yaml']\n",
		"a repository":           "resources: ['http://" + host + "/org/repo.git']\n",
		"a user of a repository": "resources: ['git@" + host + ":org/repo']\n",
		"github":                 "resources: [github.com/org/repo]\n",
		"a folder called github": "resources: [github.com/there/is]\n",
		"a file scheme":          "resources: ['file:///there']\n",
		"a component":            "components: ['https://" + host + "/org/repo']\n",
		"a patch":                "resources: [pod.yaml]\npatches: [{path: 'http://" + host + "/patch.yaml'}]\n",
		"a configuration":        "resources: [pod.yaml]\nconfigurations: ['http://" + host + "/c.yaml']\n",
		"a schema":               "resources: [pod.yaml]\nopenapi: {path: 'http://" + host + "/schema.json'}\n",
		"a file of a generator":  "configMapGenerator: [{name: a, files: ['k=http://" + host + "/f']}]\n",
		"a generator":            "generators: ['http://" + host + "/g.yaml']\n",
		"a plugin's file":        "resources: [pod.yaml]\ntransformers:\n- |-\n  {apiVersion: builtin, kind: PatchTransformer, metadata: {name: p}, path: 'http://" + host + "/p.yaml', target: {kind: Pod}}\n",
		"a plugin put together":  "resources: [pod.yaml]\ntransformers: [plugins]\n",
		"an executable":          function("exec: {path: ./run.sh}"),
		"an executable on PATH":  function("exec: {path: run.sh}"),
		"an image":               function("container: {image: example.com/image}"),
		"a chart":                "helmCharts: [{name: a, repo: 'http://" + host + "'}]\n",
	} {
		t.Run(name, func(t *testing.T) {
			r, dir := repository(t, "-- kustomization.yaml --\n"+fields+`
-- pod.yaml --
{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: nginx}]}}
-- github.com/there/is/kustomization.yaml --
resources: [pod.yaml]
-- run.sh --
#!/bin/sh
-- plugins/kustomization.yaml --
resources: [plugin.yaml]
patches: [{target: {kind: PatchTransformer}, patch: '[{"op": "replace", "path": "/path", "value": "http://`+host+`/p.yaml"}]'}]
-- plugins/plugin.yaml --
{apiVersion: builtin, kind: PatchTransformer, metadata: {name: p}, path: ../pod.yaml, target: {kind: Pod}}
`)
			_, problems := r.Build(dir)
			require.NotEmpty(t, problems)
		})
	}
	require.NoFileExists(t, calls)
	require.Zero(t, connections.Load())
}

// TestNothingOutsideIsRead has links and paths that lead out of the folder.
func TestNothingOutsideIsRead(t *testing.T) {
	outside, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	pod := []byte("{apiVersion: v1, kind: Pod, metadata: {name: outside}}\n")
	require.NoError(t, os.WriteFile(filepath.Join(outside, "pod.yaml"), pod, 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(outside, "kustomization.yaml"), []byte("resources: [pod.yaml]\n"), 0o644))
	for name, entry := range map[string]string{
		"a link to a file": "link.yaml", "a link to a folder": "folder", "below a link": "folder/pod.yaml", "an absolute path": outside + "/pod.yaml",
		"two points": "../../../../../../../../.." + outside + "/pod.yaml",
	} {
		t.Run(name, func(t *testing.T) {
			r, dir := repository(t, "-- kustomization.yaml --\nresources: ['"+entry+"']\n-- inside.yaml --\n"+string(pod))
			require.NoError(t, os.Symlink(filepath.Join(outside, "pod.yaml"), filepath.Join(dir, "link.yaml")))
			require.NoError(t, os.Symlink(outside, filepath.Join(dir, "folder")))
			b, problems := r.Build(dir)
			require.NotEmpty(t, problems, textOf(b))
			require.Contains(t, problems[0].Text, "leads out of")
		})
	}
	r, dir := repository(t, "-- kustomization.yaml --\nresources: [link.yaml]\n-- inside.yaml --\n"+string(pod))
	require.NoError(t, os.Symlink("inside.yaml", filepath.Join(dir, "link.yaml")))
	_, problems := r.Build(dir)
	require.Empty(t, problems, "a link inside")
}

// TestABuildIsBounded has kustomizations whose work doubles with each level, and limits below that.
func TestABuildIsBounded(t *testing.T) {
	var doubling strings.Builder
	for i := range 40 {
		for _, side := range "ab" {
			fmt.Fprintf(&doubling, "-- %c%d/kustomization.yaml --\nnamePrefix: %c-\nresources: [../a%d, ../b%d]\n", side, i, side, i+1, i+1)
		}
	}
	for _, side := range "ab" {
		fmt.Fprintf(&doubling, "-- %c40/kustomization.yaml --\nnamePrefix: %c-\nresources: [pod.yaml]\n-- %c40/pod.yaml --\n{apiVersion: v1, kind: Pod, metadata: {name: p}}\n", side, side, side)
	}
	for name, limits := range map[string]Limits{
		"kustomizations": {Time: time.Minute, Memory: 1 << 40, Text: 1 << 40, Kustomizations: 1000},
		"text":           {Time: time.Minute, Memory: 1 << 40, Text: 10_000, Kustomizations: 1 << 40},
		"time":           {Time: 100 * time.Millisecond, Memory: 1 << 40, Text: 1 << 40, Kustomizations: 3000},
		"memory":         {Time: time.Minute, Memory: 1, Text: 1 << 40, Kustomizations: 3000},
	} {
		t.Run(name, func(t *testing.T) {
			r, dir := limited(t, doubling.String(), limits)
			start := time.Now()
			_, problems := r.Build(filepath.Join(dir, "a0"))
			require.NotEmpty(t, problems)
			require.Less(t, time.Since(start), 30*time.Second)
		})
	}
}

// TestNoProblemQuotesACredential makes kustomize refuse texts with credentials.
func TestNoProblemQuotesACredential(t *testing.T) {
	const secret = "correct-Horse7"
	for name, archive := range map[string]string{
		"a literal":    "-- kustomization.yaml --\nsecretGenerator: [{name: s, literals: ['" + secret + "']}]\n",
		"a key twice":  "-- kustomization.yaml --\nsecretGenerator: [{name: s, literals: ['a=" + secret + "', 'a=" + secret + "']}]\n",
		"a patch":      "-- kustomization.yaml --\npatches: [{patch: '{apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {p: " + secret + "}}'}]\n",
		"no patch":     "-- kustomization.yaml --\nresources: [p.yaml]\npatches: [{target: {kind: Pod}, patch: 'password: " + secret + "'}]\n-- p.yaml --\n{apiVersion: v1, kind: Pod, metadata: {name: p}}\n",
		"a type":       "-- kustomization.yaml --\nsecretGenerator: [{name: s, literals: [[" + secret + "]]}]\n",
		"an option":    "-- kustomization.yaml --\nsecretGenerator: [{name: s, behavior: " + secret + ", literals: [a=b]}]\n",
		"environment":  "-- kustomization.yaml --\nsecretGenerator: [{name: s, envs: [e.env]}]\n-- e.env --\n=" + secret + "\n",
		"broken YAML":  "-- kustomization.yaml --\nsecretGenerator: [{name: s, literals: ['" + secret + "'\n",
		"a resource":   "-- kustomization.yaml --\nresources: [s.yaml]\n-- s.yaml --\napiVersion: v1\nkind: Secret\nstringData: {p: " + secret + "}\n",
		"an address":   "-- kustomization.yaml --\nresources: ['https://user:" + secret + "@example.com/org/repo']\n",
		"a JSON patch": "-- kustomization.yaml --\nresources: [p.yaml]\npatches: [{target: {kind: Pod}, patch: '[{\"op\": \"replace\", \"path\": \"/data/p\", \"value\": \"" + secret + "\"}]'}]\n-- p.yaml --\n{apiVersion: v1, kind: Pod, metadata: {name: p}}\n",
	} {
		t.Run(name, func(t *testing.T) {
			r, dir := repository(t, archive)
			_, problems := r.Build(dir)
			if name != "an option" && name != "a type" && name != "environment" && name != "no patch" {
				require.NotEmpty(t, problems)
			}
			for _, p := range problems {
				for _, part := range []string{secret, "Horse7", "orrect", base64.StdEncoding.EncodeToString([]byte(secret))} {
					require.NotContains(t, p.Text+p.Hint, part)
				}
			}
		})
	}
}

// TestTheNamesAreKustomizes: package layout, which does not import kustomize's library, has the names of its files.
func TestTheNamesAreKustomizes(t *testing.T) {
	require.Equal(t, konfig.RecognizedKustomizationFileNames(), layout.FileNames)
}
