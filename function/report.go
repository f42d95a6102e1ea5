// SPDX-License-Identifier: Apache-2.0

package function

import (
	"bytes"
	"errors"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/edit"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/pull"
	"example.com/calico-pull-secrets/internal/wire"
)

// A File is what becomes of an input that has a name.
type File struct {
	Name    string
	Before  []byte // as it was read; nil if nothing in it mattered, or it is not kept
	read    func(use func(text []byte) error) error
	Changed bool     // it does not stay as it is
	Changes []Change // in order; none if no text is wanted
	Hidden  []Range  // where Before has a Secret, which no diff may show
	Passed  string   // why it was passed over, empty if it was not
}

// Read calls use with the text before the changes, read again where it is not kept: then
// its memory is free after that, and it is an error if it is not what it was.
func (f File) Read(use func(before []byte) error) error {
	if f.read == nil {
		return use(f.Before)
	}
	err := f.read(use)
	var source *wire.SourceError
	if errors.As(err, &source) {
		return source.Problem
	}
	return err
}

// Load reads Before, if it is not kept, and keeps it. See Read.
func (f *File) Load() error {
	if f.read == nil {
		return nil
	}
	return f.Read(func(before []byte) error {
		f.Before, f.read = bytes.Clone(before), nil
		return nil
	})
}

// A Change replaces Before[Start:End] by Text. Secret is true if it is of an object
// with a credential in it.
type Change struct {
	Start, End int
	Text       string
	Secret     bool
}

// A Range is a part of a text, in bytes.
type Range struct{ Start, End int }

// A Finding is one thing to say about an object.
type Finding = finding.Finding

// An Image is the verdict on the image of one container.
type Image struct {
	File      string `json:"file"`
	Line      int    `json:"line"`
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	Container string `json:"container"`
	Image     string `json:"image"`
	Registry  string `json:"registry"` // its host as kubelet calls it; empty for an image that kubelet refuses
	Verdict   string `json:"verdict"`  // authenticated, anonymous, unknown, fails or invalid
	Secret    string `json:"secret"`   // those that authenticate, with commas between
	Reason    string `json:"reason"`   // why it is not authenticated
	Audited   bool   `json:"audited"`  // its registry is one of those that are audited
	Fails     bool   `json:"-"`        // it makes the audit fail
}

// say returns the findings for those who do not see the results, each once.
func (r *run) say(o outcome, s task) (said []Finding) {
	for _, f := range o.findings.WorstFirst() {
		isInfo := f.Severity == fn.Info
		if isInfo && (s.Quiet || r.in.IsResourceList()) || f.IsVerdict && !r.in.IsResourceList() {
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
		about := r.set.objects[f.Object-1]
		f.File, f.Line = "", 0
		if i := r.in.Source(about.item); i >= 0 {
			f.File = r.sources[i].Name
		}
		if f.File != "" {
			f.Line = r.in.Line(about.item, strings.TrimPrefix(about.within+"."+f.Field, "."))
		}
	}
	return f.Printed()
}

// problemText returns why a document cannot be read, without its line.
func problemText(err error) string {
	var syntax *edit.SyntaxError
	if errors.As(err, &syntax) {
		return "not valid YAML: " + syntax.Problem
	}
	if inner := errors.Unwrap(err); inner != nil {
		return inner.Error()
	}
	return err.Error()
}

func hostOf(repository string) string {
	if repository == "" {
		return ""
	}
	return pull.Host(repository)
}
