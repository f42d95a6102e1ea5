// SPDX-License-Identifier: Apache-2.0

package report

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/finding"
)

// auditSet has an image of each verdict.
func auditSet() Set {
	images := []finding.Image{
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
	return Set{Images: images, Excepted: 3, Findings: finding.List{
		{Check: "anonymous-pull", Severity: "error", Message: "said by the table", Place: finding.Place{File: "m/calico.yaml", Line: 20}, IsVerdict: true},
		{Check: "registry-mismatch", Severity: "warning", Message: "another registry", Place: finding.Place{File: "m/a b:c.yaml", Line: 3, Kind: "DaemonSet", Namespace: "kube-system", Name: "calico-node", Field: "spec.template.spec.imagePullSecrets"}},
		{Check: "something-new", Severity: "info", Message: "no file"},
	}}
}

// written returns what a function writes.
func written(write func(io.Writer)) string {
	var b bytes.Buffer
	write(&b)
	return b.String()
}

func table(s Set, isColoured bool) string {
	return written(func(w io.Writer) { Table(w, s, isColoured) })
}

func asJSON(s Set, isAudit bool) string {
	return written(func(w io.Writer) { JSON(w, []Set{s}, isAudit) })
}

func asSARIF(s Set, isAudit bool) string {
	return written(func(w io.Writer) { SARIF(w, []Set{s}, isAudit, "test") })
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
	require.Equal(t, want, table(auditSet(), false))
	coloured := table(auditSet(), true)
	require.Equal(t, want, strings.NewReplacer(Red, "", Green, "", Yellow, "", Bold, "", Dim, "", Plain, "").Replace(coloured))
	require.Contains(t, coloured, "\n"+Red+"fails"+Plain+"  ")
	require.Contains(t, coloured, Dim+"anonymous"+Plain+"  ")
}

func TestATableLeavesOutWhatIsNowhere(t *testing.T) {
	set := Set{OK: true, Images: []finding.Image{{Verdict: "authenticated", Image: "a", Kind: "Pod", Name: "p", Container: "c", Secret: "s", Audited: true}}}
	require.Equal(t, "VERDICT        IMAGE  OBJECT  CONTAINER  REASON\nauthenticated  a      Pod p   c          Secret s\n1 image: 1 authenticated; 0 of the 1 that are audited fail\n",
		table(set, false))
	set.Images[0].Line = 7
	require.Contains(t, table(set, false), "  7      Secret s\n")
	set.Images = append(set.Images, finding.Image{Image: strings.Repeat("x", 500), Audited: true})
	require.Less(t, len(strings.Split(table(set, false), "\n")[0]), 150, "one long name widens all rows")
}

func TestTheJSONOfAnAudit(t *testing.T) {
	got := asJSON(auditSet(), true)
	var document struct {
		Images, Findings []map[string]any
		Counts           struct {
			Audited, Failing, Excepted int
			Verdicts, Severities       map[string]int
		}
		OK *bool
	}
	require.NoError(t, json.Unmarshal([]byte(got), &document))
	require.Len(t, document.Images, 6)
	require.Len(t, document.Findings, 2)
	require.Equal(t, map[string]int{"fails": 1, "anonymous": 2, "unknown": 1, "invalid": 1, "authenticated": 1}, document.Counts.Verdicts)
	require.Equal(t, map[string]int{"error": 0, "warning": 1, "info": 1}, document.Counts.Severities, "but what the images say")
	require.Equal(t, []int{5, 2, 3}, []int{document.Counts.Audited, document.Counts.Failing, document.Counts.Excepted})
	require.False(t, *document.OK)

	nothing := asJSON(Set{OK: true}, true)
	require.Contains(t, nothing, `"images": [],`)
	require.Contains(t, nothing, `"findings": [],`)
	require.Contains(t, nothing, `"silent": {}`)
	require.NotContains(t, asJSON(Set{OK: true}, false), "images")
}

func TestNoNameMovesTheCursorInJSON(t *testing.T) {
	set := Set{Findings: finding.List{{Check: "missing-reference", Severity: "error", Message: "<\u202e\u009b>"}}}
	require.Contains(t, asJSON(set, false), `"message": "<\u202e\u009b>"`)
}

func TestSARIF(t *testing.T) {
	got := asSARIF(auditSet(), true)
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
	require.Contains(t, asSARIF(Set{OK: true}, false), `"results": []`)
}

func TestReferencesToFilesAreURIs(t *testing.T) {
	t.Chdir(t.TempDir())
	for file, want := range map[string]string{
		"a b.yaml": "a%20b.yaml", "./m/ä.yaml": "m/%C3%A4.yaml", "c:d.yaml": "./c:d.yaml", "p%20.yaml": "p%2520.yaml", "/elsewhere/x.yaml": "file:///elsewhere/x.yaml", "q?#.yaml": "q%3F%23.yaml",
	} {
		require.Equal(t, want, uriOf(file))
	}
}

func TestNothingThatMovesTheCursorIsVisible(t *testing.T) {
	const esc = "\x1b[2J\u009b\u202e\x07\r\n\xff\x7f"
	require.Equal(t, `\x1b[2J\u009b\u202e\a\r\n\xff\x7f`, Visible(esc))
	require.Equal(t, "ä – 漢", Visible("ä – 漢"))
	require.Len(t, []rune(Visible(strings.Repeat("ä", 5000))), longest+2)
	require.Len(t, []rune(Visible(strings.Repeat("a", 5000))), longest+2)
}
