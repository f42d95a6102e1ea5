// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/finding"
)

// The part of SARIF 2.1.0 that is needed to show findings at their lines:
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html.
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
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string       `json:"id"`
		ShortDescription sarifMessage `json:"shortDescription"`
		Configuration    sarifLevel   `json:"defaultConfiguration"`
	}
	sarifLevel struct {
		Level string `json:"level"`
	}
	sarifInvocation struct {
		Successful bool `json:"executionSuccessful"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Level        string            `json:"level"`
		Message      sarifMessage      `json:"message"`
		Locations    []sarifLocation   `json:"locations,omitempty"`
		Fingerprints map[string]string `json:"partialFingerprints,omitempty"`
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

// showSARIF prints what came of all sets as one SARIF log: the findings, and the
// audited images that are not authenticated.
func (r *run) showSARIF(outcomes []outcome) {
	rules := sarifRules()
	results := []sarifResult{}
	read := true
	for _, o := range outcomes {
		for _, f := range o.findings {
			read = read && f.Check != inputRule && (f.Check != unreadRule || f.Severity != severityError)
			if !r.audit || !f.IsVerdict {
				results = append(results, resultOfFinding(f, o.set))
			}
		}
		for _, image := range o.images {
			if i := rank(image.Verdict); i >= 0 && verdicts[i].rule != "" && image.Audited {
				results = append(results, resultOfImage(image, o.set))
			}
		}
	}
	seen := map[string]int{}
	for i := range results {
		results[i].RuleIndex = indexOfRule(&rules, results[i])
		print := results[i].Fingerprints[fingerprintKey]
		if seen[print]++; seen[print] > 1 { // two objects without a name
			results[i].Fingerprints = fingerprint(print, strconv.Itoa(seen[print]))
		}
	}
	r.encode(sarifLog{sarifSchema, "2.1.0", []sarifRun{{
		Tool:        sarifTool{sarifDriver{programName, r.version, rules}},
		Invocations: []sarifInvocation{{read}},
		Results:     results,
	}}})
}

// sarifRules returns the checks of the function, and of this package, as rules.
func sarifRules() (rules []sarifRule) {
	add := func(id, about, severity string) {
		if !slices.ContainsFunc(rules, func(r sarifRule) bool { return r.ID == id }) {
			rules = append(rules, sarifRule{id, sarifMessage{about}, sarifLevel{levelOf(severity)}})
		}
	}
	for _, c := range finding.Checks() {
		add(c.ID, c.About, string(c.Severity))
	}
	for _, v := range verdicts {
		if v.rule != "" {
			add(v.rule, v.about, v.severity)
		}
	}
	add(inputRule, "something cannot be read or written", severityError)
	return rules
}

// indexOfRule returns the index of the rule of a result, which is added if it is
// missing.
func indexOfRule(rules *[]sarifRule, result sarifResult) int {
	i := slices.IndexFunc(*rules, func(r sarifRule) bool { return r.ID == result.RuleID })
	if i < 0 {
		i = len(*rules)
		*rules = append(*rules, sarifRule{result.RuleID, sarifMessage{result.RuleID}, sarifLevel{result.Level}})
	}
	return i
}

func resultOfFinding(f function.Finding, set string) sarifResult {
	message, id := f.Message, f.Check
	object := objectName(f.Kind, f.Namespace, f.Name)
	if f.Field != "" {
		message = f.Field + ": " + message
	}
	if object != "" {
		message = object + ": " + message
	}
	if id == "" {
		id = inputRule
	}
	return sarifResult{
		RuleID: id, Level: levelOf(string(f.Severity)), Message: sarifMessage{message},
		Locations: locationsOf(f.File, f.Line, object), Fingerprints: fingerprint(set, f.File, id, object, f.Field),
	}
}

func resultOfImage(image function.Image, set string) sarifResult {
	v := verdicts[rank(image.Verdict)]
	level := levelOf(v.severity)
	if !image.Fails && level == severityError {
		level = severityWarning
	}
	if image.Fails {
		level = severityError
	}
	object := objectName(image.Kind, image.Namespace, image.Name)
	message := fmt.Sprintf("%s: container %s: image %s: %s", object, image.Container, image.Image, image.Verdict)
	if image.Reason != "" {
		message += ": " + image.Reason
	}
	return sarifResult{
		RuleID: v.rule, Level: level, Message: sarifMessage{message},
		Locations: locationsOf(image.File, image.Line, object), Fingerprints: fingerprint(set, image.File, v.rule, object, image.Container),
	}
}

// objectName returns the kind, the namespace and the name of an object, empty if it
// has no kind.
func objectName(kind, namespace, name string) string {
	switch {
	case kind == "":
		return ""
	case namespace == "":
		return strings.TrimSuffix(kind+" "+name, " ")
	}
	return kind + " " + namespace + "/" + name
}

func locationsOf(file string, line int, object string) []sarifLocation {
	var l sarifLocation
	if file != "" {
		l.Physical = &sarifPhysical{Artifact: sarifArtifact{uriOf(file)}}
		if line > 0 {
			l.Physical.Region = &sarifRegion{line}
		}
	}
	if object != "" {
		l.Logical = []sarifLogical{{object}}
	}
	if l.Physical == nil && l.Logical == nil {
		return nil
	}
	return []sarifLocation{l}
}

// uriOf returns the reference to a file: relative if it is in the working folder.
func uriOf(file string) string {
	name, inside := relativeName(file)
	if inside {
		return (&url.URL{Path: name}).String()
	}
	absolute, err := filepath.Abs(file)
	if err != nil {
		absolute = file
	}
	return (&url.URL{Scheme: "file", Path: "/" + strings.TrimLeft(filepath.ToSlash(absolute), "/")}).String()
}

// levelOf returns a severity as a level of SARIF.
func levelOf(severity string) string {
	if severity == severityInfo {
		return "note"
	}
	return severity
}

const fingerprintKey = programName + "/v1"

// fingerprint returns what tells a result from others, wherever its line moves.
func fingerprint(parts ...string) map[string]string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return map[string]string{fingerprintKey: hex.EncodeToString(sum[:16])}
}
