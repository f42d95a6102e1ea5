// SPDX-License-Identifier: Apache-2.0

package report

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"

	"example.com/calico-pull-secrets/internal/budget"
	"example.com/calico-pull-secrets/internal/finding"
)

// JSONSchema is the schema of the document that toJSON writes.
//
//go:embed audit.schema.json
var JSONSchema string

// jsonVersion is the version of the document. A new field does not change it. A field that goes
// away or gets another meaning raises it.
const jsonVersion = 1

// A document is the JSON text that toJSON writes. Order and names are stable: see JSONSchema.
type document struct {
	Version  int             `json:"version"`
	Mode     string          `json:"mode"`
	OK       bool            `json:"ok"`
	Counts   counts          `json:"counts"`
	Images   []finding.Image `json:"images,omitzero"` // of an audit
	Findings finding.List    `json:"findings"`        // without those that only repeat an image's verdict
	Silent   map[string]int  `json:"silent"`
	Budget   *budget.Budget  `json:"budget,omitempty"` // of --nodes
	Lenient  Lenient         `json:"lenient"`
}

// counts are numbers of images and findings.
type counts struct {
	Audited    int   `json:"audited"`           // images from audited registries
	Failing    int   `json:"failing"`           // failing images, and findings with severity error
	Excepted   int   `json:"excepted"`          // excepted images and findings
	Verdicts   tally `json:"verdicts,omitzero"` // images by verdict, worst first
	Severities tally `json:"severities"`        // findings
}

// toJSON writes the results of all sets as one JSON document, for an audit or a check.
func toJSON(w io.Writer, r Run) {
	d := document{Version: jsonVersion, Mode: "check", OK: true, Findings: finding.List{}, Silent: map[string]int{}, Lenient: r.Lenient.records()}
	d.Counts.Severities = tally{{string(finding.Error), 0}, {string(finding.Warning), 0}, {string(finding.Info), 0}}
	if r.IsAudit {
		d.Mode, d.Images = "audit", []finding.Image{}
	}
	var names []string
	var budgets []*budget.Budget
	for _, s := range r.all() {
		names, budgets = append(names, s.Name), append(budgets, s.Budget)
		d.OK = d.OK && s.OK
		d.Counts.Excepted += s.Excepted
		for place, n := range s.Silent {
			d.Silent[place] += n
		}
		for _, f := range s.Findings {
			if r.IsAudit && f.IsVerdict {
				continue
			}
			f.Set = s.Name
			d.Findings = append(d.Findings, f)
			d.Counts.Severities.count(string(f.Severity))
			d.Counts.Failing += oneIf(f.Severity == finding.Error)
		}
		for _, image := range s.Images {
			image.Set = s.Name
			d.Images = append(d.Images, image)
			d.Counts.Audited += oneIf(image.Audited)
			d.Counts.Failing += oneIf(image.Fails)
		}
	}
	d.Budget = budget.Join(names, budgets)
	if r.IsAudit {
		d.Counts.Verdicts = countVerdicts(d.Images)
	}
	encode(w, d)
}

func oneIf(is bool) int {
	if is {
		return 1
	}
	return 0
}

// A tally has a number for each name, in a stable order.
type tally []struct {
	name string
	n    int
}

// count adds one to a name. It ignores a name that the tally lacks.
func (t tally) count(name string) {
	for i := range t {
		if t[i].name == name {
			t[i].n++
		}
	}
}

// MarshalJSON returns the tally as an object.
func (t tally) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	for i, of := range t {
		fmt.Fprintf(&b, "%c%q:%d", ",{"[max(0, 1-i)], of.name, of.n)
	}
	return append(b.Bytes(), '}'), nil
}

// countVerdicts returns the number of images with each verdict, worst first.
func countVerdicts(images []finding.Image) (t tally) {
	for _, v := range finding.Verdicts() {
		t = append(t, tally{{v.Name, 0}}...)
	}
	for _, image := range images {
		t.count(image.Verdict)
	}
	return t
}

// encode writes a value as JSON. It escapes control characters that the encoder leaves alone and a
// terminal would obey: DEL, C1 and bidirectional overrides.
func encode(w io.Writer, value any) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(value) // our own values always encode
	_, _ = io.WriteString(w, escapeUnprintable(b.String()))
}

func escapeUnprintable(document string) string {
	isUnprintable := func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }
	if !strings.ContainsFunc(document, isUnprintable) {
		return document
	}
	var b strings.Builder
	for _, r := range document {
		if !isUnprintable(r) {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}
