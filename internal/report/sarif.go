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

// SARIF writes what came of all sets as one SARIF log: the findings, and the audited
// images that are not authenticated. version is that of the program.
func SARIF(w io.Writer, sets []Set, isAudit bool, version string) {
	rules := sarifRules()
	results := []sarifResult{}
	read := true
	for _, s := range sets {
		for _, f := range s.Findings {
			read = read && f.Check != finding.Input && (f.Check != finding.Unread || f.Severity != finding.Error)
			if !isAudit || !f.IsVerdict {
				results = append(results, resultOfFinding(f, s.Name))
			}
		}
		for _, image := range s.Images {
			if v, rank := finding.VerdictNamed(image.Verdict); rank >= 0 && v.Severity != finding.Info && image.Audited {
				results = append(results, resultOfImage(image, v, s.Name))
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
	encode(w, sarifLog{sarifSchema, "2.1.0", []sarifRun{{
		Tool:        sarifTool{sarifDriver{Program, version, rules}},
		Invocations: []sarifInvocation{{read}},
		Results:     results,
	}}})
}

// sarifRules returns the checks as rules.
func sarifRules() (rules []sarifRule) {
	for _, c := range finding.Checks() {
		rules = append(rules, sarifRule{c.ID, sarifMessage{c.About}, sarifLevel{levelOf(c.Severity)}})
	}
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

func resultOfFinding(f finding.Finding, set string) sarifResult {
	message, id := f.Text(), f.Check
	object := objectName(f.Kind, f.Namespace, f.Name)
	if f.Field != "" {
		message = f.Field + ": " + message
	}
	if object != "" {
		message = object + ": " + message
	}
	if id == "" {
		id = finding.Input
	}
	return sarifResult{
		RuleID: id, Level: levelOf(f.Severity), Message: sarifMessage{message},
		Locations: locationsOf(f.File, f.Line, object), Fingerprints: fingerprint(set, f.File, id, object, f.Field),
	}
}

func resultOfImage(image finding.Image, v finding.Verdict, set string) sarifResult {
	level := levelOf(v.Severity)
	switch {
	case image.Fails:
		level = levelOf(finding.Error)
	case v.Severity == finding.Error:
		level = levelOf(finding.Warning)
	}
	object := objectName(image.Kind, image.Namespace, image.Name)
	message := fmt.Sprintf("%s: container %s: image %s: %s", object, image.Container, image.Image, image.Verdict)
	if image.Reason != "" {
		message += ": " + image.Reason
	}
	return sarifResult{
		RuleID: v.Check, Level: level, Message: sarifMessage{message},
		Locations: locationsOf(image.File, image.Line, object), Fingerprints: fingerprint(set, image.File, v.Check, object, image.Container),
	}
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

// levelOf returns a severity as a level of SARIF.
func levelOf(severity finding.Severity) string {
	if severity == finding.Info {
		return "note"
	}
	return string(severity)
}

const fingerprintKey = Program + "/v1"

// fingerprint returns what tells a result from others, wherever its line moves.
func fingerprint(parts ...string) map[string]string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return map[string]string{fingerprintKey: hex.EncodeToString(sum[:16])}
}
