// SPDX-License-Identifier: Apache-2.0

package function

import (
	"errors"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/allowance"
	"example.com/calico-pull-secrets/internal/edit"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/pull"
	"example.com/calico-pull-secrets/internal/wire"
)

// A Report is what came of a run.
type Report struct {
	OK bool
	// Stdout is what belongs there if the input was stdin, a piece after the other: a
	// ResourceList, also after a failure, or manifests, none after a failure. The pieces
	// share the memory of the input.
	Stdout [][]byte
	// Files are what becomes of the inputs that have names, in their order. After a
	// failure none has changes, but in mode check, where they say what add would do.
	Files []File
	// Adds is true if there are new manifests that belong to none of the inputs: Added,
	// which mode check has only for a diff.
	Adds  bool
	Added []byte
	// Code is the exit code that the findings make: 0 if and only if OK, and at most 1
	// for a ResourceList.
	Code finding.ExitCode
	// Findings are what there is to say, worst first. In mode audit the verdicts are Images.
	Findings []Finding
	Images   []Image
	// Registries are those that an audit looks for.
	Registries []string
	// Allowed is what exceptions and a baseline let pass in mode audit.
	Allowed []allowance.Allowed
	// Silent is how many image references stand where nothing is pulled, by the name of the
	// place. See inventory.SilentPlaces.
	Silent map[string]int
	// Unused are, of a part, the findings on registries that nothing in it names.
	Unused []Finding
	// IsList is true if the input was a ResourceList.
	IsList bool
	// Shown is true if the caller shows the findings itself.
	Shown bool
}

// A File is what becomes of an input that has a name.
type File struct {
	Name    string
	Before  []byte   // as it was read; nil if nothing in it mattered, or it is not kept
	Changed bool     // it does not stay as it is
	Changes []Change // in order; none if no text is wanted
	Secrets []Range  // where Before has a Secret, which no diff may show
	// ChangesSecret is true if one of the changes is of an object with a credential in it.
	ChangesSecret bool
	// PutsSecret is true if one of them writes such an object, or a part of it.
	PutsSecret bool
	Passed     string // why it was passed over, empty if it was not
}

// A Change replaces Before[Start:End] by Text.
type Change = edit.Change

// A Range is a part of a text, in bytes.
type Range struct{ Start, End int }

// A Finding is one thing to say about an object.
type Finding = finding.Finding

// An Image is the verdict on the image of one container.
type Image = finding.Image

// printed returns the findings for those who do not see the results, each once.
func (r *run) printed(o judgement, s task) (said []Finding) {
	for _, f := range o.findings.WorstFirst() {
		isInfo := f.Severity == fn.Info
		if isInfo && (s.Quiet || r.in.IsResourceList()) {
			continue
		}
		said = append(said, r.place(f))
	}
	return finding.List(said).Distinct()
}

// place returns a finding with the file and line that it is about. In a list the
// orchestrator tells the file.
func (r *run) place(f finding.Finding) finding.Finding {
	if f.Object > 0 && !r.in.IsResourceList() {
		f.File, f.Line = r.where(r.set.Objects[f.Object-1], f.Field)
	}
	return f.Printed()
}

// where returns the file and line of a field of a resource. In a list the orchestrator tells
// the file, and there is no line; stdin has lines and no name.
func (r *run) where(about *inventory.Resource, field string) (file string, line int) {
	if r.in.IsResourceList() {
		if about.File != nil {
			file = about.File.Path
		}
		return file, 0
	}
	if i := r.in.Source(about.Item); i >= 0 {
		file = r.sources[i].Name
	}
	return file, r.line(about, field)
}

// hintFor returns what to do about what cannot be read, empty if that is not known.
func hintFor(err error) string {
	if errors.Is(err, wire.ErrUTF16) {
		return "save it as UTF-8; in PowerShell: … | Out-File -Encoding utf8 FILE"
	}
	return ""
}

func hostOf(repository string) string {
	if repository == "" {
		return ""
	}
	return pull.Host(repository)
}

// findingOf returns what a writer of YAML says.
func findingOf(err error) finding.Finding {
	var result *fn.Result
	if errors.As(err, &result) {
		return finding.OfResult(result)
	}
	var source *wire.SourceError
	if errors.As(err, &source) {
		f := finding.New(finding.Unread, fn.Error, "%v", source.Problem)
		f.File = source.Source
		return f
	}
	return finding.New(finding.Encoding, fn.Error, "%v", err)
}
