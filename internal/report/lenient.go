// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"strings"

	"example.com/calico-pull-secrets/internal/allowance"
)

// A Lenient says what made a run more lenient than the defaults. Every format shows all of
// it, so that whoever reviews a change sees what made it green.
type Lenient struct {
	Config  string              `json:"configuration"` // the file, empty if there is none
	Loosens []string            `json:"loosens"`       // the settings in it that may let something pass
	Allowed []allowance.Allowed `json:"allowed"`       // what was let pass, and by what
	IsFound bool                `json:"-"`             // nobody named the file: it was in the working folder
}

// Lines returns all of it for people, none if there is nothing. A file that somebody named
// and that loosens nothing is not worth a line.
func (l Lenient) Lines() (lines []string) {
	if l.IsFound || len(l.Loosens) > 0 {
		line := "configuration " + Visible(l.Config)
		if len(l.Loosens) > 0 {
			line += ", which loosens: " + strings.Join(l.Loosens, ", ")
		}
		lines = append(lines, line)
	}
	for _, a := range l.Allowed {
		lines = append(lines, Visible(fmt.Sprint(a)))
	}
	return lines
}

// records returns the same with lists that are not null in JSON.
func (l Lenient) records() Lenient {
	if l.Loosens == nil {
		l.Loosens = []string{}
	}
	if l.Allowed == nil {
		l.Allowed = []allowance.Allowed{}
	}
	return l
}
