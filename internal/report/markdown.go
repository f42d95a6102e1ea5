// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"io"
	"strings"
)

// longestMarkdown limits the table of problems, in bytes: GitHub accepts 1 MiB as the summary of a
// step.
const longestMarkdown = 900_000

// markdown writes the cures, the summary, and a table of the problems, worst first. It is for the
// summary of a step, or for a comment.
func markdown(w io.Writer, r Run) {
	verdict := "OK"
	for _, s := range r.all() {
		if !s.OK {
			verdict = "FAIL"
		}
	}
	fmt.Fprintf(w, "### %s: %s\n\n", Program, verdict)
	for _, line := range r.ending() {
		fmt.Fprintf(w, "- %s\n", escapeMarkdown(line))
	}
	problems := worstFirst(pairs(r.problems()))
	if len(problems) == 0 {
		return
	}
	fmt.Fprint(w, "\n| | check | place | what |\n| --- | --- | --- | --- |\n")
	length := 0
	for i, f := range problems {
		row := fmt.Sprintf("| %s | [%s](%s) | %s | %s |\n", f.Severity, f.Check, pageOf(f.Check), escapeMarkdown(Visible(place(f.File, f.Line))), escapeMarkdown(about(f)))
		if length += len(row); length > longestMarkdown {
			fmt.Fprintf(w, "\n%d more problems are left out.\n", len(problems)-i)
			return
		}
		fmt.Fprint(w, row)
	}
}

// escapeMarkdown returns a text without markup of GitHub's Markdown, and without mentions. It
// replaces each character that may begin one by its character reference.
func escapeMarkdown(text string) string {
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune("&<>|`*_~[]\\!#@$", r) {
			fmt.Fprintf(&b, "&#%d;", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
