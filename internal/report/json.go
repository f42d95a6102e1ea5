// SPDX-License-Identifier: Apache-2.0

package report

import (
	"bytes"
	"fmt"
	"io"

	"example.com/calico-pull-secrets/internal/finding"
)

// The documents of --output json. Order and names are stable.
type (
	checkDocument struct {
		Findings finding.List `json:"findings"`
		Counts   counts       `json:"counts"`
		OK       bool         `json:"ok"`
	}
	auditDocument struct {
		Images   []finding.Image `json:"images"`
		Findings finding.List    `json:"findings"` // but what the images say
		Counts   counts          `json:"counts"`
		OK       bool            `json:"ok"`
	}
)

// JSON writes what came of all sets as one JSON document: that of an audit, or of a check.
func JSON(w io.Writer, sets []Set, isAudit bool) {
	ok := true
	findings, images := finding.List{}, []finding.Image{}
	severities := counts{{"error", 0}, {"warning", 0}, {"info", 0}}
	for _, s := range sets {
		ok = ok && s.OK
		for _, f := range s.Findings {
			if isAudit && f.IsVerdict {
				continue
			}
			f.Set = s.Name
			findings = append(findings, f)
			severities.count(string(f.Severity))
		}
		for _, image := range s.Images {
			image.Set = s.Name
			images = append(images, image)
		}
	}
	if isAudit {
		encode(w, auditDocument{images, findings, countVerdicts(images), ok})
		return
	}
	encode(w, checkDocument{findings, severities, ok})
}

// counts say how many there are by name, in a stable order.
type counts []struct {
	name string
	n    int
}

// count adds one to those with a name that is among the counts.
func (c counts) count(name string) {
	for i := range c {
		if c[i].name == name {
			c[i].n++
		}
	}
}

// MarshalJSON returns the counts as an object.
func (c counts) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	for i, of := range c {
		fmt.Fprintf(&b, "%c%q:%d", ",{"[max(0, 1-i)], of.name, of.n)
	}
	return append(b.Bytes(), '}'), nil
}

// countVerdicts returns how many images have each verdict, worst first.
func countVerdicts(images []finding.Image) (c counts) {
	for _, v := range finding.Verdicts() {
		c = append(c, counts{{v.Name, 0}}...)
	}
	for _, image := range images {
		c.count(image.Verdict)
	}
	return c
}
