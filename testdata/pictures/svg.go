// SPDX-License-Identifier: Apache-2.0

// Package pictures draws the pictures of the documentation as SVG, for a light and a
// dark page: a terminal session from what a program prints, and a chart from a table of
// measurements. The same input gives the same bytes. It measures no text: a character of
// the terminal has a fixed width, which the picture enforces, and labels of a chart have
// the room of the longest that a table may have.
package pictures

import (
	"fmt"
	"strings"
)

// A Theme is the colours of a picture.
type Theme struct {
	Name                                                        string
	background, border, text, dim, added, error, place, bar, us string
}

// Themes are those of a light and a dark page.
var Themes = []Theme{
	{
		Name: "light", background: "#ffffff", border: "#d0d7de", text: "#1f2328", dim: "#59636e",
		added: "#116329", error: "#a40e26", place: "#0550ae", bar: "#afb8c1", us: "#0969da",
	},
	{
		Name: "dark", background: "#0d1117", border: "#3d444d", text: "#e6edf3", dim: "#9198a1",
		added: "#3fb950", error: "#ff7b72", place: "#79c0ff", bar: "#59636e", us: "#4493f8",
	},
}

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

// frame returns a picture: a rectangle with something in it, and a title for those who
// do not see it.
func (t Theme) frame(title string, width, height int, font, body string) string {
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%[1]d" height="%[2]d" viewBox="0 0 %[1]d %[2]d" role="img" aria-label="%[3]s" font-family="%[4]s">
<title>%[3]s</title>
<rect x="0.5" y="0.5" width="%[5]d" height="%[6]d" rx="6" fill="%[7]s" stroke="%[8]s"/>
%[9]s</svg>
`, width, height, escape.Replace(title), font, width-1, height-1, t.background, t.border, body)
}
