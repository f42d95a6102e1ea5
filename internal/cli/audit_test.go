// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/finding"
)

// auditReport has an image of each verdict.
func auditReport() function.Report {
	images := []function.Image{
		{Verdict: "authenticated", Secret: "regcred", Reason: "", Audited: true, Line: 10},
		{Verdict: "anonymous", Reason: "no imagePullSecrets", Audited: true, Fails: true, Line: 20},
		{Verdict: "unknown", Secret: "sealed", Reason: `what is in Secret "sealed" is not known`, Audited: true, Line: 30},
		{Verdict: "anonymous", Reason: "no imagePullSecrets", Line: 40},
		{Verdict: "fails", Secret: "broken", Reason: `Secret "broken" is malformed`, Audited: true, Fails: true, Line: 50},
		{Verdict: "invalid", Reason: "no image name", Audited: true, Line: 60},
	}
	for i := range images {
		images[i].File, images[i].Kind, images[i].Namespace, images[i].Name = "m/calico.yaml", "DaemonSet", "kube-system", "calico-node"
		images[i].Container, images[i].Image, images[i].Registry = "calico-node", "docker.io/calico/node:v3.30.7", "docker.io"
	}
	images[3].Image, images[3].Registry, images[3].Name = "quay.io/x/y:1", "quay.io", "esc\x1b[2J"
	return function.Report{Images: images, Findings: []function.Finding{
		{Check: "anonymous-pull", Severity: "error", Message: "said by the table", Place: finding.Place{File: "m/calico.yaml", Line: 20}, IsVerdict: true},
		{Check: "registry-mismatch", Severity: "warning", Message: "another registry", Place: finding.Place{File: "m/a b:c.yaml", Line: 3, Kind: "DaemonSet", Namespace: "kube-system", Name: "calico-node", Field: "spec.template.spec.imagePullSecrets"}},
		{Check: "something-new", Severity: "info", Message: "no file"},
	}}
}

// show returns what a set with a report prints on stdout, with the options.
func show(t *testing.T, o options, report function.Report, colours bool) string {
	t.Helper()
	var b bytes.Buffer
	r := &run{options: o, console: &console{stdout: &b, stderr: &b}, out: bufio.NewWriter(&b), colours: colours, version: "test"}
	s := &set{run: r, out: r.out, print: func(string) {}}
	out := s.finish(report, "")
	switch o.output {
	case outputJSON:
		r.showJSON([]outcome{out})
	case outputSARIF:
		r.showSARIF([]outcome{out})
	}
	require.NoError(t, r.out.Flush())
	return b.String()
}

func TestTheTableOfAnAudit(t *testing.T) {
	const want = `VERDICT        IMAGE                          OBJECT                             CONTAINER    PLACE             REASON
fails          docker.io/calico/node:v3.30.7  DaemonSet kube-system/calico-node  calico-node  m/calico.yaml:50  Secret "broken" is malformed
anonymous      docker.io/calico/node:v3.30.7  DaemonSet kube-system/calico-node  calico-node  m/calico.yaml:20  no imagePullSecrets
unknown        docker.io/calico/node:v3.30.7  DaemonSet kube-system/calico-node  calico-node  m/calico.yaml:30  what is in Secret "sealed" is not known
invalid        docker.io/calico/node:v3.30.7  DaemonSet kube-system/calico-node  calico-node  m/calico.yaml:60  no image name
authenticated  docker.io/calico/node:v3.30.7  DaemonSet kube-system/calico-node  calico-node  m/calico.yaml:10  Secret regcred
anonymous      quay.io/x/y:1                  DaemonSet kube-system/esc\x1b[2J   calico-node  m/calico.yaml:40  not audited: no imagePullSecrets
6 images: 1 fails, 2 anonymous, 1 unknown, 1 invalid, 1 authenticated; 2 of the 5 that are audited fail
`
	require.Equal(t, want, show(t, options{audit: true}, auditReport(), false))
	require.Equal(t, want, show(t, options{}, auditReport(), false), "mode: audit in the settings")
	coloured := show(t, options{audit: true}, auditReport(), true)
	require.Equal(t, want, strings.NewReplacer(red, "", green, "", yellow, "", bold, "", dim, "", plain, "").Replace(coloured))
	require.Contains(t, coloured, "\n"+red+"fails"+plain+"  ")
	require.Contains(t, coloured, dim+"anonymous"+plain+"  ")
}

func TestATableLeavesOutWhatIsNowhere(t *testing.T) {
	report := function.Report{OK: true, Images: []function.Image{{Verdict: "authenticated", Image: "a", Kind: "Pod", Name: "p", Container: "c", Secret: "s", Audited: true}}}
	require.Equal(t, "VERDICT        IMAGE  OBJECT  CONTAINER  REASON\nauthenticated  a      Pod p   c          Secret s\n1 image: 1 authenticated; 0 of the 1 that are audited fail\n",
		show(t, options{audit: true}, report, false))
	report.Images[0].Line = 7
	require.Contains(t, show(t, options{audit: true}, report, false), "  7      Secret s\n")
	report.Images = append(report.Images, function.Image{Image: strings.Repeat("x", 500), Audited: true})
	require.Less(t, len(strings.Split(show(t, options{audit: true}, report, false), "\n")[0]), 150, "one long name widens all rows")
}

func TestTheJSONOfAnAudit(t *testing.T) {
	got := show(t, options{audit: true, output: "json"}, auditReport(), true)
	require.True(t, strings.HasPrefix(got, `{
  "images": [
    {
      "file": "m/calico.yaml",
      "line": 10,
      "kind": "DaemonSet",
      "namespace": "kube-system",
      "name": "calico-node",
      "container": "calico-node",
      "image": "docker.io/calico/node:v3.30.7",
      "registry": "docker.io",
      "verdict": "authenticated",
      "secret": "regcred",
      "reason": "",
      "audited": true
    },
`), got)
	var document struct {
		Images, Findings []map[string]any
		Counts           map[string]int
		OK               *bool
	}
	require.NoError(t, json.Unmarshal([]byte(got), &document))
	require.Len(t, document.Images, 6)
	require.Len(t, document.Findings, 2)
	require.Equal(t, map[string]int{"fails": 1, "anonymous": 2, "unknown": 1, "invalid": 1, "authenticated": 1}, document.Counts)
	require.False(t, *document.OK)
	require.Equal(t, "{\n  \"images\": [],\n  \"findings\": [],\n  \"counts\": {\n    \"fails\": 0,\n    \"anonymous\": 0,\n    \"unknown\": 0,\n    \"invalid\": 0,\n    \"authenticated\": 0\n  },\n  \"ok\": true\n}\n",
		show(t, options{audit: true, output: "json"}, function.Report{OK: true}, false))
}

func TestTheJSONOfACheck(t *testing.T) {
	report := function.Report{Findings: []function.Finding{{Check: "missing-reference", Severity: "error", Message: "<missing>", Place: finding.Place{File: "a.yaml", Line: 3}}}}
	require.Equal(t, `{
  "findings": [
    {
      "check": "missing-reference",
      "severity": "error",
      "message": "<missing>",
      "file": "a.yaml",
      "line": 3
    }
  ],
  "counts": {
    "error": 1,
    "warning": 0,
    "info": 0
  },
  "ok": false
}
`, show(t, options{check: true, output: "json"}, report, false))
	report = function.Report{OK: true, Files: []function.File{{Name: "a.yaml", Changed: true}}}
	require.Contains(t, show(t, options{check: true, output: "json"}, report, false), `"ok": false`, "a file would change")
}

func TestSARIF(t *testing.T) {
	got := show(t, options{audit: true, output: "sarif"}, auditReport(), false)
	var log sarifLog
	require.NoError(t, json.Unmarshal([]byte(got), &log))
	require.Equal(t, "2.1.0", log.Version)
	require.Len(t, log.Runs, 1)
	run := log.Runs[0]
	require.True(t, run.Invocations[0].Successful)
	require.Equal(t, "calico-pull-secrets", run.Tool.Driver.Name)
	ids := map[string]bool{}
	for _, rule := range run.Tool.Driver.Rules {
		require.False(t, ids[rule.ID], rule.ID)
		ids[rule.ID] = true
		require.NotEmpty(t, rule.ShortDescription.Text)
	}
	for _, check := range finding.Checks() {
		require.True(t, ids[check.ID], check.ID)
	}
	prints := map[string]bool{}
	var lines []string
	for _, result := range run.Results {
		require.Equal(t, result.RuleID, run.Tool.Driver.Rules[result.RuleIndex].ID)
		require.Contains(t, []string{"error", "warning", "note"}, result.Level)
		require.False(t, prints[result.Fingerprints["calico-pull-secrets/v1"]])
		prints[result.Fingerprints["calico-pull-secrets/v1"]] = true
		lines = append(lines, result.Level+" "+result.RuleID+" "+result.Message.Text)
	}
	require.Equal(t, []string{
		"warning registry-mismatch DaemonSet kube-system/calico-node: spec.template.spec.imagePullSecrets: another registry",
		"note something-new no file",
		"error anonymous-pull DaemonSet kube-system/calico-node: container calico-node: image docker.io/calico/node:v3.30.7: anonymous: no imagePullSecrets",
		`warning unknown-pull DaemonSet kube-system/calico-node: container calico-node: image docker.io/calico/node:v3.30.7: unknown: what is in Secret "sealed" is not known`,
		`error failing-pull DaemonSet kube-system/calico-node: container calico-node: image docker.io/calico/node:v3.30.7: fails: Secret "broken" is malformed`,
		"warning invalid-image DaemonSet kube-system/calico-node: container calico-node: image docker.io/calico/node:v3.30.7: invalid: no image name",
	}, lines)
	require.Equal(t, "m/a%20b:c.yaml", run.Results[0].Locations[0].Physical.Artifact.URI)
	require.Equal(t, 3, run.Results[0].Locations[0].Physical.Region.StartLine)
	require.Nil(t, run.Results[1].Locations)
	require.Contains(t, show(t, options{check: true, output: "sarif"}, function.Report{OK: true}, false), `"results": []`)
}

func TestReferencesToFilesAreURIs(t *testing.T) {
	t.Chdir(t.TempDir())
	for file, want := range map[string]string{
		"a b.yaml": "a%20b.yaml", "./m/ä.yaml": "m/%C3%A4.yaml", "c:d.yaml": "./c:d.yaml", "p%20.yaml": "p%2520.yaml", "/elsewhere/x.yaml": "file:///elsewhere/x.yaml", "q?#.yaml": "q%3F%23.yaml",
	} {
		require.Equal(t, want, uriOf(file))
	}
}

func TestWhatCannotBeReadIsInTheDocument(t *testing.T) {
	inFolder(t, map[string]string{"a.yaml": daemonSet})
	for _, output := range []string{"json", "sarif"} {
		for _, mode := range []string{"--check", "--audit"} {
			code, stdout, stderr := call(t, mode, "--output", output, "none.yaml")
			require.Equal(t, exitFailed, code)
			require.Contains(t, stdout, "none.yaml: no such file or directory")
			require.Contains(t, stderr, "error: none.yaml: no such file or directory")
			require.True(t, json.Valid([]byte(stdout)))
		}
	}
	_, stdout, _ := call(t, "--check", "--output", "sarif", "none.yaml")
	require.Contains(t, stdout, `"executionSuccessful": false`)
}

func TestNothingIsNoProof(t *testing.T) {
	inFolder(t, map[string]string{"empty/README.md": "nothing", "m.yaml": daemonSet})
	code, stdout, stderr := call(t, "--audit", "empty")
	require.Equal(t, exitFailed, code)
	require.Empty(t, stdout)
	require.Contains(t, stderr, "nothing to audit")
	require.Contains(t, stderr, "nothing was looked at")
	_, _, stderr = call(t, "--check", "--quiet", "empty", "onMissing=ignore")
	require.Contains(t, stderr, "warning: nothing was looked at: there is no *.yaml, *.yml or *.json in empty")
}

// Plain manifests pass a check in the settings as they came, or not at all.
func TestModeCheckIsAGate(t *testing.T) {
	inFolder(t, nil)
	gate := func(in string) (int, string) {
		var out, errs bytes.Buffer
		code := Program{}.Run([]string{"mode=check"}, strings.NewReader(in), &out, &errs)
		return code, out.String()
	}
	code, stdout := gate(daemonSet)
	require.Equal(t, exitFailed, code)
	require.Empty(t, stdout)
	code, stdout = gate(changed)
	require.Equal(t, exitOK, code)
	require.Equal(t, changed, stdout)
}

// A file that was named and cannot be read is shown at its line, and is no success.
func TestAFileThatCannotBeReadHasAPlace(t *testing.T) {
	inFolder(t, map[string]string{"broken.yaml": "kind: DaemonSet\nmetadata: {name: calico-node\n", "m/broken.yaml": "kind: DaemonSet\nmetadata: {name: calico-node\n"})
	for _, path := range []string{"broken.yaml", "m"} {
		code, stdout, _ := call(t, "--audit", "--output=sarif", path)
		require.Equal(t, exitFailed, code)
		var log sarifLog
		require.NoError(t, json.Unmarshal([]byte(stdout), &log))
		require.False(t, log.Runs[0].Invocations[0].Successful)
		i := slices.IndexFunc(log.Runs[0].Results, func(r sarifResult) bool { return r.RuleID == unreadRule && r.Level == severityError })
		require.GreaterOrEqual(t, i, 0)
		physical := log.Runs[0].Results[i].Locations[0].Physical
		require.Contains(t, physical.Artifact.URI, "broken.yaml")
		require.Positive(t, physical.Region.StartLine)
	}
}

// Code hosts take results with one fingerprint for one.
func TestObjectsWithoutANameAreToldApart(t *testing.T) {
	const job = "apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: a-}\nspec: {template: {spec: {containers: [{name: c, image: nginx}]}}}\n"
	inFolder(t, map[string]string{"jobs.yaml": job + "---\n" + job})
	_, stdout, _ := call(t, "--audit", "--output=sarif", "jobs.yaml")
	var log sarifLog
	require.NoError(t, json.Unmarshal([]byte(stdout), &log))
	require.Len(t, log.Runs[0].Results, 2)
	require.NotEqual(t, log.Runs[0].Results[0].Fingerprints, log.Runs[0].Results[1].Fingerprints)
}
