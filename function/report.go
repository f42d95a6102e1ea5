// SPDX-License-Identifier: Apache-2.0

package function

import (
	"errors"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/allowance"
	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/edit"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/pull"
	"example.com/calico-pull-secrets/internal/wire"
)

// A Report is the outcome of a run.
type Report struct {
	OK bool
	// Stdout has the text for stdout if the input was stdin, in pieces. A ResourceList comes out
	// after a failure, too; manifests do not. The pieces share the memory of the input.
	Stdout [][]byte
	// Files has an entry for each input with a name, in their order. After a failure no entry has
	// changes, but in mode check each has those that mode add would make.
	Files []File
	// Adds is true if there are new manifests that belong to no input. Added has them; mode check
	// sets it only for a diff.
	Adds  bool
	Added []byte
	// Code is the exit code for the findings: 0 if and only if OK, and at most 1 for a
	// ResourceList.
	Code finding.ExitCode
	// Findings are sorted, worst first. In mode audit Images has the verdicts.
	Findings finding.List
	Images   []finding.Image
	// Registries are the registries that the audit asks for.
	Registries []string
	// Allowed says, in mode audit, what exceptions and a baseline let pass.
	Allowed []allowance.Allowed
	// Silent counts the image references at places from which nothing is pulled, by the name of the
	// place. See inventory.SilentPlaces.
	Silent map[string]int
	// Unused has, for a part, the findings on registries that no image in it names.
	Unused finding.List
	// IsList is true if the input was a ResourceList.
	IsList bool
	// Shown is true if the caller shows the findings itself.
	Shown bool
}

// A File is the outcome for an input that has a name.
type File struct {
	Name    string
	Before  []byte   // the input; nil if it is not kept, or nothing in it mattered
	Changed bool     // the program changes it, or would
	Changes []Change // in order; none if the caller wants no text
	Secrets []Range  // the Secrets in Before, which no diff may show
	// ChangesSecret is true if a change is in an object with a credential.
	ChangesSecret bool
	// PutsSecret is true if a change writes such an object, or a part of it.
	PutsSecret bool
	passed     string // why it was passed over, empty if it was not
}

// A Change replaces Before[Start:End] by Text.
type Change = edit.Change

// A Range is a part of a text, in bytes.
type Range struct{ Start, End int }

// report writes the changes of rl, and returns the report.
func (r *run) report(rl *fn.ResourceList, o judgement, s task) Report {
	report := Report{Shown: o.from.ShowsResults(), Images: r.images(o.images)}
	if r.request.Part && s.Mode == config.ModeAudit {
		report.Unused, o.findings = o.findings.Split(finding.RegistryUnused)
	}
	notLookedAt := r.notLookedAt(s)
	if o.gate != nil {
		notLookedAt = s.letLaterPass(o.gate, notLookedAt)
		report.Allowed = o.gate.Allowed()
	}
	o.findings = append(o.findings, notLookedAt...)
	report.OK = !o.findings.HasErrors() && !o.fails
	isPlanned := s.isDry() && !r.in.IsResourceList() && o.plan != nil && !o.plan.problems.HasErrors()
	if isPlanned && !r.isTextless() {
		o.plan.applyKnown(rl) // to show how files would change
	}
	out, err := r.write(rl, s, report.OK)
	if err != nil {
		report.OK = false
		o.findings = append(o.findings, findingOf(err))
	}
	if report.Code = o.findings.ExitCode(); o.fails {
		report.Code = max(report.Code, finding.ExitFailed)
	}
	if !report.OK && (s.Mode == config.ModeAdd || s.Mode == config.ModeRemove && !s.onlyChecks) { // no state comes true
		o.findings = o.findings.WithoutStates()
	}
	if len(out.Results) > len(rl.Results) { // objects that Write had to encode as a whole
		for _, result := range out.Results[len(rl.Results):] {
			o.findings = append(o.findings, finding.OfResult(result))
		}
	}
	report.Findings, report.IsList = r.printed(o, s), r.in.IsResourceList()
	if s.Mode == config.ModeAudit {
		report.Registries = s.Audited
	}
	report.Silent = r.set.Silent()
	r.files(&report, out)
	if isPlanned && r.isTextless() && len(report.Files) > 0 {
		r.mark(&report, o.plan)
	}
	return report
}

// write returns the changes of rl. If nothing may change, because isOK is false or the mode only
// looks, a ResourceList comes out as it came, and manifests do not. The same holds after an error.
func (r *run) write(rl *fn.ResourceList, s task, isOK bool) (wire.Output, error) {
	asItCame := func() (out wire.Output) {
		if r.in.IsResourceList() {
			out.Sources = []wire.Rewritten{r.in.AsItCame(rl.Results)}
		}
		return out
	}
	staysAsItCame := r.isTextless() || !isOK && !s.isDry() // else a diff may show what mode add would change
	if r.in.IsResourceList() {
		staysAsItCame = !isOK || s.isDry() || s.Mode == config.ModeAudit
	}
	if staysAsItCame {
		return asItCame(), nil
	}
	out, err := r.in.Write(rl)
	if err != nil {
		rl.LogResult(err)
		return asItCame(), err
	}
	return out, nil
}

// line returns the line of a field of a resource in its source.
func (r *run) line(about *inventory.Resource, field string) int {
	if r.in.Value(about.Item) != nil && !isKeptWhole(about.Reading.Outermost()) {
		return r.in.Line(about.Item, "") + about.Reading.Below(field)
	}
	return r.in.Line(about.Item, strings.TrimPrefix(about.Reading.Where()+"."+field, "."))
}

// images returns the verdicts as records.
func (r *run) images(verdicts []verdict) (images []finding.Image) {
	images = make([]finding.Image, 0, len(verdicts))
	for _, v := range verdicts {
		file, line := r.where(v.Resource, v.container.Field)
		images = append(images, finding.Image{
			File: file, Line: line, APIVersion: v.GetAPIVersion(), Kind: v.GVK.Kind, Namespace: v.GetNamespace(), Name: v.GetName(),
			Container: v.container.Name, Image: finding.ShowImage(v.container.Image), Registry: pull.Host(v.Repository),
			Verdict: finding.VerdictOn(v.Outcome).Name, Secret: v.secretsText(), Reason: v.reason, Audited: v.audited, Fails: v.isFailing, Excepted: v.excepted, Cure: v.cure, Copies: v.Reading.Copies, Declared: v.isDeclared,
		})
	}
	return images
}

// printed returns the findings for people who do not see the results, each once.
func (r *run) printed(o judgement, s task) finding.List {
	said := make(finding.List, 0, len(o.findings))
	for _, f := range o.findings.WorstFirst() {
		isInfo := f.Severity == fn.Info
		if isInfo && (s.Quiet || r.in.IsResourceList()) {
			continue
		}
		said = append(said, r.place(f))
	}
	return said.Distinct()
}

// place returns a finding with its file and line. In a ResourceList it leaves the file that the
// orchestrator named.
func (r *run) place(f finding.Finding) finding.Finding {
	if f.Object > 0 && !r.in.IsResourceList() {
		f.File, f.Line = r.where(r.set.Objects[f.Object-1], f.Field)
	}
	return f.Printed()
}

// where returns the file and line of a field of a resource. In a ResourceList the orchestrator
// names the file, and there is no line. Stdin has lines and no name.
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

// findingOf returns an error of package wire as a finding.
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
