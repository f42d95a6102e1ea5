// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
)

// A githubLog has the fields of SARIF that GitHub reads.
type githubLog struct {
	Schema  string `json:"$schema"`
	Version string
	Runs    []struct {
		Tool struct {
			Driver struct {
				Name, InformationURI string
				Rules                []struct {
					ID, HelpURI                             string
					ShortDescription, FullDescription, Help struct{ Text string }
					DefaultConfiguration                    struct{ Level string }
				}
			}
		}
		Invocations []struct {
			ToolExecutionNotifications []struct {
				AssociatedRule struct{ ID string }
				Message        struct{ Text string }
				Locations      []githubLocation
			}
		}
		Results []struct {
			RuleID, Level       string
			RuleIndex           int
			Message             struct{ Text string }
			Locations           []githubLocation
			PartialFingerprints map[string]string
			Suppressions        []any
		}
	}
}

type githubLocation struct {
	PhysicalLocation struct {
		ArtifactLocation struct{ URI string }
		Region           struct{ StartLine int }
	}
}

// TestGitHubTakesEachSARIF checks the SARIF of each case on files or stdin against GitHub's rules
// for an upload. GitHub refuses the whole file if one result breaks a rule. The sources:
//
//   - docs:
//     https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support,
//     the tables of required and non-empty properties, and the limits;
//   - a result needs a location, and the location a physical one:
//     https://github.com/github/codeql-action/issues/1738,
//     https://github.com/github/codeql-action/issues/2459;
//   - GH1003 and GH1005 of the SARIF validator that docs names,
//     https://github.com/microsoft/sarif-sdk: a line in each region; a path as a relative
//     reference or with the scheme file;
//   - a reference to a file must be a URI reference, in notifications, too:
//     https://github.com/github/codeql-action/issues/684;
//   - GitHub uses only the fingerprint primaryLocationLineHash (docs). It shows suppressed
//     results as open, so there are none.
func TestGitHubTakesEachSARIF(t *testing.T) {
	results, notifications := 0, 0
	for _, file := range caseFiles(t) {
		archive, err := txtar.ParseFile(file)
		require.NoError(t, err)
		files, runs := readCase(t, archive)
		for _, r := range runs {
			if !slices.Contains(r.args, "--audit") && !slices.Contains(r.args, "--check") || slices.Contains(r.args, "--diff") || strings.Contains(strings.Join(r.args, " "), "--output") {
				continue
			}
			t.Run(file+" "+r.title, func(t *testing.T) {
				_, in := enterCase(t, files, r)
				var stdout, stderr bytes.Buffer
				testProgram.Run(slices.Concat([]string{"--output=sarif"}, r.args), bytes.NewReader(in), &stdout, &stderr)
				if stdout.Len() == 0 { // the arguments are wrong
					return
				}
				var log githubLog
				require.NoError(t, json.Unmarshal(stdout.Bytes(), &log))
				requireGitHubTakes(t, log)
				results += len(log.Runs[0].Results)
				notifications += len(log.Runs[0].Invocations[0].ToolExecutionNotifications)
			})
		}
	}
	require.Greater(t, results, 100)
	require.Greater(t, notifications, 10)
}

func requireGitHubTakes(t *testing.T, log githubLog) {
	t.Helper()
	require.NotEmpty(t, log.Schema)
	require.Equal(t, "2.1.0", log.Version)
	require.Len(t, log.Runs, 1, "at most 20 runs (docs)")
	run := log.Runs[0]
	require.Equal(t, programName, run.Tool.Driver.Name)
	require.NotEmpty(t, run.Tool.Driver.InformationURI)
	ids := map[string]bool{}
	for _, rule := range run.Tool.Driver.Rules {
		require.False(t, ids[rule.ID], "ids are unique")
		ids[rule.ID] = true
		for _, text := range []string{rule.ShortDescription.Text, rule.FullDescription.Text, rule.Help.Text} {
			require.NotEmpty(t, text, rule.ID)
			require.LessOrEqual(t, len(text), 1024, rule.ID)
		}
		require.Contains(t, []string{"note", "warning", "error"}, rule.DefaultConfiguration.Level)
		require.True(t, strings.HasSuffix(rule.HelpURI, "#"+rule.ID), rule.HelpURI)
	}
	require.LessOrEqual(t, len(run.Results), 25_000)
	prints := map[string]bool{}
	for _, result := range run.Results {
		require.Equal(t, result.RuleID, run.Tool.Driver.Rules[result.RuleIndex].ID)
		require.Contains(t, []string{"note", "warning", "error"}, result.Level)
		require.NotEmpty(t, result.Message.Text)
		require.Len(t, result.Locations, 1, result.Message.Text)
		requireFile(t, result.Locations[0].PhysicalLocation.ArtifactLocation.URI)
		require.Positive(t, result.Locations[0].PhysicalLocation.Region.StartLine, result.Message.Text)
		print := result.PartialFingerprints["primaryLocationLineHash"]
		require.NotEmpty(t, print)
		require.False(t, prints[print], "two results have one fingerprint: %s", result.Message.Text)
		prints[print] = true
		require.Empty(t, result.Suppressions)
	}
	for _, n := range run.Invocations[0].ToolExecutionNotifications {
		require.True(t, ids[n.AssociatedRule.ID])
		require.NotEmpty(t, n.Message.Text)
		for _, l := range n.Locations {
			if uri := l.PhysicalLocation.ArtifactLocation.URI; uri != "" {
				requireFile(t, uri)
			}
		}
	}
}

// requireFile fails unless a reference is that of a file.
func requireFile(t *testing.T, reference string) {
	t.Helper()
	require.NotEmpty(t, reference)
	u, err := url.Parse(reference)
	require.NoError(t, err)
	require.Contains(t, []string{"", "file"}, u.Scheme, reference)
	for _, c := range []byte(reference) {
		require.True(t, c > ' ' && c < 0x7f && !strings.ContainsRune("<>\"{}|\\^`", rune(c)), "%q is no URI reference", reference)
	}
}

// TestTwoMissingFiles has findings that differ only in the file.
func TestTwoMissingFiles(t *testing.T) {
	inFolder(t, nil)
	_, stdout, _ := call(t, "--each", "--audit", "--output=sarif", "a.yaml", "b.yaml")
	var log githubLog
	require.NoError(t, json.Unmarshal([]byte(stdout), &log))
	require.Len(t, log.Runs[0].Results, 2)
	requireGitHubTakes(t, log)
}

// TestStdinHasAName expects results for images on stdin, in the file that --stdin-name names.
func TestStdinHasAName(t *testing.T) {
	for name, arguments := range map[string][]string{"stdin": nil, "apps/web%20one.yaml": {"--stdin-name", "apps/web one.yaml"}} {
		inFolder(t, nil)
		var stdout, stderr bytes.Buffer
		testProgram.Run(append([]string{"--audit", "--output=sarif"}, arguments...), strings.NewReader("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - image: nginx\n"), &stdout, &stderr)
		var log githubLog
		require.NoError(t, json.Unmarshal(stdout.Bytes(), &log))
		requireGitHubTakes(t, log)
		require.Equal(t, name, log.Runs[0].Results[0].Locations[0].PhysicalLocation.ArtifactLocation.URI)
		require.Equal(t, 6, log.Runs[0].Results[0].Locations[0].PhysicalLocation.Region.StartLine)
	}
}
