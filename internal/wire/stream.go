// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/cores"
	"example.com/calico-pull-secrets/internal/edit"
)

// A stream is a sequence of YAML documents with one object each, as kubectl accepts it.
type stream struct {
	text    []byte // with the byte order mark, if there is one; nil if not kept
	newline string
	last    part
	open    bool // the last line has no line break
	objects []*object
	unread  []Unread
}

// readStream returns the objects of interest in a stream, after d. It does not parse a
// document that cannot matter, so such a document may be invalid. A document that may
// matter and cannot be parsed is an error. If lenient is set, it is noted as unread
// instead. Documents are parsed on all cores.
func readStream(text []byte, r reading, lenient bool) (*stream, error) {
	lines, parts := partsOf(text)
	st := &stream{text: text, newline: lines.Newline(), open: lines.IsOpen(), last: parts[len(parts)-1]}
	objects, failed := make([]*object, len(parts)), make([]error, len(parts))
	cores.EachQuick(len(parts), func(i int) {
		switch body := text[parts[i].start:parts[i].end]; {
		case r.MayMatter(body):
			objects[i], failed[i] = parts[i].read(text, r)
		case bytes.IndexByte(body, 0) >= 0:
			failed[i] = parts[i].blame(ErrNoText)
		}
	})
	for i, p := range parts {
		switch {
		case isPart(failed[i]):
			st.unread = append(st.unread, Unread{Line: p.firstLine(text) + 1, Problem: failed[i]})
		case failed[i] != nil && lenient:
			st.unread = append(st.unread, unreadPart(text, p, r, failed[i]))
		case failed[i] != nil:
			return nil, failed[i]
		case objects[i] != nil:
			st.objects = append(st.objects, objects[i])
		}
	}
	if r.proves && len(st.objects) > 0 {
		st.unread = append(st.unread, refusals(text, parts, objects, failed)...)
	} else {
		st.unread = append(st.unread, strays(text, parts, failed, len(st.objects) > 0)...)
	}
	return st, nil
}

// hasObject reports whether the stream has any object. If it has none, the error is the
// error of the first document that cannot be parsed.
func (st *stream) hasObject() (bool, error) {
	if len(st.objects) > 0 {
		return true, nil
	}
	var first error
	_, parts := partsOf(st.text)
	for _, p := range parts {
		o, err := p.parse(st.text, true)
		if o != nil {
			return true, nil
		}
		if first == nil {
			first = err
		}
	}
	return false, first
}

// write returns the changes after which the stream has the objects as they are now. The
// added objects come after them.
func (st *stream) write(added []*fn.KubeObject, results *fn.Results) ([]Change, error) {
	news, at, err := st.add(added)
	if err != nil {
		return nil, err
	}
	var before, behind []Change // changes at the same place must keep this order: before, new, behind
	removed, end := st.removals()
	before = append(before, removed...)
	for _, o := range st.objects {
		if o.removed {
			continue
		}
		c, err := o.until(end).changes(st.text, nil, results)
		if err != nil {
			return nil, err
		}
		if o.start < at {
			before = append(before, c...)
		} else {
			behind = append(behind, c...)
		}
	}
	changes := slices.Concat(before, news, behind)
	if len(removed) > 0 && !st.keepsOthers(sorted(slices.Clone(changes)), len(added)) {
		return nil, errors.New("removing a document would change the meaning of the others")
	}
	return changes, nil
}

// add returns the changes that add new objects, and the place where they go. That is the
// end of the text, or before a last document that nothing can follow.
func (st *stream) add(added []*fn.KubeObject) (news []Change, at int, err error) {
	at, lead, end := len(st.text), "", ""
	last := st.text[st.last.start:st.last.end]
	switch {
	case len(added) == 0:
		return nil, at, nil
	case endsInDirective(st.text):
		return nil, at, errors.New("the manifests end in a directive without a document, so nothing can be added after them")
	case st.open && !canEndLine(last, st.newline):
		at, end = st.last.start, separator(last, st.newline)
	case st.open:
		lead = st.newline
	}
	for i, o := range added {
		text, err := documentOf(o, st.newline)
		if err != nil {
			return nil, at, err
		}
		if i == 0 {
			text = lead + text
		}
		if i == 0 && at == st.start() && at < len(st.text) && !edit.IsMarker(firstLine(st.text[at:]), "---") && !strings.HasPrefix(end, "...") {
			text = strings.TrimPrefix(text, "---"+st.newline) // end brings the marker back for the document that follows
		}
		if i == len(added)-1 {
			text += end
		}
		if isLast := i == len(added)-1; isLast && st.open && at == len(st.text) && hasContent(last) && canEndLine([]byte(strings.TrimSuffix(text, st.newline)), st.newline) {
			text = strings.TrimSuffix(text, st.newline)
		}
		news = append(news, Change{edit.Change{Start: at, End: at, Text: text}, o})
	}
	return news, at, nil
}

// endsInDirective reports whether the text ends in a directive, apart from blank lines
// and comments. Such a directive would belong to the added documents.
func endsInDirective(text []byte) bool {
	lines := edit.NewText(text)
	for i := lines.Lines() - 1; i >= 0; i-- {
		line := bytes.TrimSpace(lines.Line(i))
		if len(line) > 0 && line[0] != '#' {
			return line[0] == '%' && bytes.HasPrefix(lines.Line(i), line[:1])
		}
	}
	return false
}

// documentOf returns a new object as a document with a marker before it.
func documentOf(o *fn.KubeObject, newline string) (string, error) {
	n, err := nodeOf(o)
	if err != nil {
		return "", err
	}
	text, err := edit.Block(n, 0, newline)
	if err != nil {
		return "", err
	}
	return "---" + newline + text, nil
}

// nodeOf returns the tree of a new object, parsed from its text.
func nodeOf(o *fn.KubeObject) (*yaml.Node, error) {
	n, err := edit.Parse([]byte(o.String()))
	if err != nil {
		return nil, fmt.Errorf("new object: %w", err)
	}
	return n, nil
}
