// SPDX-License-Identifier: Apache-2.0

package pictures

import (
	"fmt"
	"strconv"
	"strings"
)

// A Group are measurements of one task, the first of which is ours.
type Group struct {
	Task string
	Rows []Row
}

// A Row is what one program needed: the time as it was printed, and how many times ours.
type Row struct {
	Name, CPU string
	Ratio     float64
}

// tableHead begins the table that testdata/bench prints.
const tableHead = "| | CPU | × ours | memory |\n| --- | ---: | ---: | ---: |\n"

// ParseTable returns the table of a page that testdata/bench has printed. Programs that
// were not there when it ran are left out.
func ParseTable(page string) ([]Group, error) {
	_, rows, ok := strings.Cut(page, tableHead)
	if !ok {
		return nil, fmt.Errorf("no table that begins with %q", tableHead)
	}
	rows, _, _ = strings.Cut(rows, "\n\n")
	var groups []Group
	for line := range strings.Lines(rows) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 4 {
			return nil, fmt.Errorf("%q: not four cells", line)
		}
		name, cpu, ratio := strings.TrimSpace(cells[0]), strings.TrimSpace(cells[1]), strings.TrimSpace(cells[2])
		switch {
		case strings.HasPrefix(name, "**"):
			groups = append(groups, Group{Task: strings.Trim(name, "*")})
			continue
		case len(groups) == 0:
			return nil, fmt.Errorf("%q: before the first task", line)
		case ratio == "":
			continue
		}
		times, err := strconv.ParseFloat(ratio, 64)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", line, err)
		}
		last := &groups[len(groups)-1]
		last.Rows = append(last.Rows, Row{name, cpu, times})
	}
	return groups, nil
}

// Ratio returns how many times as much as ours a program needed for a task, whose name
// begins as given.
func Ratio(groups []Group, task, program string) (float64, error) {
	for _, g := range groups {
		for _, r := range g.Rows {
			if strings.HasPrefix(g.Task, task) && r.Name == program {
				return r.Ratio, nil
			}
		}
	}
	return 0, fmt.Errorf("no row %q of %q", program, task)
}

const (
	chartWidth = 800
	nameWidth  = 310 // of the names of programs, some 45 characters
	timeWidth  = 150 // of a time and a ratio, some 20 characters
	gap        = 7
	barWidth   = chartWidth - 2*margin - nameWidth - timeWidth - 2*gap // of the longest bar of a task
	rowHeight  = 24
)

// Chart draws a table as bars, a scale for each task.
func (t Theme) Chart(title string, groups []Group) string {
	var b strings.Builder
	y := margin
	for _, g := range groups {
		longest := 0.0
		for _, r := range g.Rows {
			longest = max(longest, r.Ratio)
		}
		y += rowHeight
		fmt.Fprintf(&b, `<text x="%d" y="%d" fill="%s" font-weight="600">%s</text>`+"\n", margin, y-8, t.text, escape.Replace(g.Task))
		for _, r := range g.Rows {
			colour := t.bar
			if strings.HasPrefix(r.Name, "calico-pull-secrets") {
				colour = t.us
			}
			length := max(2, r.Ratio/longest*barWidth)
			fmt.Fprintf(&b, `<text x="%d" y="%d" fill="%s" text-anchor="end">%s</text>`+"\n", margin+nameWidth, y+16, t.text, escape.Replace(r.Name))
			fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%.1f" height="14" rx="2" fill="%s"/>`+"\n", margin+nameWidth+gap, y+4, length, colour)
			fmt.Fprintf(&b, `<text x="%.1f" y="%d" fill="%s">%s, × %.2f</text>`+"\n",
				margin+nameWidth+gap+length+gap, y+16, t.dim, escape.Replace(r.CPU), r.Ratio)
			y += rowHeight
		}
		y += rowHeight / 2
	}
	const font = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"
	return t.frame(title, chartWidth, y, font, `<g font-size="13">`+"\n"+b.String()+"</g>\n")
}
