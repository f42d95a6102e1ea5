// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/needs"
)

// TestTheOutcomeIsTheSameOnEachNumberOfCores runs every mode on many files and many sets, on one
// core and on several. Output, its order and written files must be the same.
func TestTheOutcomeIsTheSameOnEachNumberOfCores(t *testing.T) {
	needs.InMemory(t)
	files, folders := map[string]string{}, []string{}
	for i := range 84 { // one core takes fewer light files at a time
		folder := fmt.Sprintf("clusters/%02d", i)
		if i%6 == 2 {
			folder = fmt.Sprintf("broken/%02d", i)
		}
		folders = append(folders, folder)
		manifest := strings.ReplaceAll(daemonSet, "kube-system", fmt.Sprintf("n%d", i))
		switch i % 6 {
		case 1:
			manifest = strings.Replace(manifest, "calico-node", "web", 1) // no target
		case 2:
			manifest += "---\napiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: calico-node\n" // broken
		case 4:
			manifest = "kind: List\napiVersion: v1\nitems:\n- " + strings.ReplaceAll(strings.TrimSuffix(manifest, "\n"), "\n", "\n  ") + "\n"
		case 3:
			manifest = strings.Replace(changed, "kube-system", fmt.Sprintf("n%d", i), 1) // done
		}
		files[folder+"/calico.yaml"] = manifest
		files[folder+"/other.yaml"] = fmt.Sprintf("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c%d}\n", i)
		files[folder+"/chart.yaml"] = "kind: DaemonSet\nmetadata:\n  name: calico-node\n{{ end }}\n"
	}
	type outcome struct {
		code           int
		stdout, stderr string
		files          map[string]string
	}
	run := func(cores int, arguments []string) (o outcome) {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
		for name, text := range files {
			require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
		}
		o.code, o.stdout, o.stderr = call(t, arguments...)
		o.files = map[string]string{}
		for name := range files {
			o.files[name] = content(t, name)
		}
		return o
	}
	inFolder(t, files)
	writes := 0
	for _, mode := range [][]string{
		{"--check"}, {"--diff"}, {"--audit"}, {"--write"}, {"--check", "--output=json"}, {"--audit", "--output=sarif"}, {"--audit", "--output=junit"},
	} {
		for i, paths := range [][]string{{"clusters"}, {"clusters", "broken"}, append([]string{"--each"}, folders...)} {
			for _, settings := range [][]string{{"onMissing=error"}, {"onMissing=ignore", "targets=calico-node,DaemonSet/web"}} {
				arguments := slices.Concat(mode, paths, settings)
				one := run(1, arguments)
				require.NotEmpty(t, one.stderr+one.stdout, arguments)
				switch {
				case i == 0 && mode[0] == "--diff":
					require.Greater(t, strings.Count(one.stdout, "\n+++ "), 40, arguments)
				case i == 1:
					require.Equal(t, exitUnread, one.code, arguments)
				case mode[0] == "--write":
					require.Equal(t, i == 0, one.code == exitOK, one.stderr)
					require.False(t, maps.Equal(one.files, files), arguments)
					writes++
				}
				for range 2 {
					require.Equal(t, one, run(4, arguments), arguments)
				}
			}
		}
	}
	require.Equal(t, 4, writes)
}
