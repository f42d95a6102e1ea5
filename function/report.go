// SPDX-License-Identifier: Apache-2.0

package function

import (
	"errors"
	"fmt"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/edit"
	"example.com/calico-pull-secrets/internal/pull"
)

// A File is what becomes of an input that has a name.
type File struct {
	Name    string
	Before  []byte   // as it was read; nil if nothing in it mattered, or it is not kept
	Changed bool     // it does not stay as it is
	Changes []Change // in order; none if no text is wanted
	Hidden  []Range  // where Before has a Secret, which no diff may show
	Passed  string   // why it was passed over, empty if it was not
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
type Finding struct {
	Check      string `json:"check"`    // its id, see Checks
	Severity   string `json:"severity"` // error, warning or info
	Message    string `json:"message"`
	File       string `json:"file,omitempty"`
	Line       int    `json:"line,omitempty"` // counted from 1; 0 if it is not known
	APIVersion string `json:"apiVersion,omitempty"`
	Kind       string `json:"kind,omitempty"`
	Namespace  string `json:"namespace,omitempty"`
	Name       string `json:"name,omitempty"`
	Field      string `json:"field,omitempty"`
	IsVerdict  bool   `json:"-"` // an Image says the same
	IsConfig   bool   `json:"-"` // it is about the configuration
}

// String returns the finding as the one line that a person reads.
func (f Finding) String() string {
	var parts []string
	if f.Severity != string(fn.Info) {
		parts = append(parts, f.Severity)
	}
	switch {
	case f.File != "" && f.Line > 0:
		parts = append(parts, fmt.Sprintf("%s:%d", f.File, f.Line))
	case f.File != "":
		parts = append(parts, f.File)
	}
	field := f.Field
	if f.IsConfig { // of which there is but one
		field = strings.TrimPrefix(field, "data.")
	} else if f.Kind != "" {
		parts = append(parts, display(f.Kind, f.Namespace, f.Name))
	}
	if field != "" {
		parts = append(parts, field)
	}
	parts = append(parts, f.Message)
	return strings.Join(strings.Fields(strings.Join(parts, ": ")), " ")
}

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

// say returns the findings for those who do not see the results.
// Each is said once: objects that are there twice in one text have the same.
func (r *run) say(o outcome, s Settings) (said []Finding) {
	again := map[Finding]bool{}
	for _, f := range o.findings.worstFirst() {
		isInfo := f.Severity == fn.Info
		if isInfo && (s.Quiet || r.in.IsResourceList()) || f.isVerdict && !r.in.IsResourceList() {
			continue
		}
		if at := r.place(f); !again[at] {
			again[at] = true
			said = append(said, at)
		}
	}
	return said
}

// place returns a finding with the place that it is about.
func (r *run) place(f finding) Finding {
	p := Finding{Check: f.Tags[checkTag], Severity: string(f.Severity), Message: f.Message, Field: f.path, IsVerdict: f.isVerdict, IsConfig: f.isConfig}
	if ref := f.ResourceRef; ref != nil {
		p.APIVersion, p.Kind, p.Namespace, p.Name = ref.APIVersion, ref.Kind, ref.Namespace, ref.Name
	}
	if f.Field != nil {
		p.Field = f.Field.Path
	}
	about := f.about
	if about == nil {
		about = f.stands
	}
	switch {
	case about != nil && !r.in.IsResourceList():
		if i := r.in.Source(about.item); i >= 0 {
			p.File = r.sources[i].Name
		}
		if p.File != "" {
			p.Line = r.in.Line(about.item, strings.TrimPrefix(about.within+"."+f.path, "."))
		}
	case f.File != nil:
		p.File = f.File.Path
		if f.about == nil && p.Check == checkUnread { // what cannot be read has no index
			p.Line = f.File.Index
		}
	}
	if f.about != nil && f.ResourceRef == nil {
		p.Kind, p.Namespace, p.Name, p.Field = f.about.gvk.Kind, f.about.GetNamespace(), f.about.GetName(), ""
	}
	return p
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
