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

// Table writes the verdicts of a set for people: the worst first, those of audited
// registries before the others; nothing if there are none, of which a finding tells.
func Table(w io.Writer, s Set, isColoured bool) {
	if len(s.Images) == 0 {
		return
	}
	if s.Name != "" {
		fmt.Fprintf(w, "%s:\n", Visible(s.Name))
	}
	rank := func(image finding.Image) int {
		_, rank := finding.VerdictNamed(image.Verdict)
		return rank
	}
	images := slices.SortedStableFunc(slices.Values(s.Images), func(a, b finding.Image) int {
		if a.Audited != b.Audited {
			if a.Audited {
				return -1
			}
			return 1
		}
		return cmp.Compare(rank(a), rank(b))
	})
	rows := [][]string{{"VERDICT", "IMAGE", "OBJECT", "CONTAINER", "PLACE", "REASON"}}
	colours := []string{Bold}
	for _, image := range images {
		rows, colours = append(rows, rowOf(image)), append(colours, colourOf(image))
	}
	if !isColoured {
		colours = nil
	}
	writeTable(w, rows, colours)
	fmt.Fprintln(w, summary(images))
}

// rowOf returns an image as the cells of a table.
func rowOf(image finding.Image) []string {
	place := image.File
	if image.Line > 0 {
		place = strings.TrimPrefix(fmt.Sprintf("%s:%d", image.File, image.Line), ":")
	}
	reason := image.Reason
	switch {
	case image.Verdict == "authenticated" && reason != "":
		reason = "Secret " + image.Secret + ", unless " + reason
	case reason == "" && image.Secret != "":
		reason = "Secret " + image.Secret
	}
	if !image.Audited {
		reason = strings.TrimSuffix("not audited: "+reason, ": ")
	}
	return []string{image.Verdict, image.Image, objectName(image.Kind, image.Namespace, image.Name), image.Container, place, reason}
}

func colourOf(image finding.Image) string {
	v, _ := finding.VerdictNamed(image.Verdict)
	switch {
	case !image.Audited:
		return Dim
	case v.Severity == finding.Info:
		return Green
	case v.Severity == finding.Warning:
		return Yellow
	}
	return Red
}

// widest is how far a long cell pushes the next column away in the other rows.
const widest = 60

// writeTable writes rows with aligned columns, without those that have nothing below
// their heading. colours has one for the first cell of each row, or is nil.
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

// summary returns a line on all images: how many of each verdict, and whether the
// audit passes.
func summary(images []finding.Image) string {
	var parts []string
	for _, of := range countVerdicts(images) {
		if of.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", of.n, of.name))
		}
	}
	audited, fail := 0, 0
	for _, image := range images {
		if image.Audited {
			audited++
		}
		if image.Fails {
			fail++
		}
	}
	all := fmt.Sprintf("%d images", len(images))
	if len(images) == 1 {
		all = "1 image"
	}
	if len(parts) > 0 {
		all += ": " + strings.Join(parts, ", ")
	}
	return fmt.Sprintf("%s; %d of the %d that are audited fail", all, fail, audited)
}
