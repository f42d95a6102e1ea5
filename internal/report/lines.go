// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"strings"

	"example.com/calico-pull-secrets/internal/finding"
)

// Together shortens findings for people. It drops repeated lines, as for two objects with one name
// on stdin. It merges findings that say the same about several files: the first gets the names of
// three files. Findings with the same hint follow the first of them.
func Together(findings finding.List) (all finding.List) {
	findings = pairs(findings)
	files := map[finding.Finding][]string{}
	keyOf := func(f finding.Finding) finding.Finding {
		f.File = ""
		return f
	}
	for _, f := range findings {
		if isOfFile := f.Check == finding.Unread || f.Check == finding.Ambiguous; isOfFile && f.Line == 0 {
			files[keyOf(f)] = append(files[keyOf(f)], f.File)
		}
	}
	seen := map[string]bool{}
	sorted := byHint(findings)
	all = sorted[:0]
	for _, f := range sorted {
		if same := files[keyOf(f)]; len(same) > 0 {
			if same[0] != f.File {
				continue
			}
			f.File = firstThree(same)
		}
		if line := f.String(); !seen[line] {
			seen[line] = true
			all = append(all, f)
		}
	}
	return all
}

// pairs merges findings about objects that occur twice in the same two files. The first gets the
// number of the others. The message already names one file of the two.
func pairs(findings finding.List) (all finding.List) {
	keyOf := func(f finding.Finding) finding.Finding {
		f.Line, f.APIVersion, f.Kind, f.Namespace, f.Name, f.Field = 0, "", "", "", "", ""
		return f
	}
	count := map[finding.Finding]int{}
	for _, f := range findings {
		if f.Check == finding.Ambiguous {
			count[keyOf(f)]++
		}
	}
	if len(count) == 0 {
		return findings
	}
	for _, f := range findings {
		if n := count[keyOf(f)]; n > 1 {
			count[keyOf(f)] = -1 // already merged
			f.Line, f.Name = 0, fmt.Sprintf("%s and %d more", f.Name, n-1)
		} else if n < 0 {
			continue
		}
		all = append(all, f)
	}
	return all
}

// byHint returns the findings in order. Those with the same severity and hint follow the first of
// them.
func byHint(findings finding.List) (sorted finding.List) {
	type kind struct {
		hint     string
		severity finding.Severity
	}
	groups := map[kind][]int{}
	for i, f := range findings {
		groups[kind{f.Hint, f.Severity}] = append(groups[kind{f.Hint, f.Severity}], i)
	}
	sorted = make(finding.List, 0, len(findings)) // there may be thousands
	for _, f := range findings {
		k := kind{f.Hint, f.Severity}
		if f.Hint == "" {
			sorted = append(sorted, f)
			continue
		}
		for _, i := range groups[k] {
			sorted = append(sorted, findings[i])
		}
		delete(groups, k)
	}
	return sorted
}

// firstThree returns the first three of a list, and the number of the others.
func firstThree(list []string) string {
	const shown = 3
	if len(list) <= shown {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:shown], ", "), len(list)-shown)
}
