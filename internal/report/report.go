// SPDX-License-Identifier: Apache-2.0

// Package report writes what came of a run, a file a format: a table for people, JSON and
// SARIF for programs.
//
// It promises:
//
//   - The same records give the same bytes.
//   - No byte of a name reaches a terminal as an escape sequence.
//   - With several sets there is one document, whose records say of which set they are.
package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"

	"example.com/calico-pull-secrets/internal/finding"
)

// Program is the name of the program.
const Program = "calico-pull-secrets"

// A Set is what came of one set of resources.
type Set struct {
	Name     string // empty if there is but one
	OK       bool
	Findings finding.List
	Images   []finding.Image // of an audit
	Silent   map[string]int  // how many image references are in places where nothing is pulled
	Excepted int             // how many images and findings exceptions and the baseline let pass
}

// encode writes a value as JSON in which what a terminal would obey, and the encoder
// leaves as it is, is escaped: DEL, C1 and bidirectional overrides. What goes wrong is for
// the writer to keep.
func encode(w io.Writer, value any) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(value) // the value is our own
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
