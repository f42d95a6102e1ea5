// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"

	"example.com/calico-pull-secrets/function"
)

// The documents of --output json. Order and names are stable. With --each there is
// one for all sets, whose records say of which set they are.
type (
	checkDocument struct {
		Findings []findingRecord `json:"findings"`
		Counts   severityCounts  `json:"counts"`
		OK       bool            `json:"ok"`
	}
	auditDocument struct {
		Images   []imageRecord   `json:"images"`
		Findings []findingRecord `json:"findings"` // but what the images say
		Counts   verdictCounts   `json:"counts"`
		OK       bool            `json:"ok"`
	}
	findingRecord struct {
		Set string `json:"set,omitempty"`
		function.Finding
	}
	imageRecord struct {
		Set string `json:"set,omitempty"`
		function.Image
	}
	severityCounts struct {
		Error   int `json:"error"`
		Warning int `json:"warning"`
		Info    int `json:"info"`
	}
	verdictCounts struct {
		Fails         int `json:"fails"`
		Anonymous     int `json:"anonymous"`
		Unknown       int `json:"unknown"`
		Invalid       int `json:"invalid"`
		Authenticated int `json:"authenticated"`
	}
)

// showJSON prints what came of all sets as one JSON document.
func (r *run) showJSON(outcomes []outcome) {
	ok := true
	findings, images := []findingRecord{}, []imageRecord{}
	var severities severityCounts
	var all []function.Image
	for _, o := range outcomes {
		ok = ok && o.ok
		for _, f := range o.findings {
			if r.audit && f.IsVerdict {
				continue
			}
			findings = append(findings, findingRecord{o.set, f})
			severities.count(string(f.Severity))
		}
		for _, image := range o.images {
			images = append(images, imageRecord{o.set, image})
		}
		all = append(all, o.images...)
	}
	var document any = checkDocument{findings, severities, ok}
	if r.audit {
		document = auditDocument{images, findings, countVerdicts(all), ok}
	}
	r.encode(document)
}

// encode prints a value as JSON.
func (r *run) encode(value any) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(value) // the value is our own
	_, _ = r.out.WriteString(escapeUnprintable(b.String()))
}

// escapeUnprintable returns JSON in which what a terminal would obey, and the encoder
// leaves as it is, is escaped: DEL, C1 and bidirectional overrides.
func escapeUnprintable(document string) string {
	isUnprintable := func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }
	if !strings.ContainsFunc(document, isUnprintable) {
		return document
	}
	var b strings.Builder
	for _, r := range document {
		switch {
		case !isUnprintable(r):
			b.WriteRune(r)
		default:
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, `\u%04x`, unit)
			}
		}
	}
	return b.String()
}

func (c *severityCounts) count(severity string) {
	switch severity {
	case severityError:
		c.Error++
	case severityWarning:
		c.Warning++
	default:
		c.Info++
	}
}

func countVerdicts(images []function.Image) (c verdictCounts) {
	for _, image := range images {
		if n := c.place(image.Verdict); n != nil {
			*n++
		}
	}
	return c
}

// place returns where a verdict is counted.
func (c *verdictCounts) place(verdict string) *int {
	switch verdict {
	case "fails":
		return &c.Fails
	case "anonymous":
		return &c.Anonymous
	case "unknown":
		return &c.Unknown
	case "invalid":
		return &c.Invalid
	case "authenticated":
		return &c.Authenticated
	}
	return nil
}

func (c verdictCounts) of(verdict string) int { return *c.place(verdict) }
