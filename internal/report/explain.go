// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"slices"
	"strings"

	"example.com/calico-pull-secrets/internal/lazy"
)

// An Explanation is a row of the table in docs/checks.md, and the section of its id. An id with two
// meanings has two rows.
type Explanation struct {
	ID, Severity, Meaning string
	Cure                  string // what to do; empty for nothing
	Why                   string // the section, with its code blocks
}

// checkRow matches a row of the table: id, severity, meaning, what to do.
var checkRow = lazy.Regexp("(?m)^\\| `([a-z-]+)` \\| (.+?) \\| (.+?) \\| (?:(.+) )?\\|$")

var (
	heading = lazy.Regexp(`(?m)^##`)
	link    = lazy.Regexp(`\[([^\]]+)\]\([^)]+\)`)
)

// Explanations returns the rows of the page in order, each with its section.
func Explanations(page string) (all []Explanation) {
	_, sections, _ := strings.Cut(page, "\n## Why\n")
	for _, m := range checkRow().FindAllStringSubmatch(page, -1) {
		_, why, _ := strings.Cut(sections, "\n### "+m[1]+"\n")
		if end := heading().FindStringIndex(why); end != nil {
			why = why[:end[0]]
		}
		all = append(all, Explanation{m[1], strings.ReplaceAll(m[2], "`", ""), m[3], m[4], strings.TrimSpace(why)})
	}
	return all
}

// IDsOf returns the ids of explanations, each once.
func IDsOf(all []Explanation) (ids []string) {
	for _, e := range all {
		ids = append(ids, e.ID)
	}
	return slices.Compact(ids)
}

// WriteExplanation writes the rows of one id, and its section.
func WriteExplanation(text *strings.Builder, rows []Explanation) {
	for _, e := range rows {
		fmt.Fprintf(text, "%s (%s)\n%s\n", e.ID, e.Severity, wrapped(e.Meaning))
		if e.Cure != "" {
			fmt.Fprintf(text, "\nwhat to do\n%s\n", wrapped(e.Cure))
		}
		text.WriteString("\n")
	}
	fmt.Fprintf(text, "why\n%s\n", wrapped(rows[0].Why))
}

// PlainText returns Markdown with the text of each link in its place.
func PlainText(markdown string) string {
	return link().ReplaceAllString(markdown, "$1")
}

// wrapped returns Markdown for a terminal, indented. It wraps paragraphs at 80 characters, unless a
// word is longer, and leaves code blocks alone.
func wrapped(markdown string) string {
	const width = 78
	var b strings.Builder
	for i, part := range strings.Split(markdown, "```") {
		if isCode := i%2 == 1; isCode {
			_, code, _ := strings.Cut(part, "\n") // the first line is the language
			b.WriteString("\n")
			for line := range strings.Lines(code) {
				b.WriteString("    " + line)
			}
			continue
		}
		for j, paragraph := range strings.Split(strings.TrimSpace(part), "\n\n") {
			if i+j > 0 && paragraph != "" {
				b.WriteString("\n")
			}
			column := 0
			for _, word := range strings.Fields(PlainText(paragraph)) {
				switch {
				case column > 0 && column+1+len(word) > width:
					b.WriteString("\n")
					column = 0
				case column > 0:
					b.WriteString(" ")
					column++
				}
				if column == 0 {
					b.WriteString("  ")
				}
				b.WriteString(word)
				column += len(word)
			}
			b.WriteString("\n")
		}
	}
	return strings.TrimRight(b.String(), "\n")
}
