// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/edit"
	"example.com/calico-pull-secrets/internal/mapping"
	"example.com/calico-pull-secrets/internal/wire/index"
)

// An indexedList is a ResourceList in block style. Each item is a text of its own.
type indexedList struct {
	header
	items   []span // from after its dash to the line of the next item
	dash    int    // the column of the dashes
	itemEnd int    // after the last item
	scratch []byte // see object.source
}

// indexList returns the ResourceList in body without parsing its items. It returns nil in
// doubt. Otherwise a parser would find the same list.
//
// Package index finds the items. It may be uncertain of some: these are parsed. The text
// of each alone must be a block mapping, so nothing in it is open at its end. The text
// around the items is parsed as if there were none. It must have the field items at the
// same place.
func indexList(body []byte) list {
	const field = "\nitems:"
	head := bytes.Index(body, []byte(field))
	if head < 0 || !bytes.Contains(body[:head], []byte("ResourceList")) {
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
	found, ok := index.Items(body, head)
	if !ok {
		return nil
	}
	l := aroundItems(body, fieldStart, span{head, found.End})
	if l == nil {
		return nil
	}
	l.dash = found.Dash
	for _, item := range found.Items {
		l.items = append(l.items, span{item.Start, item.End})
		if item.IsPlain {
			continue
		}
		o, err := parseObject(body, item.Start, item.End, l.dash+1, &l.scratch)
		if err != nil || !isPlainBlock(o.root) || o.root.Kind != yaml.MappingNode || o.root.Column-1 <= l.dash || !edit.IsExpanded(o.root) {
			return nil // further left it is not part of the item
		}
		if o.expand() != nil {
			return nil
		}
	}
	return l
}

func (l *indexedList) read(r reading) ([]*object, error) {
	var objects []*object
	for i, item := range l.items {
		if i > 0 && !r.MayMatter(l.text[item.start:item.end]) {
			continue
		}
		o, err := parseObject(l.text, item.start, item.end, l.dash+1, &l.scratch)
		if err == nil {
			err = o.expand()
		}
		if err == nil && i > 0 && !r.Matters(o.tree) {
			continue
		}
		if err == nil {
			err = o.validate()
		}
		if err != nil && o.tree != nil && !r.Matters(o.tree) {
			continue // the first item only shows who calls
		}
		if err != nil {
			return nil, shifted(err, edit.NewText(l.text[:item.start]).Lines()-1)
		}
		o.distil(r.distil)
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
	left := len(l.items) + len(added)
	for _, o := range objects {
		if o.removed {
			changes = append(changes, l.removal(o))
			left--
			continue
		}
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
	if left == 0 {
		behind := l.fields["items"].start + len("items:")
		changes = append(changes, Change{edit.Change{Start: behind, End: behind, Text: " []"}, nil})
	}
	more, err := l.changeResults(*results)
	return append(changes, more...), err
}

// removal returns the change that removes an item, from its dash on. Comments and empty
// lines after the item stay if they are not right of the dashes: they may be about the
// next item.
func (l *indexedList) removal(o *object) Change {
	start, end := bytes.LastIndexByte(l.text[:o.start], '\n')+1, o.end
	for end > o.start {
		line := bytes.LastIndexByte(l.text[:end-1], '\n') + 1
		text := bytes.TrimLeft(l.text[line:end], " ")
		isComment := text[0] == '#' && end-line-len(text) <= l.dash
		if line <= o.start || !isComment && hasContent(text) {
			break
		}
		end = line
	}
	return Change{edit.Change{Start: start, End: end}, o.kube}
}

func (l *indexedList) asItCame(results fn.Results) ([]Change, error) { return l.changeResults(results) }

// aroundItems returns the list without its items, nil in doubt. field is where the field
// items starts, items is the span of the items.
func aroundItems(body []byte, field int, items span) *indexedList {
	const largest = 1 << 20 // the text around the items is a configuration: it is small
	if items.start+len(body)-items.end > largest {
		return nil
	}
	around := append(bytes.Clone(body[:items.start]), body[items.end:]...)
	root, err := edit.Parse(around)
	if err != nil || mapping.String(root, "kind") != "ResourceList" || !edit.IsExpanded(root) {
		return nil
	}
	value := mapping.Value(root, "items")
	if value == nil || value.ShortTag() != "!!null" || value.Anchor != "" {
		return nil
	}
	if _, err := edit.Expand(root); err != nil {
		return nil
	}
	h, err := readHeader(edit.NewText(around), around, root)
	if err != nil || onlyOnce(root) != nil || !h.lines || h.fields["items"].start != field {
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
