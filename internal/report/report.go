// SPDX-License-Identifier: Apache-2.0

// Package report writes what came of a run, a file a format: a table for people, JSON for
// programs, SARIF for code hosts, JUnit for CI, and annotations and Markdown for GitHub.
//
// It promises:
//
//   - The same records give the same bytes.
//   - No byte of a name reaches a terminal as an escape sequence, and no name is read as
//     markup or as a command of a format.
//   - With several sets there is one document, whose records say of which set they are.
//   - What fails is in each format.
package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"example.com/calico-pull-secrets/internal/budget"
	"example.com/calico-pull-secrets/internal/finding"
)

// Program is the name of the program.
const Program = "calico-pull-secrets"

// A Run is what came of a call.
type Run struct {
	Sets     []Set
	Findings finding.List // on all sets together
	Lenient  Lenient
	IsAudit  bool // or a check
	Colours  bool // in the table
	Version  string
	// Help returns what to do about the checks, by their ids; nil for nothing.
	Help func() map[string]string
}

// A Set is what came of one set of resources.
type Set struct {
	Name       string   // empty if there is but one
	Paths      []string // as they were typed; none for stdin
	Exclude    []string // globs of files that were left out
	OK         bool
	Findings   finding.List
	Images     []finding.Image // of an audit
	Budget     *budget.Budget  // of an audit that asks for it, else nil
	Registries []string        // that are audited
	ToChange   []string        // of a check: the files in which something is to do
	Silent     map[string]int  // how many image references are in places where nothing is pulled
	Excepted   int             // how many images and findings exceptions and the baseline let pass
}

// A Format writes what came of a run. What goes wrong is for the writer to keep.
type Format func(io.Writer, Run)

// formats are all there are. The first is that for people.
var formats = []struct {
	name  string
	write Format
}{{"table", table}, {"json", toJSON}, {"sarif", sarif}, {"junit", junit}, {"github", github}, {"markdown", markdown}}

// Names returns the names of the formats, that for people first.
func Names() (names []string) {
	for _, f := range formats {
		names = append(names, f.name)
	}
	return names
}

// Named returns the format with a name, nil if there is none.
func Named(name string) Format {
	for _, f := range formats {
		if f.name == name {
			return f.write
		}
	}
	return nil
}

// all returns the sets, and behind them one without a name for what is said on all of them.
func (r Run) all() []Set {
	if len(r.Findings) == 0 {
		return r.Sets
	}
	return append(slices.Clone(r.Sets), Set{OK: !r.Findings.HasErrors(), Findings: r.Findings})
}

// problems returns what there is to say as findings, each with its set: those of all sets,
// and one for each audited image that fails or is not authenticated. What was excepted is
// none: it is counted.
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

// problemOf returns what there is to say of an image.
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

// levels are the severities, worst first.
var levels = []finding.Severity{finding.Error, finding.Warning, finding.Info}

// worstFirst returns findings in order of severity, and else as they are.
func worstFirst(all finding.List) finding.List {
	return slices.SortedStableFunc(slices.Values(all), func(a, b finding.Finding) int {
		return cmp.Compare(slices.Index(levels, a.Severity), slices.Index(levels, b.Severity))
	})
}

// about returns the set and object of a finding, then its field and message, as one line
// without file and severity.
func about(f finding.Finding) string {
	if f.IsInSet() {
		f.Set = ""
	}
	f.Severity, f.File, f.Line, f.Message = finding.Info, "", 0, f.Text()
	return Visible(f.String())
}

// place returns the file and line of a finding, as far as they are known.
func place(file string, line int) string {
	switch {
	case line == 0:
		return file
	case file == "":
		return fmt.Sprint(line)
	}
	return fmt.Sprintf("%s:%d", file, line)
}
