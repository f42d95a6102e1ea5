// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"encoding/json"

	"calico-pull-secrets/function"
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
			severities.count(f.Severity)
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
	encoder := json.NewEncoder(r.out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(value) // Flush says what went wrong: the value is our own
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
