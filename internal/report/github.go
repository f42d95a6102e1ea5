// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"io"
	"strings"

	"example.com/calico-pull-secrets/internal/finding"
)

// commands are GitHub's workflow commands that annotate a line, by severity:
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands.
var commands = map[finding.Severity]string{finding.Error: "error", finding.Warning: "warning", finding.Info: "notice"}

// mostAnnotations is how many annotations of each level GitHub shows for a step.
const mostAnnotations = 10

// github writes the worst problems of each level as commands, which GitHub shows at the lines of a
// pull request. Then it writes how many more there are, the cures and the summary.
func github(w io.Writer, r Run) {
	count := map[finding.Severity]int{}
	for _, f := range worstFirst(pairs(r.problems())) {
		if count[f.Severity]++; count[f.Severity] > mostAnnotations {
			continue
		}
		properties := "title=" + escapeProperty(f.Check)
		if f.File != "" && !strings.HasSuffix(f.File, "/") {
			properties = fmt.Sprintf("file=%s,line=%d,%s", escapeProperty(Visible(f.File)), max(1, f.Line), properties)
		}
		fmt.Fprintf(w, "::%s %s::%s\n", commands[f.Severity], properties, escapeData(about(f)))
	}
	var more []string
	for _, level := range finding.Severities {
		if n := count[level] - mostAnnotations; n > 0 {
			more = append(more, finding.Count(n, "more "+string(level)))
		}
	}
	if len(more) > 0 {
		fmt.Fprintf(w, "%s: %s: GitHub shows ten of each level\n", Program, strings.Join(more, ", "))
	}
	for _, line := range r.ending() {
		fmt.Fprintf(w, "%s: %s\n", Program, strings.ReplaceAll(line, "##[", "##  [")) // GitHub still reads an older form of commands anywhere in a line
	}
}

// escapeData escapes the text of a command as the toolkit of GitHub Actions does.
var escapeData = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace

// escapeProperty escapes the value of a property of a command.
var escapeProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace
