// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/calico-pull-secrets/function"
)

// verdicts are what an audit says of an image, worst first, with the id of the rule
// that a SARIF report gives it, and how it is shown.
var verdicts = []struct{ name, rule, severity, colour, about string }{
	{"fails", "failing-pull", severityError, red, "a malformed pull Secret makes kubelet fail the pull"},
	{"anonymous", "anonymous-pull", severityError, red, "kubelet pulls the image without a credential"},
	{"unknown", "unknown-pull", severityWarning, yellow, "whether kubelet has a credential for the image is not known: what is in a Secret is not"},
	{"invalid", "invalid-image", severityWarning, yellow, "kubelet refuses the name of the image"},
	{"authenticated", "", "", green, "kubelet pulls the image with a credential"},
}

// rank returns how bad a verdict is, the worst first, one that is not known before
// all.
func rank(verdict string) int {
	for i, v := range verdicts {
		if v.name == verdict {
			return i
		}
	}
	return -1
}

// showAudit prints the verdicts for people, unless another form is asked for: the
// worst first, those of audited registries before the others.
func (s *set) showAudit(report function.Report) {
	if s.output != "" && s.output != outputTable {
		return
	}
	if len(report.Images) == 0 { // a finding says so
		return
	}
	if s.label != "" {
		fmt.Fprintf(s.out, "%s:\n", visible(s.label))
	}
	images := slices.SortedStableFunc(slices.Values(report.Images), func(a, b function.Image) int {
		if a.Audited != b.Audited {
			if a.Audited {
				return -1
			}
			return 1
		}
		return cmp.Compare(rank(a.Verdict), rank(b.Verdict))
	})
	rows := [][]string{{"VERDICT", "IMAGE", "OBJECT", "CONTAINER", "PLACE", "REASON"}}
	for _, image := range images {
		rows = append(rows, rowOf(image))
	}
	colours := []string{bold}
	for _, image := range images {
		colours = append(colours, colourOf(image))
	}
	if !s.colours {
		colours = nil
	}
	writeTable(s.out, rows, colours)
	fmt.Fprintln(s.out, summary(images))
}

// rowOf returns an image as the cells of a table.
func rowOf(image function.Image) []string {
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

func colourOf(image function.Image) string {
	if !image.Audited {
		return dim
	}
	if i := rank(image.Verdict); i >= 0 {
		return verdicts[i].colour
	}
	return red
}

// widest is how far a long cell pushes the next column away in the other rows.
const widest = 60

// writeTable writes rows with aligned columns, without those that have nothing below
// their heading. colours has one for the first cell of each row, or is nil.
func writeTable(out io.Writer, rows [][]string, colours []string) {
	widths := make([]int, len(rows[0]))
	for r, row := range rows {
		for i := range row {
			row[i] = visible(row[i])
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
				cell = colours[r] + cell + plain
			}
			line.WriteString(cell + padding)
		}
		fmt.Fprintln(out, strings.TrimRight(line.String(), " "))
	}
}

// summary returns a line on all images: how many of each verdict, and whether the
// audit passes.
func summary(images []function.Image) string {
	counts := countVerdicts(images)
	var parts []string
	for _, v := range verdicts {
		if n := counts.of(v.name); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, v.name))
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
