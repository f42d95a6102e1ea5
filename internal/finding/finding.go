// SPDX-License-Identifier: Apache-2.0

// Package finding has what the program says: findings, the table of the checks that
// they are from, the policies that grade them, and the one place that decides what of
// the input a message may quote.
//
// It promises:
//
//   - A finding knows a place and no object: it can be kept, sorted and printed when the
//     objects are gone.
//   - A check is one row of the table in checks.go; documentation, SARIF and policies
//     read that row.
//   - What quote.go hands out is safe to show: no control character, and no value that
//     may be a credential in the wrong place.
package finding

import (
	"fmt"
	"path"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
)

// A Severity says how bad a finding is.
type Severity = fn.Severity

// The severities, in the words of KRM results.
const (
	Error   = fn.Error
	Warning = fn.Warning
	Info    = fn.Info
)

// A Finding is one thing to say. Findings describe the state that the program leaves, not
// what it did, so that a second run reports the same: kpt writes them into the Kptfile.
type Finding struct {
	Set      string   `json:"set,omitempty"` // in a report on several
	Check    string   `json:"check"`         // its id, see Checks
	Severity Severity `json:"severity"`
	Message  string   `json:"message"`
	Hint     string   `json:"hint,omitempty"` // what to do, if that is not plain
	// Excepted is what lets the finding pass that would fail, empty if nothing does.
	Excepted string `json:"excepted,omitempty"`
	Place
	// Container and Images are what it is about, as far as it is about some: the images as
	// they are written, a line each.
	Container string `json:"-"`
	Images    string `json:"-"`
	IsVerdict bool   `json:"-"` // the verdict on an image says the same
	IsConfig  bool   `json:"-"` // it is about the configuration
	// IsState is true for what holds once the program has changed the objects: nobody must
	// read it after a failure.
	IsState bool `json:"-"`
	// IsOutput is true for what the program adds or writes: such findings come behind all
	// others, and as results name no file, since the first run has none.
	IsOutput bool `json:"-"`
}

// A Place is what a finding is about, as far as it is known.
type Place struct {
	File       string `json:"file,omitempty"`
	Line       int    `json:"line,omitempty"` // counted from 1; 0 if it is not known
	APIVersion string `json:"apiVersion,omitempty"`
	Kind       string `json:"kind,omitempty"`
	Namespace  string `json:"namespace,omitempty"`
	Name       string `json:"name,omitempty"`
	Field      string `json:"field,omitempty"` // its path
	Index      int    `json:"-"`               // of the object in the file, as an orchestrator counts
	Object     int    `json:"-"`               // its number in the set, from 1 in the order of the input; 0 for none of these
}

// New returns a finding of a check that is about no object, worded as by Worded.
func New(check string, severity Severity, format string, a ...any) Finding {
	message, hint := Worded(format, a...)
	return Finding{Check: check, Severity: severity, Message: message, Hint: hint}
}

// OfError returns an error as a finding that is about no object, with its hint.
func OfError(check string, severity Severity, err error) Finding {
	return Finding{Check: check, Severity: severity, Message: Visible(err.Error()), Hint: Visible(HintOf(err))}
}

// At returns the finding with its place.
func (f Finding) At(p Place) Finding {
	f.Place = p
	return f
}

// OfResult returns what a result of package wire says, as a finding.
func OfResult(r *fn.Result) Finding {
	f := Finding{Check: r.Tags[Tag], Severity: r.Severity, Message: r.Message}
	if ref := r.ResourceRef; ref != nil {
		f.Place = Place{APIVersion: ref.APIVersion, Kind: ref.Kind, Namespace: ref.Namespace, Name: ref.Name}
		f.IsOutput = true
	}
	return f
}

// isReferable reports whether the place names an object well enough for a result to
// refer to it: the specification of results wants all of these.
func (p Place) isReferable() bool { return p.APIVersion != "" && p.Kind != "" && p.Name != "" }

// Printed returns the finding as a record for those who see no results. Where a part of
// the reference to its object is missing, the message says the field itself.
func (f Finding) Printed() Finding {
	if (f.Object > 0 || f.IsConfig) && !f.isReferable() {
		if f.Field != "" {
			f.Message = f.Field + ": " + f.Message
		}
		f.APIVersion, f.Field = "", ""
		if f.IsConfig {
			f.Kind, f.Namespace, f.Name = "", "", ""
		}
	}
	f.Object, f.Index = 0, 0
	return f
}

// Result returns the finding as a result of a KRM function.
func (f Finding) Result() *fn.Result {
	r := &fn.Result{Message: f.Text(), Severity: f.Severity, Tags: map[string]string{Tag: f.Check}}
	if f.File != "" && !f.IsOutput {
		r.File = &fn.File{Path: f.File, Index: f.Index}
	}
	switch {
	case f.isReferable():
		r.ResourceRef = &fn.ResourceRef{APIVersion: f.APIVersion, Kind: f.Kind, Name: f.Name, Namespace: f.Namespace}
		if f.Field != "" {
			r.Field = &fn.Field{Path: f.Field}
		}
	case f.Field != "":
		r.Message = f.Field + ": " + f.Text()
	}
	return r
}

// said returns the message, behind what lets the finding pass.
func (f Finding) said() string {
	if f.Excepted == "" {
		return f.Message
	}
	return "excepted by " + Visible(f.Excepted) + ": " + f.Message
}

// Text returns message and hint as one line, for what has no place of its own for a hint.
func (f Finding) Text() string {
	if f.Hint == "" {
		return f.said()
	}
	return f.said() + "; hint: " + f.Hint
}

// IsInSet reports whether the file of the finding tells its set.
func (f Finding) IsInSet() bool {
	file := path.Clean(f.File)
	return file == f.Set || f.Set == "." || strings.HasPrefix(file, f.Set+"/")
}

// String returns the finding as the one line that a person reads, without the hint.
func (f Finding) String() string {
	var parts []string
	if f.Severity != Info {
		parts = append(parts, string(f.Severity))
	}
	if f.Set != "" && !f.IsInSet() {
		parts = append(parts, f.Set)
	}
	switch {
	case f.File != "" && f.Line > 0:
		parts = append(parts, fmt.Sprintf("%s:%d", f.File, f.Line))
	case f.File != "":
		parts = append(parts, f.File)
	}
	field := f.Field
	if f.IsConfig { // there is one configuration
		field = strings.TrimPrefix(field, "data.")
	} else if f.Kind != "" {
		parts = append(parts, ShowObject(f.Kind, f.Namespace, f.Name))
	}
	if field != "" {
		parts = append(parts, field)
	}
	parts = append(parts, f.said())
	return strings.Join(strings.Fields(strings.Join(parts, ": ")), " ")
}
