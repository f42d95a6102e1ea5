// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"strings"

	"example.com/calico-pull-secrets/internal/allowance"
)

// A Lenient says what made a run more lenient than the defaults. Every format shows all of it, so
// that a reviewer of a change sees what made it green.
type Lenient struct {
	Config  string              `json:"configuration"` // the file; empty for none
	Loosens []string            `json:"loosens"`       // its settings that may let something pass
	Allowed []allowance.Allowed `json:"allowed"`       // what passed, and why
	IsFound bool                `json:"-"`             // the user did not name the file: the program found it in the working folder
}

// Lines returns the same for people, none if nothing was lenient. It leaves out a file that the
// user named and that loosens nothing.
func (l Lenient) Lines() (lines []string) {
	if l.IsFound || len(l.Loosens) > 0 {
		line := "configuration " + Visible(l.Config)
		if len(l.Loosens) > 0 {
			line += " loosens the run: " + strings.Join(l.Loosens, ", ")
		}
		lines = append(lines, line)
	}
	for _, a := range l.Allowed {
		lines = append(lines, Visible(fmt.Sprint(a)))
	}
	return lines
}

// records returns the same for JSON, with empty lists instead of null.
func (l Lenient) records() Lenient {
	if l.Loosens == nil {
		l.Loosens = []string{}
	}
	if l.Allowed == nil {
		l.Allowed = []allowance.Allowed{}
	}
	return l
}
