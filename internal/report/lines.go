// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"strings"

	"example.com/calico-pull-secrets/internal/finding"
)

// A Line is what there is to say to a person, with the file that it is about.
type Line struct{ File, Text, Hint string }

// Lines returns findings as lines, in their order. Files of which the same is said share
// the line of the first one, which names three of them. Findings that have the same hint
// follow the first of them.
func Lines(findings finding.List) (lines []Line) {
	files := map[finding.Finding][]string{}
	keyOf := func(f finding.Finding) finding.Finding {
		f.File = ""
		return f
	}
	for _, f := range findings {
		if f.Check == finding.Unread && f.Line == 0 {
			files[keyOf(f)] = append(files[keyOf(f)], f.File)
		}
	}
	for _, f := range byHint(findings) {
		same := files[keyOf(f)]
		line := Line{File: f.File, Hint: f.Hint}
		switch {
		case len(same) > 0 && same[0] != f.File:
			continue
		case len(same) > 0:
			f.File = firstThree(same)
		}
		line.Text = f.String()
		lines = append(lines, line)
	}
	return lines
}

// byHint returns the findings in their order, those behind the first of a severity and hint
// that have the same together with it.
func byHint(findings finding.List) (sorted finding.List) {
	type kind struct {
		hint     string
		severity finding.Severity
	}
	groups := map[kind]finding.List{}
	for _, f := range findings {
		groups[kind{f.Hint, f.Severity}] = append(groups[kind{f.Hint, f.Severity}], f)
	}
	for _, f := range findings {
		k := kind{f.Hint, f.Severity}
		if f.Hint == "" {
			sorted = append(sorted, f)
			continue
		}
		sorted = append(sorted, groups[k]...)
		delete(groups, k)
	}
	return sorted
}

// firstThree returns the first three of a list, and how many more there are.
func firstThree(list []string) string {
	const shown = 3
	if len(list) <= shown {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:shown], ", "), len(list)-shown)
}
