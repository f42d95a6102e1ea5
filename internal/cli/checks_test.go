// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/kinds"
)

// TestEachCheckHasACase looks for a case of each check in testdata/cases/checks, named by its id. A
// run with the title "found: …" must find it, and one with "not: …" must not. Each case needs both.
func TestEachCheckHasACase(t *testing.T) {
	var ids, cases []string
	for _, check := range finding.Checks() {
		ids = append(ids, check.ID)
	}
	found, err := filepath.Glob(filepath.Join(casesFolder, "checks", "*.txtar"))
	require.NoError(t, err)
	for _, file := range found {
		cases = append(cases, strings.TrimSuffix(filepath.Base(file), ".txtar"))
	}
	for _, id := range ids {
		if !slices.Contains(cases, id) {
			t.Errorf("testdata/cases/checks/%s.txtar: write this case, with a run that finds it and one that does not: testdata/cases/README.md", id)
		}
	}
	for _, name := range cases {
		if !slices.Contains(ids, name) {
			t.Errorf("testdata/cases/checks/%s.txtar: no check of internal/finding/checks.go has this id", name)
		}
	}

	for i, file := range found {
		archive, err := txtar.ParseFile(file)
		require.NoError(t, err)
		files, runs := readCase(t, archive)
		count := map[string]int{}
		for _, r := range runs {
			kind, _, _ := strings.Cut(r.title, ": ")
			count[kind]++
			t.Run(cases[i]+": "+r.title, func(t *testing.T) {
				switch kind {
				case "found":
					require.Contains(t, idsOf(t, files, r), cases[i])
				case "not":
					require.NotContains(t, idsOf(t, files, r), cases[i])
				default:
					require.Fail(t, "the title of a run begins with found or not")
				}
			})
		}
		require.Positive(t, count["found"], "%s: no run that finds it", cases[i])
		require.Positive(t, count["not"], "%s: no run that does not find it", cases[i])
	}
}

// TestEachKindHasACase looks for an object of each kind in the case that has all kinds.
func TestEachKindHasACase(t *testing.T) {
	const name = "targets/every-kind.txtar"
	archive, err := txtar.ParseFile(filepath.Join(casesFolder, filepath.FromSlash(name)))
	require.NoError(t, err)
	files, runs := readCase(t, archive)
	for _, kind := range kinds.Names() {
		isThere := slices.ContainsFunc(files, func(f txtar.File) bool { return strings.Contains("\n"+string(f.Data), "\nkind: "+kind+"\n") })
		isTarget := slices.ContainsFunc(runs, func(r caseRun) bool { return strings.Contains(strings.Join(r.args, " "), kind+"/") })
		if !isThere || !isTarget {
			t.Errorf("testdata/cases/%s: add an object of kind %s, and %s/NAME to the targets of the run", name, kind, kind)
		}
	}
}

// idsOf returns the ids of a run's findings. The text on stderr has no ids. So a run with flags
// prints SARIF here. A run without flags gets its manifests as a ResourceList, and returns results.
// Only results have ids for an audit's findings that are in order.
func idsOf(t *testing.T, files []txtar.File, r caseRun) (ids []string) {
	t.Helper()
	_, in := enterCase(t, files, r)
	var stdout, stderr bytes.Buffer
	if r.hasFlags() {
		testProgram.Run(append([]string{"--output=sarif"}, r.args...), bytes.NewReader(in), &stdout, &stderr)
		var log githubLog
		require.NoError(t, json.Unmarshal(stdout.Bytes(), &log), stderr.String())
		require.Len(t, log.Runs, 1)
		for _, result := range log.Runs[0].Results {
			ids = append(ids, result.RuleID)
		}
		for _, n := range log.Runs[0].Invocations[0].ToolExecutionNotifications {
			ids = append(ids, n.AssociatedRule.ID)
		}
		return ids
	}
	list := string(in)
	if !strings.Contains(list, "\nkind: ResourceList\n") {
		list = asList(list)
	}
	testProgram.Run(r.args, strings.NewReader(list), &stdout, &stderr)
	var out struct {
		Results []struct{ Tags map[string]string }
	}
	require.NoError(t, yaml.Unmarshal(stdout.Bytes(), &out), stderr.String())
	for _, result := range out.Results {
		ids = append(ids, result.Tags["check"])
	}
	return ids
}

// asList returns a ResourceList with the objects of manifests.
func asList(manifests string) string {
	list := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n"
	for document := range strings.SplitSeq(manifests, "---\n") {
		list += "- " + strings.ReplaceAll(strings.TrimSuffix(document, "\n"), "\n", "\n  ") + "\n"
	}
	return list
}
