// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"example.com/calico-pull-secrets/internal/finding"
)

// An explanation is what docs/checks.md says of an id: a row of its table, and the section
// of that name. An id that says two things has two rows.
type explanation struct {
	id, severity, meaning string
	cure                  string // what to do, empty if there is nothing
	why                   string // the section, with its blocks of code
}

// checkRow matches a row of the table: id, severity, meaning, what to do.
var checkRow = regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\| (.+?) \\| (.+?) \\| (?:(.+) )?\\|$")

// explanations returns what the page says of each id, in its order.
func explanations(page string) (all []explanation) {
	_, sections, _ := strings.Cut(page, "\n## Why\n")
	for _, m := range checkRow.FindAllStringSubmatch(page, -1) {
		_, why, _ := strings.Cut(sections, "\n### "+m[1]+"\n")
		if end := regexp.MustCompile(`(?m)^##`).FindStringIndex(why); end != nil {
			why = why[:end[0]]
		}
		all = append(all, explanation{m[1], strings.ReplaceAll(m[2], "`", ""), m[3], m[4], strings.TrimSpace(why)})
	}
	return all
}

// explain prints what the page of the checks says of the ids, or a list of all ids. The
// verdict of an audit, such as anonymous, stands for its id. It returns the exit code.
func (p Program) explain(ids []string, c *console) int {
	all := explanations(p.ChecksPage)
	var text strings.Builder
	for i, id := range ids {
		if v, rank := finding.VerdictNamed(id); rank >= 0 {
			id = v.Check
		}
		known := slices.DeleteFunc(slices.Clone(all), func(e explanation) bool { return e.id != id })
		if len(known) == 0 {
			c.say(fmt.Sprintf("explain: argument %d: no check has this id: %sexplain without an id lists all", i+1, finding.DidYouMean(id, idsOfAll(all))))
			return int(finding.ExitUsage)
		}
		if i > 0 {
			text.WriteString("\n")
		}
		writeExplanation(&text, known)
	}
	if len(ids) == 0 {
		for _, e := range all {
			fmt.Fprintf(&text, "%-22s  %-12s  %s\n", e.id, e.severity, plainText(e.meaning))
		}
		text.WriteString("\ncalico-pull-secrets explain ID says why, and what to do\n")
	}
	return c.print(text.String())
}

// cures returns what to do about the checks, by their ids.
func (p Program) cures() map[string]string {
	cures := map[string]string{}
	for _, e := range explanations(p.ChecksPage) {
		if cures[e.id] == "" {
			cures[e.id] = plainText(e.cure)
		}
	}
	return cures
}

func idsOfAll(all []explanation) (ids []string) {
	for _, e := range all {
		ids = append(ids, e.id)
	}
	return slices.Compact(ids)
}

// writeExplanation writes the rows of one id, and its section.
func writeExplanation(text *strings.Builder, rows []explanation) {
	for _, e := range rows {
		fmt.Fprintf(text, "%s (%s)\n%s\n", e.id, e.severity, wrapped(e.meaning))
		if e.cure != "" {
			fmt.Fprintf(text, "\nwhat to do\n%s\n", wrapped(e.cure))
		}
		text.WriteString("\n")
	}
	fmt.Fprintf(text, "why\n%s\n", wrapped(rows[0].why))
}

// plainText returns the words of Markdown without its links.
func plainText(markdown string) string {
	return regexp.MustCompile(`\[([^\]]+)\]\([^)]+\)`).ReplaceAllString(markdown, "$1")
}

// wrapped returns Markdown for a terminal: paragraphs in lines of at most 80 characters
// where their words allow it, and blocks of code as they are, all of it indented.
func wrapped(markdown string) string {
	const width = 78
	var b strings.Builder
	for i, part := range strings.Split(markdown, "```") {
		if isCode := i%2 == 1; isCode {
			_, code, _ := strings.Cut(part, "\n") // behind the language
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
			for _, word := range strings.Fields(plainText(paragraph)) {
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
