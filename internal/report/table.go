// SPDX-License-Identifier: Apache-2.0

package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/calico-pull-secrets/internal/finding"
)

// table writes for people: the names of the files to change after a check, or the verdicts and the
// summary after an audit.
func table(w io.Writer, r Run) {
	for _, s := range r.Sets {
		for _, name := range s.ToChange {
			fmt.Fprintln(w, Visible(name)) // also into a pipe: it may end at a terminal
		}
		if len(s.Images) > 0 {
			s.table(w, r.Colours)
		}
	}
	if !slices.ContainsFunc(r.Sets, func(s Set) bool { return len(s.Images)+len(s.Registries) > 0 }) {
		return // a check, or the program read no set
	}
	for _, line := range r.ending() {
		fmt.Fprintln(w, line)
	}
}

// table writes the verdicts of a set, worst first. Images from audited registries come before the
// others.
func (s Set) table(w io.Writer, isColoured bool) {
	if s.Name != "" {
		fmt.Fprintf(w, "%s:\n", Visible(s.Name))
	}
	rank := func(image finding.Image) int {
		_, rank := finding.VerdictNamed(image.Verdict)
		return rank
	}
	images := slices.Clone(s.Images)
	slices.SortStableFunc(images, func(a, b finding.Image) int {
		if a.Audited != b.Audited {
			if a.Audited {
				return -1
			}
			return 1
		}
		return cmp.Compare(rank(a), rank(b))
	})
	rows := make([][]string, 0, len(images)+1)
	rows = append(rows, []string{"VERDICT", "IMAGE", "OBJECT", "CONTAINER", "PLACE", "REASON"})
	colours := []string{Bold}
	for _, image := range images {
		rows, colours = append(rows, rowOf(image)), append(colours, colourOf(image))
	}
	if !isColoured {
		colours = nil
	}
	writeTable(w, rows, colours)
}

// rowOf returns an image as table cells.
func rowOf(image finding.Image) []string {
	reason := image.Reason
	switch {
	case image.Verdict == "authenticated" && reason != "":
		reason = "Secret " + image.Secret + ", " + reason
	case reason == "" && image.Secret != "":
		reason = "Secret " + image.Secret
	}
	if image.Excepted != "" {
		reason = "excepted by " + image.Excepted + ": " + reason
	}
	if !image.Audited {
		reason = strings.TrimSuffix("not audited: "+reason, ": ")
	}
	return []string{image.Verdict, image.Image, objectName(image.Kind, image.Namespace, image.Name), image.Container, place(image.File, image.Line), reason}
}

func colourOf(image finding.Image) string {
	v, _ := finding.VerdictNamed(image.Verdict)
	switch {
	case !image.Audited:
		return Dim
	case image.Excepted != "":
		return Yellow
	case v.Severity == finding.Info:
		return Green
	case v.Severity == finding.Warning:
		return Yellow
	}
	return Red
}

// widest is the largest width that a column gets. A longer cell pushes only its own row.
const widest = 60

// writeTable writes rows with aligned columns. It leaves out empty columns. colours has a colour
// for the first cell of each row, or is nil.
func writeTable(out io.Writer, rows [][]string, colours []string) {
	widths := make([]int, len(rows[0]))
	for r, row := range rows {
		for i := range row {
			row[i] = Visible(row[i])
			if n := utf8.RuneCountInString(row[i]); r > 0 && n > 0 {
				widths[i] = max(widths[i], min(n, widest), len(rows[0][i]))
			}
		}
	}
	for r, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			if widths[i] == 0 && len(rows) > 1 {
				continue
			}
			padding := strings.Repeat(" ", max(0, widths[i]-utf8.RuneCountInString(cell))+2)
			if colours != nil && (i == 0 || r == 0) {
				cell = colours[r] + cell + Plain
			}
			line.WriteString(cell + padding)
		}
		fmt.Fprintln(out, strings.TrimRight(line.String(), " "))
	}
}
