// SPDX-License-Identifier: Apache-2.0

// Package report writes the result of a run, one file for each format: a table for people, JSON for
// programs, SARIF for code hosts, JUnit for CI, and annotations and Markdown for GitHub.
//
// It promises:
//
//   - The same records give the same bytes.
//   - No byte of a name reaches a terminal as an escape sequence. No format reads a name as
//     markup or as a command.
//   - Several sets give one document. Each record in it names its set.
//   - Every failure is in every format.
package report

import (
	"fmt"
	"io"
	"slices"

	"example.com/calico-pull-secrets/internal/budget"
	"example.com/calico-pull-secrets/internal/finding"
)

// Program is the name of the program.
const Program = "calico-pull-secrets"

// A Run is the result of a call.
type Run struct {
	Sets     []Set
	Findings finding.List // about all sets together
	Lenient  Lenient
	IsAudit  bool // false for a check
	Colours  bool // in the table
	Version  string
	// Help returns the advice of each check by its id; nil for none.
	Help func() map[string]string
}

// A Set is the result for one set of resources.
type Set struct {
	Name       string   // empty for the only set
	Paths      []string // as the user typed them; none for stdin
	Exclude    []string // globs of the excluded files
	OK         bool
	Findings   finding.List
	Images     []finding.Image // of an audit
	Budget     *budget.Budget  // of an audit with --nodes, otherwise nil
	Registries []string        // that the audit covers
	ToChange   []string        // of a check: the files to change
	Silent     map[string]int  // how many image references are in each kind of place that pulls nothing
	Excepted   int             // how many images and findings pass by an exception or the baseline
}

// A Format writes the result of a run. The writer keeps the errors.
type Format func(io.Writer, Run)

// formats are all formats. The first is for people.
var formats = []struct {
	name  string
	write Format
}{{"table", table}, {"json", toJSON}, {"sarif", sarif}, {"junit", junit}, {"github", github}, {"markdown", markdown}}

// Names returns the names of the formats. The first is for people.
func Names() (names []string) {
	for _, f := range formats {
		names = append(names, f.name)
	}
	return names
}

// Named returns the format with a name, nil if the name is unknown.
func Named(name string) Format {
	for _, f := range formats {
		if f.name == name {
			return f.write
		}
	}
	return nil
}

// all returns the sets, followed by one without a name for the findings about all of them.
func (r Run) all() []Set {
	if len(r.Findings) == 0 {
		return r.Sets
	}
	return append(slices.Clone(r.Sets), Set{OK: !r.Findings.HasErrors(), Findings: r.Findings})
}

// problems returns the findings of all sets, each with its set. It adds one for each image that
// fails, and for each audited image without the verdict authenticated. It leaves out excepted ones:
// they are only counted.
func (r Run) problems() (all finding.List) {
	for _, s := range r.all() {
		for _, f := range s.Findings {
			if f.Excepted != "" {
				continue
			}
			if !r.IsAudit || !f.IsVerdict {
				f.Set = s.Name
				all = append(all, f)
			}
		}
		for _, image := range s.Images {
			if image.Excepted != "" {
				continue
			}
			if v, rank := finding.VerdictNamed(image.Verdict); image.Fails || rank >= 0 && v.Severity != finding.Info && image.Audited {
				all = append(all, problemOf(image, v, s.Name))
			}
		}
	}
	return all
}

// problemOf returns an image's verdict as a finding.
func problemOf(image finding.Image, v finding.Verdict, set string) finding.Finding {
	f := finding.New(v.Check, finding.Warning, "image %s: %s", image.Image, image.Verdict)
	if image.Reason != "" {
		f.Message += ": " + finding.Visible(image.Reason)
	}
	if image.Fails {
		f.Severity = finding.Error
	}
	f.Excepted = image.Excepted
	f.Set = set
	return f.At(finding.Place{File: image.File, Line: image.Line, APIVersion: image.APIVersion, Kind: image.Kind, Namespace: image.Namespace, Name: image.Name, Field: "container " + image.Container})
}

// worstFirst sorts findings by severity, and keeps their order otherwise.
func worstFirst(all finding.List) finding.List {
	return slices.SortedStableFunc(slices.Values(all), finding.ByRank)
}

// about returns a finding as one line without file and severity.
func about(f finding.Finding) string {
	if f.IsInSet() {
		f.Set = ""
	}
	f.Severity, f.File, f.Line, f.Message = finding.Info, "", 0, f.Text()
	return Visible(f.String())
}

// place returns the file and line of a finding, if they are known.
func place(file string, line int) string {
	switch {
	case line == 0:
		return file
	case file == "":
		return fmt.Sprint(line)
	}
	return fmt.Sprintf("%s:%d", file, line)
}
