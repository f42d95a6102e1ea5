// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/needs"
)

// lastLine returns the last line of a script.
func lastLine(script string) string {
	lines := strings.Split(strings.TrimSpace(script), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}

// shardLine returns the line of shell that all examples of a fleet share.
func shardLine(t *testing.T) string {
	t.Helper()
	pod := parse(t, "fleet/job.yaml").Field("spec").Value
	containers, err := pod.Pipe(yaml.Lookup("template", "spec", "containers", "[name=shard]"))
	require.NoError(t, err)
	line := lastLine(text(t, containers, "args")[0])
	steps, err := parse(t, "fleet/.github/workflows/packages.yaml").Pipe(yaml.Lookup("jobs", "shard", "steps", "[name=shard]"))
	require.NoError(t, err)
	require.Equal(t, line, lastLine(text(t, steps, "run")[0]))
	require.Equal(t, line, lastLine(text(t, parse(t, "fleet/.gitlab-ci.yml"), "shard", "script")[0]))
	require.Contains(t, contents(t, recipes, "fleet/README.md"), "\n"+line+"\n")
	return line
}

// runShard runs the line for an index. A wrapper of calico-pull-secrets notes its packages. It
// returns true if the line failed.
func runShard(t *testing.T, line, repo, log, index, shards string) (fails bool) {
	t.Helper()
	cmd := needs.Command(t, "sh", "-ec", line)
	cmd.Dir = repo
	cmd.Env = append(os.Environ(), "INDEX="+index, "SHARDS="+shards, "LOG="+log)
	err := cmd.Run()
	if err != nil {
		require.ErrorAs(t, err, new(*exec.ExitError))
	}
	return err != nil
}

func TestRecipesFleet(t *testing.T) {
	manifest := setUpRecipe(t)
	line := shardLine(t)
	program := needs.Program(t, "calico-pull-secrets")
	replace(t, "calico-pull-secrets", `for a; do case $a in ./*) echo "$a" >> "$LOG";; esac; done
exec `+program+` "$@"`)

	const packages = 23
	files := map[string]string{"packages/README.md": "no package\n"}
	var all []string
	for i := range packages {
		name := fmt.Sprintf("./a package %d", i)
		all = append(all, name)
		files[filepath.Join("packages", name, "calico.yaml")] = manifest
		if i%3 == 0 {
			files[filepath.Join("packages", name, "calico.yaml")] = "apiVersion: v1\nkind: Namespace\nmetadata: {name: web}\n"
		}
	}
	const wrong = "./a package 7"
	files[filepath.Join("packages", wrong, "calico.yaml")] = strings.Replace(manifest, "kind: DaemonSet", "kind: DaemonSet\noops: [", 1)
	slices.Sort(all)
	for _, shards := range []int{1, 4, 7, 30} {
		repo, log := kustomization(t, files), filepath.Join(t.TempDir(), "log")
		for range 2 { // a second run of a shard changes nothing
			require.NoError(t, os.RemoveAll(log))
			failed := 0
			for index := range shards {
				before := given(t, log)
				fails := runShard(t, line, repo, log, strconv.Itoa(index), strconv.Itoa(shards))
				has := slices.Contains(given(t, log)[len(before):], wrong)
				require.Equal(t, has, fails, "shard %d of %d", index, shards)
				if fails {
					failed++
				}
			}
			require.Equal(t, 1, failed)
			taken := given(t, log)
			slices.Sort(taken)
			require.Equal(t, all, taken, "each package exactly once in %d shards", shards)
			for i := range packages {
				name := filepath.Join("packages", fmt.Sprintf("a package %d", i), "calico.yaml")
				if i%3 == 0 || i == 7 {
					require.Equal(t, files[filepath.Join("packages", fmt.Sprintf("a package %d", i), "calico.yaml")], contents(t, repo, name))
				} else {
					requireTheTwoLines(t, manifest, contents(t, repo, name))
				}
			}
		}
	}

	// A missing variable or folder must not look like a shard without packages.
	repo, log := kustomization(t, files), filepath.Join(t.TempDir(), "log")
	for _, c := range [][2]string{{"", "4"}, {"0", ""}} {
		require.True(t, runShard(t, line, repo, log, c[0], c[1]), c)
	}
	require.True(t, runShard(t, line, t.TempDir(), log, "0", "1"), "no folder packages")
	require.Empty(t, given(t, log))
}

// given returns the packages that the program got so far.
func given(t *testing.T, log string) []string {
	t.Helper()
	b, err := os.ReadFile(log)
	if os.IsNotExist(err) {
		return nil
	}
	require.NoError(t, err)
	return strings.Split(strings.TrimSpace(string(b)), "\n")
}

// TestRecipesFleetNumbers compares numbers that the recipe repeats.
func TestRecipesFleetNumbers(t *testing.T) {
	job := parse(t, "fleet/job.yaml")
	completions := text(t, job, "spec", "completions")
	shard, err := job.Pipe(yaml.Lookup("spec", "template", "spec", "containers", "[name=shard]"))
	require.NoError(t, err)
	env, err := shard.Pipe(yaml.Lookup("env", "[name=SHARDS]"))
	require.NoError(t, err)
	require.Equal(t, completions, text(t, env, "value"))
	require.Contains(t, text(t, shard, "args")[0], `INDEX="$JOB_COMPLETION_INDEX"`)
	workflow := parse(t, "fleet/.github/workflows/packages.yaml")
	for name, value := range map[string]string{"INDEX": "${{ strategy.job-index }}", "SHARDS": "${{ strategy.job-total }}"} {
		require.Equal(t, []string{value}, text(t, workflow, "jobs", "shard", "env", name))
	}
	require.Contains(t, text(t, parse(t, "fleet/.gitlab-ci.yml"), "shard", "before_script"), "export INDEX=$((CI_NODE_INDEX - 1)) SHARDS=$CI_NODE_TOTAL")
}
