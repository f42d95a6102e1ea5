// SPDX-License-Identifier: Apache-2.0

package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/finding"
)

// auditSet has an image for each verdict.
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

// written returns the text that a function writes.
func written(write func(io.Writer)) string {
	var b bytes.Buffer
	write(&b)
	return b.String()
}

// as returns a set in a format.
func as(form string, s Set, isAudit bool) string {
	return written(func(w io.Writer) { Named(form)(w, Run{Sets: []Set{s}, IsAudit: isAudit, Version: "test"}) })
}

func tableOf(s Set, isColoured bool) string {
	return written(func(w io.Writer) { table(w, Run{Sets: []Set{s}, IsAudit: true, Colours: isColoured}) })
}

func TestTheTableOfAnAudit(t *testing.T) {
	const want = `VERDICT        IMAGE                          OBJECT                             CONTAINER    PLACE             REASON
fails          docker.io/calico/node:v3.30.7  DaemonSet kube-system/calico-node  calico-node  m/calico.yaml:50  Secret "broken" is malformed
anonymous      docker.io/calico/node:v3.30.7  DaemonSet kube-system/calico-node  calico-node  m/calico.yaml:20  no imagePullSecrets
unknown        docker.io/calico/node:v3.30.7  DaemonSet kube-system/calico-node  calico-node  m/calico.yaml:30  what is in Secret "sealed" is not known
invalid        docker.io/calico/node:v3.30.7  DaemonSet kube-system/calico-node  calico-node  m/calico.yaml:60  no image name
authenticated  docker.io/calico/node:v3.30.7  DaemonSet kube-system/calico-node  calico-node  m/calico.yaml:10  Secret regcred
anonymous      quay.io/x/y:1                  DaemonSet kube-system/esc\x1b[2J   calico-node  m/calico.yaml:40  not audited: no imagePullSecrets
docker.io: 5 images, 1 fails, 1 anonymous, 1 unknown, 1 invalid, 1 authenticated: FAIL. 1 from other registries is not audited
`
	require.Equal(t, want, tableOf(auditSet(), false))
	coloured := tableOf(auditSet(), true)
	require.Equal(t, want, strings.NewReplacer(Red, "", Green, "", Yellow, "", Bold, "", Dim, "", Plain, "").Replace(coloured))
	require.Contains(t, coloured, "\n"+Red+"fails"+Plain+"  ")
	require.Contains(t, coloured, Dim+"anonymous"+Plain+"  ")
}

func TestATableLeavesOutEmptyColumns(t *testing.T) {
	set := Set{OK: true, Images: []finding.Image{{Verdict: "authenticated", Image: "a", Kind: "Pod", Name: "p", Container: "c", Secret: "s", Audited: true}}}
	require.Equal(t, "VERDICT        IMAGE  OBJECT  CONTAINER  REASON\nauthenticated  a      Pod p   c          Secret s\nunknown registry: 1 image, 1 authenticated: OK\n",
		tableOf(set, false))
	set.Images[0].Line = 7
	require.Contains(t, tableOf(set, false), "  7      Secret s\n")
	set.Images = append(set.Images, finding.Image{Image: strings.Repeat("x", 500), Audited: true})
	require.Less(t, len(strings.Split(tableOf(set, false), "\n")[0]), 150, "one long name widens all rows")
}

func TestTheJSONOfAnAudit(t *testing.T) {
	got := as("json", auditSet(), true)
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

	nothing := as("json", Set{OK: true}, true)
	require.Contains(t, nothing, `"images": [],`)
	require.Contains(t, nothing, `"findings": [],`)
	require.Contains(t, nothing, `"silent": {}`)
	require.NotContains(t, as("json", Set{OK: true}, false), "images")
}

func TestJSONEscapesControlCharacters(t *testing.T) {
	set := Set{Findings: finding.List{{Check: "missing-reference", Severity: "error", Message: "<\u202e\u009b>"}}}
	require.Contains(t, as("json", set, false), `"message": "<\u202e\u009b>"`)
}

func TestSARIF(t *testing.T) {
	got := as("sarif", auditSet(), true)
	var log sarifLog
	require.NoError(t, json.Unmarshal([]byte(got), &log))
	run := log.Runs[0]
	require.True(t, run.Invocations[0].Successful)
	require.Equal(t, sarifProperties{Excepted: 3, Lenient: Lenient{}.records()}, run.Properties)
	var lines []string
	for _, result := range run.Results {
		lines = append(lines, result.Level+" "+result.RuleID+" "+result.Message.Text)
	}
	require.Equal(t, []string{
		"warning registry-mismatch DaemonSet kube-system/calico-node: spec.template.spec.imagePullSecrets: another registry",
		"error anonymous-pull DaemonSet kube-system/calico-node: container calico-node: image docker.io/calico/node:v3.30.7: anonymous: no imagePullSecrets",
		`warning unknown-pull DaemonSet kube-system/calico-node: container calico-node: image docker.io/calico/node:v3.30.7: unknown: what is in Secret "sealed" is not known`,
		`error failing-pull DaemonSet kube-system/calico-node: container calico-node: image docker.io/calico/node:v3.30.7: fails: Secret "broken" is malformed`,
		"warning invalid-image DaemonSet kube-system/calico-node: container calico-node: image docker.io/calico/node:v3.30.7: invalid: no image name",
	}, lines)
	require.Equal(t, "m/a%20b:c.yaml", run.Results[0].Locations[0].Physical.Artifact.URI)
	require.Equal(t, 3, run.Results[0].Locations[0].Physical.Region.StartLine)
	require.Equal(t, "no file", run.Invocations[0].Notifications[0].Message.Text)
	require.Contains(t, as("sarif", Set{OK: true}, false), `"results": []`)
}

// TestAnErrorWithoutAPlaceIsNoSuccess has an error that cannot be a result: the results alone would
// look complete.
func TestAnErrorWithoutAPlaceIsNoSuccess(t *testing.T) {
	set := Set{Findings: finding.List{{Check: finding.MissingTarget, Severity: finding.Error, Message: "nothing to audit"}}}
	require.Contains(t, as("sarif", set, true), `"executionSuccessful": false`)
	set.Findings[0].File = "a.yaml"
	require.Contains(t, as("sarif", set, true), `"executionSuccessful": true`)
}

// TestWhatFailsIsInEachFormat has an image of each kind. One is authenticated, but fails under
// strict, because another Secret may hide the credential.
func TestWhatFailsIsInEachFormat(t *testing.T) {
	set := Set{Images: []finding.Image{
		{File: "a.yaml", Kind: "Pod", Name: "hidden", Container: "c", Image: "nginx", Registry: "docker.io", Verdict: "authenticated", Reason: "Secret x hides it", Audited: true, Fails: true},
	}, Findings: finding.List{{Check: finding.Unread, Severity: finding.Error, Message: "not valid YAML", Place: finding.Place{File: "broken.yaml"}}}, Registries: []string{"docker.io"}}
	for _, form := range Names() {
		text := as(form, set, true)
		require.Contains(t, text, "Secret x hides it", form)
		if form != "table" { // for a table, stderr has the finding
			require.Contains(t, text, "not valid YAML", form)
		}
		switch form {
		case "table", "github", "markdown":
			require.Contains(t, text, "docker.io: 1 image, 1 authenticated: FAIL", form)
		}
	}
}

// TestMoreThanGitHubTakes has more results than GitHub accepts in a run. sarif keeps the worst, and
// the number of the others.
func TestMoreThanGitHubTakes(t *testing.T) {
	var set Set
	for i := range mostResults + 5 {
		set.Findings = append(set.Findings, finding.Finding{Check: finding.AnonymousPull, Severity: finding.Info, Message: fmt.Sprint(i), Place: finding.Place{File: "a.yaml"}})
	}
	set.Findings[mostResults].Severity = finding.Error
	var log sarifLog
	require.NoError(t, json.Unmarshal([]byte(as("sarif", set, true)), &log))
	require.Len(t, log.Runs[0].Results, mostResults)
	require.Equal(t, "error", log.Runs[0].Results[0].Level)
	require.Equal(t, 5, log.Runs[0].Properties.LeftOut)
}

// TestTenAnnotationsOfEachLevel has more errors than GitHub shows. One line counts the rest.
func TestTenAnnotationsOfEachLevel(t *testing.T) {
	var set Set
	for range 13 {
		set.Findings = append(set.Findings, finding.Finding{Check: finding.Unread, Severity: finding.Error, Message: "x"}, finding.Finding{Check: finding.Unread, Severity: finding.Warning, Message: "y"})
	}
	text := as("github", set, false)
	require.Equal(t, 10, strings.Count(text, "::error "))
	require.Equal(t, 10, strings.Count(text, "::warning "))
	require.Contains(t, text, "\ncalico-pull-secrets: 3 more errors, 3 more warnings: GitHub shows ten of each level\n")
	require.Less(t, strings.LastIndex(text, "::error "), strings.Index(text, "::warning "), "worst first")
}

// TestNoLineIsOKInASetThatFails combines registries and errors in every way.
func TestNoLineIsOKInASetThatFails(t *testing.T) {
	image := func(registry string, fails bool) finding.Image {
		return finding.Image{Registry: registry, Verdict: "authenticated", Audited: true, Fails: fails}
	}
	unread := finding.List{{Check: finding.Unread, Severity: finding.Error, Message: "x"}}
	for _, c := range []struct {
		set  Set
		want []string
	}{
		{Set{OK: true, Registries: []string{"docker.io"}}, []string{"docker.io: 0 images: OK"}},
		{Set{Registries: []string{"docker.io"}, Findings: unread}, []string{"docker.io: 0 images: FAIL, for 1 error"}},
		{Set{Findings: unread}, []string{"FAIL, for 1 error"}},
		{Set{}, []string{"FAIL"}},
		{Set{OK: true}, []string{"OK"}},
		{Set{Images: []finding.Image{image("a.io", true), image("b.io", false)}}, []string{"a.io: 1 image, 1 authenticated: FAIL", "b.io: 1 image, 1 authenticated"}},
		{Set{Images: []finding.Image{image("a.io", false)}, Findings: unread}, []string{"a.io: 1 image, 1 authenticated: FAIL, for 1 error"}},
		{Set{OK: true, Images: []finding.Image{{Registry: "a.io", Verdict: "unknown", Audited: true}, {Registry: "b.io", Verdict: "anonymous"}, {Registry: "c.io", Verdict: "anonymous"}}},
			[]string{"a.io: 1 image, 1 unknown: OK, but 1 not proven. 2 from other registries are not audited"}},
	} {
		require.Equal(t, c.want, c.set.summary(true))
	}
	run := Run{IsAudit: true, Sets: []Set{{Name: "a", OK: true}, {Name: "b"}}}
	require.Equal(t, []string{"a: OK", "b: FAIL", "1 of 2 sets: FAIL: b"}, run.summary())
}

func TestReferencesToFilesAreURIs(t *testing.T) {
	t.Chdir(t.TempDir())
	for file, want := range map[string]string{
		"a b.yaml": "a%20b.yaml", "./m/ä.yaml": "m/%C3%A4.yaml", "c:d.yaml": "./c:d.yaml", "p%20.yaml": "p%2520.yaml", "/elsewhere/x.yaml": "file:///elsewhere/x.yaml", "q?#.yaml": "q%3F%23.yaml",
	} {
		require.Equal(t, want, uriOf(file))
	}
}

func TestVisibleEscapesControlCharacters(t *testing.T) {
	const esc = "\x1b[2J\u009b\u202e\x07\r\n\xff\x7f"
	require.Equal(t, `\x1b[2J\u009b\u202e\a\r\n\xff\x7f`, Visible(esc))
	require.Equal(t, "ä – 漢", Visible("ä – 漢"))
	require.Len(t, []rune(Visible(strings.Repeat("ä", 5000))), longest+2)
	require.Len(t, []rune(Visible(strings.Repeat("a", 5000))), longest+2)
}
