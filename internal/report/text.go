// SPDX-License-Identifier: Apache-2.0

package report

import (
	"strings"

	"example.com/calico-pull-secrets/internal/finding"
)

// longest is how many runes of a message are shown. A message may contain names from anybody.
const longest = 2000

// Visible returns a text as one line without control characters: see finding.Visible. It cuts the
// text after 2,000 runes.
func Visible(text string) string {
	n := 0
	for i := range text {
		if n++; n > longest {
			return finding.Visible(text[:i]) + " …"
		}
	}
	return finding.Visible(text)
}

// The escape sequences of colours that git and grep use.
const (
	Bold   = "\x1b[1m"
	Dim    = "\x1b[2m"
	Red    = "\x1b[31m"
	Green  = "\x1b[32m"
	Yellow = "\x1b[33m"
	Cyan   = "\x1b[36m"
	Plain  = "\x1b[m"
)

// objectName returns kind, namespace and name of an object, empty without a kind.
func objectName(kind, namespace, name string) string {
	switch {
	case kind == "":
		return ""
	case namespace == "":
		return strings.TrimSuffix(kind+" "+name, " ")
	}
	return kind + " " + namespace + "/" + name
}
