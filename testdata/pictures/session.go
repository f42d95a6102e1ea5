// SPDX-License-Identifier: Apache-2.0

package pictures

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

const (
	columns    = 92 // of the terminal
	cellWidth  = 8.4
	cellHeight = 20
	margin     = 16
)

// A Program runs with arguments, writes what it prints to a terminal, and returns its
// exit code.
type Program func(arguments []string, terminal io.Writer) int

// Record runs a program, once for each line of arguments, and returns what a terminal
// then shows: the commands, what they print, and the exit code of the last.
func Record(name string, run Program, commands ...string) []string {
	var shown []string
	code := 0
	for _, arguments := range commands {
		var out bytes.Buffer
		code = run(strings.Fields(arguments), &out)
		shown = append(shown, "$ "+name+" "+arguments)
		for line := range strings.Lines(out.String()) {
			shown = append(shown, strings.TrimSuffix(line, "\n"))
		}
	}
	return append(shown, "$ echo $?", fmt.Sprint(code))
}

// Session draws the lines of a terminal. What is too long for it is continued on the
// next line, as terminals do.
func (t Theme) Session(title string, lines []string) string {
	var b strings.Builder
	y := margin
	for i, line := range lines {
		colour := t.colour(line)
		prompt := strings.HasPrefix(line, "$ ")
		if prompt && i > 0 {
			y += cellHeight / 2
		}
		for _, piece := range wrap(line) {
			y += cellHeight
			if piece == "" {
				continue
			}
			content := escape.Replace(piece)
			if prompt {
				content = fmt.Sprintf(`<tspan fill="%s">$</tspan>%s`, t.dim, strings.TrimPrefix(content, "$"))
				prompt = false
			}
			fmt.Fprintf(&b, `<text xml:space="preserve" x="%d" y="%d" fill="%s" textLength="%.1f" lengthAdjust="spacingAndGlyphs">%s</text>`+"\n",
				margin, y-6, colour, cellWidth*float64(utf8.RuneCountInString(piece)), content)
		}
	}
	const font = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
	body := `<g font-size="14">` + "\n" + b.String() + "</g>\n"
	width := columns*cellWidth + 2*margin
	return t.frame(title, int(width), y+margin, font, body)
}

// colour returns that of a line, as git and the program itself have it on a terminal.
func (t Theme) colour(line string) string {
	switch {
	case strings.HasPrefix(line, "+"):
		return t.added
	case strings.HasPrefix(line, "@@"):
		return t.place
	case strings.Contains(line, ": error: "):
		return t.error
	}
	return t.text
}

// wrap cuts a line into pieces that the terminal has room for.
func wrap(line string) (pieces []string) {
	all := []rune(line)
	for len(all) > columns {
		pieces = append(pieces, string(all[:columns]))
		all = all[columns:]
	}
	return append(pieces, string(all))
}
