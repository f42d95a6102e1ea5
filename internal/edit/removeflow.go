// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"bytes"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// removeInline is remove for a flow collection.
func (e *editor) removeInline(n *yaml.Node, gone []bool) bool {
	for i := 0; i < len(gone); i++ {
		if !gone[i] {
			continue
		}
		behind := i + 1
		for behind < len(gone) && gone[behind] {
			behind++
		}
		switch {
		case behind < len(gone):
			if !e.removeBefore(n, i, behind) {
				return false
			}
		case !e.removeTail(n, i):
			return false
		}
		i = behind
	}
	return true
}

// flowStart returns where an entry of a flow collection starts.
func (e *editor) flowStart(n *yaml.Node, entry int) int { return e.Start(n.Content[entry*size(n)]) }

func (e *editor) flowEndOf(n *yaml.Node, entry int) int {
	part := *n
	part.Content = n.Content[entry*size(n) : (entry+1)*size(n)]
	return e.lastEnd(&part)
}

// isFirst reports whether only white space is before a place in its line.
func (e *editor) isFirst(at int) bool {
	return len(bytes.TrimLeft(e.src[e.LineStart(e.LineOf(at)):at], " \t")) == 0
}

// removeBefore removes the entries from first up to next. The entry next stays.
func (e *editor) removeBefore(n *yaml.Node, first, next int) bool {
	start, stays := e.flowStart(n, first), e.flowStart(n, next)
	comma := e.skipSpace(e.flowEndOf(n, next-1))
	if comma >= stays || e.src[comma] != ',' {
		return false
	}
	line := e.LineOf(comma)
	rest := bytes.TrimLeft(e.src[comma+1:e.lineEnd(line)], " \t")
	if e.isFirst(start) && e.isFirst(stays) && (len(rest) == 0 || rest[0] == '#') {
		e.deleteLines(e.LineOf(start), line+1)
		return true
	}
	if bytes.IndexByte(e.src[comma:stays], '#') >= 0 {
		return false
	}
	e.delete(start, stays)
	return true
}

// removeTail removes the last entries, from first on. first must not be the first entry
// of the collection. It removes the comma before them, unless another comma follows the
// last entry.
func (e *editor) removeTail(n *yaml.Node, first int) bool {
	if first == 0 {
		return false
	}
	before, start := e.flowEndOf(n, first-1), e.flowStart(n, first)
	end := e.flowEndOf(n, len(n.Content)/size(n)-1)
	comma := e.skipSpace(before)
	if comma >= start || e.src[comma] != ',' {
		return false
	}
	if !e.isFirst(start) {
		if bytes.IndexByte(e.src[before:start], '#') >= 0 {
			return false
		}
		e.delete(before, end)
		return true
	}
	if behind := e.skipSpace(end); behind < len(e.src) && e.src[behind] == ',' {
		end = behind + 1
	} else {
		e.delete(comma, comma+1)
	}
	line := e.LineOf(end)
	if rest := bytes.TrimLeft(e.src[end:e.lineEnd(line)], " \t"); len(rest) > 0 && rest[0] == '#' {
		end = e.lineEnd(line)
	}
	e.delete(e.lineEnd(e.LineOf(start)-1), end)
	return true
}
