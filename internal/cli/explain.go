// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/report"
)

// explain prints the text of docs/checks.md for each id, or a list of all ids. It takes the verdict
// of an audit, such as anonymous, as the id of its check. It returns the exit code.
func (p Program) explain(ids []string, c *console) int {
	all := report.Explanations(p.ChecksPage)
	var text strings.Builder
	for i, id := range ids {
		if v, rank := finding.VerdictNamed(id); rank >= 0 {
			id = v.Check
		}
		known := slices.DeleteFunc(slices.Clone(all), func(e report.Explanation) bool { return e.ID != id })
		if len(known) == 0 {
			near := strings.TrimSpace(finding.DidYouMean(id, report.IDsOf(all)))
			return c.fail(finding.Errorf("explain: argument %d: no check has this id\nhint: %s", i+1, cmp.Or(near, "explain without an id lists all")), finding.ExitUsage)
		}
		if i > 0 {
			text.WriteString("\n")
		}
		report.WriteExplanation(&text, known)
	}
	if len(ids) == 0 {
		for _, e := range all {
			fmt.Fprintf(&text, "%-22s  %-12s  %s\n", e.ID, e.Severity, report.PlainText(e.Meaning))
		}
		text.WriteString("\ncalico-pull-secrets explain ID says why, and what to do\n")
	}
	return c.print(text.String())
}

// cures returns the advice of each check, by its id.
func (p Program) cures() map[string]string {
	cures := map[string]string{}
	for _, e := range report.Explanations(p.ChecksPage) {
		if cures[e.ID] == "" {
			cures[e.ID] = report.PlainText(e.Cure)
		}
	}
	return cures
}
