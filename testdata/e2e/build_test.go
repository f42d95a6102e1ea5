// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/build"
	"example.com/calico-pull-secrets/internal/needs"
)

// TestBuildsAreThoseOfKustomize builds random kustomizations, those of the examples, and those
// below the folders of KUSTOMIZATIONS. It builds them in this process, in any order, several at a
// time, and some twice. Each must have the resources that the real kustomize prints, in the same
// order. It must fail if kustomize fails.
func TestBuildsAreThoseOfKustomize(t *testing.T) {
	random := 200
	if testing.Short() {
		random = 40
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	r := rand.New(rand.NewPCG(7, 8))
	var folders []string
	for i := range random {
		folders = append(folders, writeRandom(t, r, filepath.Join(dir, fmt.Sprint(i))))
	}
	folders = append(folders, kustomizationsBelow(t, "../../examples")...)
	for _, other := range filepath.SplitList(os.Getenv("KUSTOMIZATIONS")) {
		folders = append(folders, kustomizationsBelow(t, other)...)
	}
	repositories := map[string]*build.Repository{}
	for _, folder := range folders {
		root := boundaryOf(folder)
		if repositories[root] == nil {
			repository, err := build.Open(root, build.Options{Shown: func(path string) string { return path }, Limits: build.DefaultLimits})
			require.NoError(t, err)
			defer repository.Close()
			repositories[root] = repository
		}
	}
	jobs := append(slices.Clone(folders), folders[:len(folders)/4]...)
	r.Shuffle(len(jobs), func(i, j int) { jobs[i], jobs[j] = jobs[j], jobs[i] })
	type made struct {
		built    build.Built
		problems []build.Problem
	}
	all := make([]made, len(jobs))
	next := make(chan int)
	var group sync.WaitGroup
	for range 2 * runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for i := range next {
				all[i].built, all[i].problems = repositories[boundaryOf(jobs[i])].Build(jobs[i])
			}
		})
	}
	for i := range jobs {
		next <- i
	}
	close(next)
	group.Wait()
	counts := map[string]int{}
	wanted := map[string]string{}
	for i, job := range jobs {
		if all[i].built.Function != nil { // kustomize would run the function
			counts["with our function"]++
			continue
		}
		want, done := wanted[job]
		if !done {
			var out, errs bytes.Buffer
			cmd := needs.Command(t, "kustomize", "build", "--load-restrictor", "LoadRestrictionsNone", job)
			cmd.Env = append(os.Environ(), "PATH="+filepath.Join(dir, "no-programs"))
			cmd.Stdout, cmd.Stderr = &out, &errs
			if err := cmd.Run(); err == nil {
				want = out.String()
			} else {
				want = "error: " + errs.String()
			}
			wanted[job] = want
		}
		if strings.HasPrefix(want, "error: ") {
			require.NotEmpty(t, all[i].problems, "%s: kustomize refuses it, and we do not\n%s", job, want)
			counts["refused by both"]++
			continue
		}
		require.Empty(t, all[i].problems, "%s: kustomize builds it", job)
		var got strings.Builder
		for _, o := range all[i].built.Objects {
			got.WriteString("---\n" + string(o.YAML))
			if o.File != "" {
				counts["objects with a file"]++
				require.FileExists(t, o.File)
			} else {
				counts["objects without a file"]++
			}
		}
		require.Equal(t, valuesOf(t, want), valuesOf(t, got.String()), job)
		counts["the same"]++
	}
	t.Log(counts)
	require.Greater(t, counts["the same"], random/2)
	require.NotZero(t, counts["refused by both"])
	require.NotZero(t, counts["with our function"])
	require.Greater(t, counts["objects with a file"], counts["objects without a file"])
}

// boundaryOf returns the folder that a build may read: the nearest one above with .git, or the one
// with the folder of random kustomizations.
func boundaryOf(folder string) string {
	for parent := folder; parent != filepath.Dir(parent); parent = filepath.Dir(parent) {
		for _, mark := range []string{".git", "random"} {
			if _, err := os.Lstat(filepath.Join(parent, mark)); err == nil {
				return parent
			}
		}
	}
	return folder
}

// kustomizationsBelow returns the real folders with a kustomization or a component.
func kustomizationsBelow(t *testing.T, root string) (folders []string) {
	t.Helper()
	root, err := filepath.Abs(root)
	require.NoError(t, err)
	root, err = filepath.EvalSymlinks(root)
	require.NoError(t, err)
	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && slices.Contains([]string{"kustomization.yaml", "kustomization.yml", "Kustomization"}, d.Name()) && d.Type().IsRegular() {
			folders = append(folders, filepath.Dir(path))
		}
		return err
	}))
	return folders
}

// valuesOf returns the objects of a stream as values.
func valuesOf(t *testing.T, text string) (all []any) {
	t.Helper()
	decoder := yaml.NewDecoder(strings.NewReader(text))
	for {
		var v any
		if err := decoder.Decode(&v); err != nil {
			require.EqualError(t, err, "EOF")
			return all
		}
		if v != nil {
			all = append(all, v)
		}
	}
}
