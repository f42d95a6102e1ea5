// SPDX-License-Identifier: Apache-2.0

package report

import (
	"strings"

	"example.com/calico-pull-secrets/internal/finding"
)

// longest is the number of runes of a message, which may have names of anybody in
// it, that are shown.
const longest = 2000

// Visible returns a text as one line that a terminal does not obey, see finding.Visible.
// What is longer than 2,000 runes is cut.
func Visible(text string) string {
	n := 0
	for i := range text {
		if n++; n > longest {
			return finding.Visible(text[:i]) + " …"
		}
	}
	return finding.Visible(text)
}

// The escape sequences of colours, as git and grep use them.
const (
	Bold   = "\x1b[1m"
	Dim    = "\x1b[2m"
	Red    = "\x1b[31m"
	Green  = "\x1b[32m"
	Yellow = "\x1b[33m"
	Cyan   = "\x1b[36m"
	Plain  = "\x1b[m"
)

// objectName returns the kind, the namespace and the name of an object, empty if it
// has no kind.
func objectName(kind, namespace, name string) string {
	switch {
	case kind == "":
		return ""
	case namespace == "":
		return strings.TrimSuffix(kind+" "+name, " ")
	}
	return kind + " " + namespace + "/" + name
}
