// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"bytes"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// addInline queues entry after the last entry of n, a flow collection. If the last entry
// has a line of its own, the new one gets one, too. A comment after the last entry stays
// where it is.
func (e *editor) addInline(n *yaml.Node, entry string) {
	end := e.lastEnd(n)
	last := n.Content[len(n.Content)-1]
	if n.Kind == yaml.MappingNode {
		last = n.Content[len(n.Content)-2]
	}
	start := e.Start(last)
	lead := e.src[e.LineStart(e.LineOf(start)):start]
	if len(bytes.TrimLeft(lead, " \t")) > 0 {
		e.changes = append(e.changes, Change{end, end, ", " + entry})
		return
	}
	line := e.LineOf(end)
	entry = e.newlineBefore(line+1) + string(lead) + entry
	rest, before, behind := e.src[end:e.lineEnd(line)], ",", ""
	if trimmed := bytes.TrimLeft(rest, " \t"); len(trimmed) > 0 && trimmed[0] == ',' { // so the new last entry gets a comma, too
		rest, before, behind = trimmed[1:], "", ","
	}
	if rest = bytes.TrimLeft(rest, " \t"); len(rest) > 0 && rest[0] != '#' { // most likely the bracket
		e.changes = append(e.changes, Change{end, end, "," + entry})
		return
	}
	e.changes = append(e.changes, Change{end, end, before}, Change{e.lineEnd(line), e.lineEnd(line), entry + behind})
}

// newlineBefore is breakBefore, except in JSON. There it returns LF if the line ends in a
// line break that JSON does not know.
func (e *editor) newlineBefore(line int) string {
	newline := e.breakBefore(line)
	if e.strict && strings.Trim(newline, "\r\n") != "" {
		return "\n"
	}
	return newline
}

// addLines queues text, which is whole lines. The text follows the line of offset, and
// the comments there on the collection in column indent.
func (e *editor) addLines(offset, indent int, text string) {
	line := e.LineOf(offset) + 1
	line += e.comments(line, indent)
	newline := e.breakBefore(line)
	text = strings.ReplaceAll(text, "\n", newline)
	if offset = e.LineStart(line); offset == len(e.src) && e.IsOpen() {
		text = newline + strings.TrimSuffix(text, newline)
	}
	e.changes = append(e.changes, Change{offset, offset, text})
}

// comments returns how many lines from line on are comments on a collection in column
// indent. Comments further right belong to the collection. Comments in its column belong
// to it only if the next line with content is further left.
func (e *editor) comments(line, indent int) int {
	n := 0
	isComment := func(i int) bool {
		return i < e.Lines() && bytes.HasPrefix(bytes.TrimLeft(e.Line(i), " "), []byte("#")) && LeadingSpaces(e.Line(i)) >= indent
	}
	for isComment(line + n) {
		n++
	}
	next := line + n
	for next < e.Lines() && len(bytes.TrimSpace(e.Line(next))) == 0 {
		next++
	}
	if next == e.Lines() || LeadingSpaces(e.Line(next)) < indent || IsMarker(e.Line(next), "---") || IsMarker(e.Line(next), "...") {
		return n
	}
	for n = 0; isComment(line+n) && LeadingSpaces(e.Line(line+n)) > indent; {
		n++
	}
	return n
}

// IsMarker reports whether a line begins with marker ("---" or "..."), followed by a
// blank or nothing.
func IsMarker(line []byte, marker string) bool {
	rest, ok := bytes.CutPrefix(line, []byte(marker))
	return ok && (len(rest) == 0 || rest[0] == ' ' || rest[0] == '\t')
}
