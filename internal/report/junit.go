// SPDX-License-Identifier: Apache-2.0

package report

import (
	"encoding/xml"
	"io"

	"example.com/calico-pull-secrets/internal/finding"
)

// The part of JUnit's XML that CI systems read. It has no specification. The elements are those of
// https://github.com/testmoapp/junitxml.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string `xml:"name,attr"`
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Skipped  int    `xml:"skipped,attr"`
		// Properties say what made the run lenient. Only the first suite has them.
		Properties []junitProperty `xml:"properties>property,omitempty"`
		Cases      []junitCase     `xml:"testcase"`
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		File    string        `xml:"file,attr,omitempty"`
		Line    int           `xml:"line,attr,omitempty"`
		Failure *junitMessage `xml:"failure"`
		Skipped *junitMessage `xml:"skipped"`
		Out     string        `xml:"system-out,omitempty"`
	}
	junitMessage struct {
		Type    string `xml:"type,attr,omitempty"`
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// junit writes a suite for each set, with a test for each image and each finding. Errors fail.
// Warnings are skipped: images that are not proven, not audited or excepted, for example.
func junit(w io.Writer, r Run) {
	all := junitSuites{Name: Program}
	for i, s := range r.all() {
		name := s.Name
		if name == "" {
			name = Program
		}
		suite := junitSuite{Name: Visible(name)}
		for _, line := range r.Lenient.Lines() {
			if i == 0 {
				suite.Properties = append(suite.Properties, junitProperty{"lenient", line})
			}
		}
		for _, image := range s.Images {
			suite.addImage(image)
		}
		alone := Run{IsAudit: r.IsAudit, Sets: []Set{{Findings: s.Findings}}}
		for _, f := range alone.problems() {
			suite.addFinding(f)
		}
		all.Tests, all.Failures, all.Skipped = all.Tests+suite.Tests, all.Failures+suite.Failures, all.Skipped+suite.Skipped
		all.Suites = append(all.Suites, suite)
	}
	_, _ = io.WriteString(w, xml.Header)
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	_ = encoder.Encode(all) // the writer keeps the error
	_, _ = io.WriteString(w, "\n")
}

func (s *junitSuite) addImage(image finding.Image) {
	v, _ := finding.VerdictNamed(image.Verdict)
	f := problemOf(image, v, "")
	switch {
	case image.Fails, image.Excepted != "":
	case !image.Audited:
		f.Severity, f.Message = finding.Warning, "not audited: "+f.Message
	case image.Verdict == "authenticated":
		f.Severity = finding.Info
	}
	object := objectName(f.Kind, f.Namespace, f.Name)
	f.Kind = ""
	s.add(object+": "+f.Field, f)
}

func (s *junitSuite) addFinding(f finding.Finding) {
	name := objectName(f.Kind, f.Namespace, f.Name)
	if name == "" {
		name = f.Check
	}
	s.add(name, f)
}

// add adds a test. An error becomes a failure. JUnit knows no warning, so a warning is skipped.
func (s *junitSuite) add(name string, f finding.Finding) {
	c := junitCase{Name: Visible(name), Class: f.Check, File: Visible(f.File), Line: f.Line}
	message := about(f)
	switch s.Tests++; f.Severity {
	case finding.Error:
		s.Failures++
		c.Failure = &junitMessage{f.Check, message, Visible(place(f.File, f.Line)) + "\n" + message}
	case finding.Warning:
		s.Skipped++
		c.Skipped = &junitMessage{Message: message}
	default:
		c.Out = message
	}
	s.Cases = append(s.Cases, c)
}
