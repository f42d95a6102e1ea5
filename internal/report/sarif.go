// SPDX-License-Identifier: Apache-2.0

package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"example.com/calico-pull-secrets/internal/finding"
)

// home is the address of the project. make rehome sets it.
const home = "https://example.com/calico-pull-secrets"

// The part of SARIF 2.1.0 that shows findings at their lines:
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. GitHub requires more:
// https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		Invocations []sarifInvocation `json:"invocations"`
		Results     []sarifResult     `json:"results"`
		Properties  sarifProperties   `json:"properties"`
	}
	sarifProperties struct {
		Excepted int     `json:"excepted"`
		LeftOut  int     `json:"leftOut,omitempty"` // results beyond GitHub's limit
		Lenient  Lenient `json:"lenient"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version,omitempty"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID       string       `json:"id"`
		Short    sarifMessage `json:"shortDescription"`
		Full     sarifMessage `json:"fullDescription"`
		Help     sarifMessage `json:"help"`
		HelpURI  string       `json:"helpUri"`
		Defaults sarifLevel   `json:"defaultConfiguration"`
	}
	sarifLevel struct {
		Level string `json:"level"`
	}
	sarifInvocation struct {
		Successful    bool                `json:"executionSuccessful"`
		Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNotification struct {
		Rule      sarifReference  `json:"associatedRule"`
		Level     string          `json:"level"`
		Message   sarifMessage    `json:"message"`
		Locations []sarifLocation `json:"locations,omitempty"`
	}
	sarifReference struct {
		ID    string `json:"id"`
		Index int    `json:"index"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Level        string            `json:"level"`
		Message      sarifMessage      `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Fingerprints map[string]string `json:"partialFingerprints"`
	}
	sarifMessage struct {
		Text string `json:"text"`
	}
	sarifLocation struct {
		Physical *sarifPhysical `json:"physicalLocation,omitempty"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine int `json:"startLine"`
	}
	sarifLogical struct {
		FullyQualifiedName string `json:"fullyQualifiedName"`
	}
)

const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

// mostResults is how many results GitHub accepts in a run. It refuses a file with more.
const mostResults = 25_000

// sarif writes the problems as a SARIF log for GitHub. GitHub refuses a file if one result has no
// place. So a problem without a place becomes a notification. So does an info about skipped input,
// because nobody can mend it at a line. GitHub shows suppressed results as open, so excepted ones
// are left out.
func sarif(w io.Writer, r Run) {
	run := sarifRun{
		Tool:        sarifTool{sarifDriver{Program, r.Version, home, rules(r.Help)}},
		Invocations: []sarifInvocation{{Successful: true}},
		Results:     []sarifResult{},
		Properties:  sarifProperties{Lenient: r.Lenient.records()},
	}
	for _, s := range r.Sets {
		run.Properties.Excepted += s.Excepted
	}
	for _, f := range r.problems() {
		run.add(f)
	}
	if more := len(run.Results) - mostResults; more > 0 {
		slices.SortStableFunc(run.Results, func(a, b sarifResult) int { return rankOf(a.Level) - rankOf(b.Level) })
		run.Results = run.Results[:mostResults]
		run.Properties.LeftOut = more
	}
	seen := map[string]int{}
	for i := range run.Results {
		prints := run.Results[i].Fingerprints
		print := prints[fingerprintKey]
		if seen[print]++; seen[print] > 1 { // for example two objects without a name
			print = fingerprint(print, strconv.Itoa(seen[print]))
		}
		prints[fingerprintKey], prints[hostKey] = print, print
	}
	encode(w, sarifLog{sarifSchema, "2.1.0", []sarifRun{run}})
}

// add adds a problem as a result, or as a notification.
func (r *sarifRun) add(f finding.Finding) {
	rule := slices.IndexFunc(r.Tool.Driver.Rules, func(rule sarifRule) bool { return rule.ID == f.Check })
	if rule < 0 { // results of package wire may have no check
		rule = slices.IndexFunc(r.Tool.Driver.Rules, func(rule sarifRule) bool { return rule.ID == finding.Input })
	}
	id, message := r.Tool.Driver.Rules[rule].ID, sarifMessage{about(f)}
	invocation := &r.Invocations[0]
	isUnread := f.Check == finding.Unread || f.Check == finding.Input
	if f.File == "" && f.Line > 0 {
		f.File = "stdin"
	}
	isNote := f.File == "" || f.Check == finding.Unread && f.Severity == finding.Info
	if f.Severity == finding.Error && (isUnread || isNote) { // the results alone would look complete
		invocation.Successful = false
	}
	if isNote {
		invocation.Notifications = append(invocation.Notifications, sarifNotification{
			sarifReference{id, rule}, levelOf(f.Severity), message, locationsOf(f, 0),
		})
		return
	}
	object := objectName(f.Kind, f.Namespace, f.Name)
	subject := f.Field
	if object == "" || subject == "" { // the message distinguishes it from others
		subject = f.Message
	}
	r.Results = append(r.Results, sarifResult{
		id, rule, levelOf(f.Severity), message, locationsOf(f, max(1, f.Line)),
		map[string]string{fingerprintKey: fingerprint(f.Set, f.File, id, object, subject)},
	})
}

// rules returns the checks as SARIF rules.
func rules(help func() map[string]string) (rules []sarifRule) {
	var texts map[string]string
	if help != nil {
		texts = help()
	}
	for _, c := range finding.Checks() {
		text := texts[c.ID]
		if text == "" { // GitHub requires a text
			text = c.About
		}
		rules = append(rules, sarifRule{c.ID, sarifMessage{c.About}, sarifMessage{c.About}, sarifMessage{text}, pageOf(c.ID), sarifLevel{levelOf(c.Severity)}})
	}
	return rules
}

// pageOf returns the address of the documentation of a check.
func pageOf(id string) string { return home + "/blob/main/docs/checks.md#" + id }

// locationsOf returns the place of a finding, nil if it has none. A line of 0 is left out.
func locationsOf(f finding.Finding, line int) []sarifLocation {
	var l sarifLocation
	if f.File != "" {
		l.Physical = &sarifPhysical{Artifact: sarifArtifact{uriOf(f.File)}}
		if line > 0 {
			l.Physical.Region = &sarifRegion{line}
		}
	}
	if object := objectName(f.Kind, f.Namespace, f.Name); object != "" {
		l.Logical = []sarifLogical{{object}}
	}
	if l.Physical == nil && l.Logical == nil {
		return nil
	}
	return []sarifLocation{l}
}

// uriOf returns the reference to a file, relative if the file is in the working folder.
func uriOf(file string) string {
	absolute, err := filepath.Abs(file)
	if err != nil {
		return (&url.URL{Path: filepath.ToSlash(file)}).String()
	}
	if working, err := os.Getwd(); err == nil {
		if relative, err := filepath.Rel(working, absolute); err == nil && filepath.IsLocal(relative) {
			return (&url.URL{Path: filepath.ToSlash(relative)}).String()
		}
	}
	return (&url.URL{Scheme: "file", Path: "/" + strings.TrimLeft(filepath.ToSlash(absolute), "/")}).String()
}

// levelOf returns a severity as a SARIF level.
func levelOf(severity finding.Severity) string {
	if severity == finding.Info {
		return "note"
	}
	return string(severity)
}

// rankOf returns the rank of a SARIF level. The worst has 0.
func rankOf(level string) int { return slices.Index([]string{"error", "warning", "note"}, level) }

// The keys of the fingerprint: our own, and the only one that GitHub uses.
const (
	fingerprintKey = Program + "/v2"
	hostKey        = "primaryLocationLineHash"
)

// fingerprint returns a text that identifies a result, also after its line has moved.
func fingerprint(parts ...string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q", parts))
	return hex.EncodeToString(sum[:16])
}
