// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/edit"
)

// An indexedList is a ResourceList in block style whose items are texts of their own.
type indexedList struct {
	header
	items   []span // behind the dash of each, to the line of the next
	dash    int    // the column of the dashes
	itemEnd int    // behind the last item
	scratch []byte // see object.source
}

// indexList returns the ResourceList that body is without parsing its items. It
// returns nil in doubt; where it does not a parser would have found the same.
//
// Items start at lines with a dash in the column of the first one, and end where
// the next starts or a line begins at the left margin. That these lines are what
// they look like is shown item by item: its text alone is a block mapping, to a
// parser or by isPlain, so nothing in it is open at its end. What the items stand
// in is parsed as if there were none, and has the field items where it was found.
func indexList(body []byte) list {
	const field = "\nitems:"
	head := bytes.Index(body, []byte(field))
	if head < 0 || !bytes.HasSuffix(body, []byte("\n")) || hasOtherBreaks(body) || !bytes.Contains(body[:head], []byte("ResourceList")) {
		return nil
	}
	fieldStart := head + 1
	head += len(field)
	if head < len(body) && body[head] == '\r' {
		head++
	}
	if head >= len(body) || body[head] != '\n' {
		return nil
	}
	head++
	items, dash, end, ok := findItems(body, head)
	if !ok || len(items) == 0 {
		return nil
	}
	l := aroundItems(body, fieldStart, span{head, end})
	if l == nil {
		return nil
	}
	l.items, l.dash = items, dash
	r := new(recogniser)
	for _, item := range items {
		if r.isPlain(body[item.start:item.end], dash) {
			continue
		}
		o, err := parseObject(body, item.start, item.end, dash+1, &l.scratch)
		if err != nil || !isPlainBlock(o.root) || o.root.Kind != yaml.MappingNode || o.root.Column-1 <= dash || isUnresolved(o.root) {
			return nil // further left it would be no part of the item
		}
		if o.expand() != nil {
			return nil
		}
	}
	return l
}

func (l *indexedList) read(s scanner) ([]*object, error) {
	var objects []*object
	for i, item := range l.items {
		if i > 0 && !s.mayMatter(l.text[item.start:item.end]) {
			continue
		}
		o, err := parseObject(l.text, item.start, item.end, l.dash+1, &l.scratch)
		if err == nil {
			err = o.expand()
		}
		if err == nil && i > 0 && !s.matters(o.tree) {
			continue
		}
		if err == nil {
			err = o.validate()
		}
		if err != nil && o.tree != nil && !s.matters(o.tree) {
			continue // the first one only tells who calls
		}
		if err != nil {
			return nil, shifted(err, edit.NewText(l.text[:item.start]).Lines()-1)
		}
		objects = append(objects, o)
	}
	return objects, nil
}

func (l *indexedList) write(objects []*object, added []*fn.KubeObject, results *fn.Results) ([]Change, error) {
	newline := "\n"
	if bytes.HasSuffix(l.text[:l.itemEnd], []byte("\r\n")) {
		newline = "\r\n"
	}
	var changes []Change
	for _, o := range objects {
		c, err := o.changes(l.text, &l.scratch, results)
		if err != nil {
			return nil, err
		}
		changes = append(changes, c...)
	}
	for _, o := range added {
		n, err := nodeOf(o)
		if err != nil {
			return nil, err
		}
		text, err := edit.Block(n, l.dash+2, newline)
		if err != nil {
			return nil, err
		}
		text = strings.Repeat(" ", l.dash) + "- " + text[l.dash+2:]
		changes = append(changes, Change{edit.Change{Start: l.itemEnd, End: l.itemEnd, Text: text}, o})
	}
	more, err := l.changeResults(*results)
	return append(changes, more...), err
}

func (l *indexedList) asItCame(results fn.Results) ([]Change, error) { return l.changeResults(results) }

// hasOtherBreaks reports whether lines end elsewhere than at LF and CR LF. YAML
// has more line breaks, behind which anything may start.
func hasOtherBreaks(input []byte) bool {
	for rest := input; ; {
		i := bytes.IndexByte(rest, '\r')
		if i < 0 {
			break
		}
		if rest = rest[i+1:]; len(rest) == 0 || rest[0] != '\n' {
			return true
		}
	}
	for _, other := range []string{"\u0085", "\u2028", "\u2029"} {
		if bytes.Contains(input, []byte(other)) {
			return true
		}
	}
	return false
}

// findItems returns the texts of the items whose first line is at from, each from
// behind its dash to the line of the next; the column of the dashes, and where the last
// ends. A line that starts with a blank, a comment or nothing belongs to the item
// before it.
func findItems(input []byte, from int) (items []span, dash, end int, ok bool) {
	dash = -1
	end = len(input)
	next := func(at int) int {
		if n := bytes.IndexByte(input[at:], '\n'); n >= 0 {
			return at + n + 1
		}
		return len(input)
	}
	for at := from; at < len(input); at = next(at) {
		i := at
		for i < len(input) && input[i] == ' ' && (dash < 0 || i-at <= dash) {
			i++
		}
		if i == len(input) || input[i] == '\n' || input[i] == '\r' || input[i] == '#' || dash >= 0 && i-at > dash {
			if dash < 0 && !isPrintable(bytes.TrimSuffix(bytes.TrimSuffix(input[i:next(at)], []byte("\n")), []byte("\r"))) {
				return nil, 0, 0, false // the parser refuses it, and it is in no item
			}
			continue
		}
		isDash := input[i] == '-' && i+1 < len(input) && input[i+1] == ' '
		switch {
		case dash < 0 && isDash:
			dash = i - at
			items = append(items, span{i + 1, len(input)})
		case isDash && i-at == dash:
			items[len(items)-1].end = at
			items = append(items, span{i + 1, len(input)})
		case dash >= 0 && i == at && input[i] != '-':
			items[len(items)-1].end = at
			return items, dash, at, true
		default:
			return nil, 0, 0, false
		}
	}
	return items, dash, end, dash >= 0
}

// aroundItems returns the list without its items, which are in the given span,
// below the field that starts at field; nil in doubt.
func aroundItems(body []byte, field int, items span) *indexedList {
	const largest = 1 << 20 // what is parsed here is a configuration
	if items.start+len(body)-items.end > largest {
		return nil
	}
	around := append(bytes.Clone(body[:items.start]), body[items.end:]...)
	root, err := edit.Parse(around)
	if err != nil || stringOf(root, "kind") != "ResourceList" || isUnresolved(root) {
		return nil
	}
	value := valueOf(root, "items")
	if value == nil || value.ShortTag() != "!!null" || value.Anchor != "" {
		return nil
	}
	if _, err := edit.Expand(root); err != nil {
		return nil
	}
	h, err := readHeader(edit.NewText(around), around, root)
	if err != nil || !h.lines || h.fields["items"].start != field {
		return nil
	}
	shift := func(offset int) int {
		if offset >= items.start {
			offset += items.end - items.start
		}
		return offset
	}
	for name, s := range h.fields {
		s.start, s.end = shift(s.start), shift(s.end)
		if name != "items" && s.start < items.start && s.end > items.start {
			return nil
		}
		h.fields[name] = s
	}
	h.text, h.end = body, shift(h.end)
	return &indexedList{header: h, itemEnd: items.end}
}
