// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/finding"
)

// sarifLog has the fields of SARIF that the tests read.
type sarifLog struct {
	Runs []struct {
		Invocations []struct {
			Successful bool `json:"executionSuccessful"`
		}
		Results []struct {
			RuleID, Level string
			Locations     []struct {
				Physical struct {
					Artifact struct{ URI string } `json:"artifactLocation"`
					Region   struct{ StartLine int }
				} `json:"physicalLocation"`
			}
			Fingerprints map[string]string `json:"partialFingerprints"`
		}
	}
}

// A mode in the settings and a flag give the same table. A check with files to change is not OK in
// any format.
func TestTheModeDecidesWhatIsShown(t *testing.T) {
	inFolder(t, map[string]string{"a.yaml": daemonSet, "audit.yaml": "apiVersion: fn.kpt.dev/v1alpha1\nkind: CalicoPullSecrets\nspec: {mode: audit}\n"})
	code, byFlag, _ := call(t, "--audit", "a.yaml")
	require.Equal(t, exitFailed, code)
	require.Contains(t, byFlag, "VERDICT")
	code, bySettings, _ := call(t, "--config", "audit.yaml", "a.yaml")
	require.Equal(t, exitFailed, code)
	require.Equal(t, byFlag, bySettings)
	_, document, _ := call(t, "--check", "--output=json", "a.yaml")
	require.Contains(t, document, `"ok": false`)
}

func TestWhatCannotBeReadIsInTheDocument(t *testing.T) {
	inFolder(t, map[string]string{"a.yaml": daemonSet})
	for _, output := range []string{"json", "sarif"} {
		for _, mode := range []string{"--check", "--audit"} {
			code, stdout, stderr := call(t, mode, "--output", output, "none.yaml")
			require.Equal(t, exitUsage, code)
			require.Contains(t, stdout, `"none.yaml"`)
			require.Contains(t, stdout, "no such file or directory")
			require.Contains(t, stderr, "error: none.yaml: no such file or directory")
			require.True(t, json.Valid([]byte(stdout)))
		}
	}
	_, stdout, _ := call(t, "--check", "--output", "sarif", "none.yaml")
	require.Contains(t, stdout, `"executionSuccessful": false`)
}

func TestAFolderWithoutManifestsFails(t *testing.T) {
	inFolder(t, map[string]string{"empty/README.md": "nothing", "m.yaml": daemonSet})
	code, stdout, stderr := call(t, "--audit", "empty")
	require.Equal(t, int(finding.ExitUnread), code)
	require.Equal(t, "docker.io: 0 images: FAIL, for 2 errors\n", stdout)
	require.Contains(t, stderr, "nothing to audit")
	require.Contains(t, stderr, "the program read no file in it")
	_, _, stderr = call(t, "--check", "--quiet", "empty", "onMissing=ignore")
	require.Contains(t, stderr, "error: empty/: the program read no file in it: there is no *.yaml, *.yml or *.json")
}

// If a named file cannot be read, the finding has its line, and the run did not succeed.
func TestAFileThatCannotBeReadHasAPlace(t *testing.T) {
	inFolder(t, map[string]string{"broken.yaml": "kind: DaemonSet\nmetadata: {name: calico-node\n", "m/broken.yaml": "kind: DaemonSet\nmetadata: {name: calico-node\n"})
	for _, path := range []string{"broken.yaml", "m"} {
		code, stdout, _ := call(t, "--audit", "--output=sarif", path)
		require.Equal(t, exitUnread, code)
		var log sarifLog
		require.NoError(t, json.Unmarshal([]byte(stdout), &log))
		require.False(t, log.Runs[0].Invocations[0].Successful)
		i := 0
		for r := log.Runs[0].Results[i]; r.RuleID != "unread" || r.Level != "error"; r = log.Runs[0].Results[i] {
			i++
			require.Less(t, i, len(log.Runs[0].Results))
		}
		physical := log.Runs[0].Results[i].Locations[0].Physical
		require.Contains(t, physical.Artifact.URI, "broken.yaml")
		require.Positive(t, physical.Region.StartLine)
	}
}

// Code hosts merge results with the same fingerprint.
func TestObjectsWithoutANameAreToldApart(t *testing.T) {
	const job = "apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: a-}\nspec: {template: {spec: {containers: [{name: c, image: nginx}]}}}\n"
	inFolder(t, map[string]string{"jobs.yaml": job + "---\n" + job})
	_, stdout, _ := call(t, "--audit", "--output=sarif", "jobs.yaml")
	var log sarifLog
	require.NoError(t, json.Unmarshal([]byte(stdout), &log))
	require.Len(t, log.Runs[0].Results, 2)
	require.NotEqual(t, log.Runs[0].Results[0].Fingerprints, log.Runs[0].Results[1].Fingerprints)
}
