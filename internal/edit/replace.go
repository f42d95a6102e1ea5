// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"bytes"
	"math"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// replace writes want in place of old.
func (e *editor) replace(old, want *yaml.Node, at position) bool {
	switch {
	case at.in == flow, at.in == atRoot && e.strict:
		return e.replaceInline(old, want, e.flowEnd(old))
	case at.in == atRoot, len(old.Content) > 0 && old.Style&yaml.FlowStyle == 0:
		return false // a block collection may start on another line than its key
	case len(want.Content) == 0:
		return e.replaceInline(old, want, e.end(old, at.indent))
	}
	return len(old.Content) == 0 && e.replaceByLines(old, want, at)
}

// replaceInline writes want in place of old. want must need no lines of its own.
func (e *editor) replaceInline(old, want *yaml.Node, end int) bool {
	start := e.Start(old)
	text, ok := e.inline(quotedAs(want, old))
	if ok {
		e.changes = append(e.changes, Change{start, end, e.spaced(start, text)})
	}
	return ok
}

// spaced returns text, with a space before it if the byte before offset is a colon or a
// dash. That is so if the old value was not written at all.
func (e *editor) spaced(offset int, text string) string {
	if offset > 0 && (e.src[offset-1] == ':' || e.src[offset-1] == '-') {
		return " " + text
	}
	return text
}

// replaceByLines writes want, a collection with entries, as lines in place of old, which
// has no entries. Comments beside old stay.
func (e *editor) replaceByLines(old, want *yaml.Node, at position) bool {
	start, end := e.Start(old), e.end(old, at.indent)
	first, last := e.LineOf(start), e.LineOf(end)
	if first != last && bytes.IndexByte(e.src[start:end], '#') >= 0 {
		return false // the change would remove a comment
	}
	lead := bytes.TrimLeft(e.src[e.LineStart(first):start], " \t")
	rest := bytes.TrimLeft(e.src[end:e.lineEnd(last)], " \t")
	dashed := at.in == blockSequence && len(lead) > 0 && len(rest) == 0
	indent := at.indent + 2
	switch {
	case dashed && !isNothing(old):
		indent = old.Column - 1
	case at.in == blockMapping && want.Kind == yaml.SequenceNode:
		indent = at.indent + e.step()
	}
	text, ok := e.block(want, indent, e.step())
	if !ok {
		return false
	}
	lines := strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", e.breakBefore(last+1))
	switch {
	case dashed:
		e.changes = append(e.changes, Change{start, e.lineEnd(last), e.spaced(start, lines[indent:])})
	case len(lead) == 0 && len(rest) == 0: // old has a line of its own
		e.changes = append(e.changes, Change{e.LineStart(first), e.lineEnd(last), lines})
	case len(lead) == 0: // the comment stays in its line
		e.changes = append(e.changes, Change{start, e.lineEnd(last) - len(rest), ""})
		e.addLines(end, math.MaxInt, text)
	default:
		for start > 0 && isBlank(e.src[start-1]) {
			start--
		}
		e.changes = append(e.changes, Change{start, end, ""})
		e.addLines(end, math.MaxInt, text)
	}
	return true
}
