// SPDX-License-Identifier: Apache-2.0

package build

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
)

// repository returns one with the files of an archive.
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

// textOf returns the objects as one text, each behind the file that it is from.
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
