// SPDX-License-Identifier: Apache-2.0

// Package finding has the findings of the program, the table of its checks, and the policies that
// grade findings. It alone decides which input a message may quote.
//
// It promises:
//
//   - A finding knows a place and no object. So the program can keep, sort and print it
//     when the objects are gone.
//   - A check is one row of the table in checks.go. Documentation, SARIF and policies
//     read that row.
//   - A text from quote.go is safe to show: it has no control character, and no value that
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

// Severities are the severities, the worst first.
var Severities = []Severity{Error, Warning, Info}

// A Finding is one statement of the program. It describes the state after the run, and not what the
// run did. So a second run reports the same: kpt writes findings into the Kptfile.
type Finding struct {
	Set      string   `json:"set,omitempty"` // in a report on several sets
	Check    string   `json:"check"`         // its id, see Checks
	Severity Severity `json:"severity"`
	Message  string   `json:"message"`
	Hint     string   `json:"hint,omitempty"` // what to do, unless that is obvious
	// Excepted names what lets a failing finding pass, empty if nothing does.
	Excepted string `json:"excepted,omitempty"`
	Place
	// Container and Images say what the finding is about, if it is about images. Images has them as
	// written, one on each line.
	Container string `json:"-"`
	Images    string `json:"-"`
	IsVerdict bool   `json:"-"` // the verdict on an image says the same
	IsConfig  bool   `json:"-"` // it is about the configuration
	// IsState is true for a state that holds only once the program has changed the objects. After a
	// failure nobody must see it.
	IsState bool `json:"-"`
	// IsOutput is true for something that the program adds or writes. Such findings come last. As
	// results they name no file: the first run has none yet.
	IsOutput bool `json:"-"`
}

// A Place says what a finding is about, as far as known.
type Place struct {
	File       string `json:"file,omitempty"`
	Line       int    `json:"line,omitempty"` // from 1; 0 if unknown
	APIVersion string `json:"apiVersion,omitempty"`
	Kind       string `json:"kind,omitempty"`
	Namespace  string `json:"namespace,omitempty"`
	Name       string `json:"name,omitempty"`
	Field      string `json:"field,omitempty"` // its path
	Index      int    `json:"-"`               // of the object in the file, as an orchestrator counts
	Object     int    `json:"-"`               // its number in the set, from 1 in the order of the input; 0 for no object
}

// New returns a finding about no object. Worded splits its message and hint.
func New(check string, severity Severity, format string, a ...any) Finding {
	message, hint := Worded(format, a...)
	return Finding{Check: check, Severity: severity, Message: message, Hint: hint}
}

// OfError returns an error and its hint as a finding about no object.
func OfError(check string, severity Severity, err error) Finding {
	return Finding{Check: check, Severity: severity, Message: Visible(err.Error()), Hint: Visible(HintOf(err))}
}

// At returns the finding with the place.
func (f Finding) At(p Place) Finding {
	f.Place = p
	return f
}

// OfResult returns a result of package wire as a finding.
func OfResult(r *fn.Result) Finding {
	f := Finding{Check: r.Tags[Tag], Severity: r.Severity, Message: r.Message}
	if ref := r.ResourceRef; ref != nil {
		f.Place = Place{APIVersion: ref.APIVersion, Kind: ref.Kind, Namespace: ref.Namespace, Name: ref.Name}
		f.IsOutput = true
	}
	return f
}

// isReferable reports whether a result may refer to the object. The specification of KRM results
// requires all three.
func (p Place) isReferable() bool { return p.APIVersion != "" && p.Kind != "" && p.Name != "" }

// Printed returns the finding as a record for people who see no results. If a result could not
// refer to its object, the message begins with the field.
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

// fullMessage returns the message, after the name of what lets the finding pass.
func (f Finding) fullMessage() string {
	if f.Excepted == "" {
		return f.Message
	}
	return "excepted by " + Visible(f.Excepted) + ": " + f.Message
}

// Text returns message and hint as one line, for a format without a place for a hint.
func (f Finding) Text() string {
	if f.Hint == "" {
		return f.fullMessage()
	}
	return f.fullMessage() + "; hint: " + f.Hint
}

// IsInSet reports whether the path of the file already names the set.
func (f Finding) IsInSet() bool {
	file := path.Clean(f.File)
	return file == f.Set || f.Set == "." || strings.HasPrefix(file, f.Set+"/")
}

// String returns the finding as one line for people, without the hint.
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
	parts = append(parts, f.fullMessage())
	return strings.Join(strings.Fields(strings.Join(parts, ": ")), " ")
}
