// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"calico-pull-secrets/internal/edit"
)

// indexList returns the ResourceList that input is without parsing the items that
// do not matter. It returns false in doubt; where it returns true a parser would
// have found the same.
//
// Items start at lines with a dash in the column of the first one, and end where
// the next starts or a line begins at the left margin. That these lines are what
// they look like is shown item by item: its text alone is a block mapping, to a
// parser or by isPlain, so nothing in it is open at its end. What the items stand
// in is parsed as if there were none, and has the field items where it was found.
func indexList(input []byte, interest Interest) (document, bool) {
	const field = "\nitems:"
	head := bytes.Index(input, []byte(field))
	if head < 0 || !bytes.HasSuffix(input, []byte("\n")) || hasOtherBreaks(input) || !bytes.Contains(input[:head], []byte("ResourceList")) {
		return nil, false
	}
	fieldStart := head + 1
	head += len(field)
	if head < len(input) && input[head] == '\r' {
		head++
	}
	if head >= len(input) || input[head] != '\n' {
		return nil, false
	}
	head++
	items, dash, end, ok := findItems(input, head)
	if !ok || len(items) == 0 {
		return nil, false
	}
	l, ok := aroundItems(input, fieldStart, span{head, end})
	if !ok {
		return nil, false
	}
	l.dash = dash
	matters := interest(l.config)
	r := new(recogniser)
	for i, item := range items {
		text := input[item.start:item.end]
		important := i == 0 || matters(text)
		if !important && r.isPlain(text, dash) {
			continue
		}
		o, err := parseObject(input, item.start, item.end, dash+1)
		if err != nil || !isPlainBlock(o.root) || o.root.Kind != yaml.MappingNode || o.root.Column-1 <= dash {
			return nil, false // further left it would be no part of the item
		}
		if important {
			if err := o.resolve(); err != nil {
				return nil, false
			}
			l.objects = append(l.objects, o)
		}
	}
	return l, true
}

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
// below the field that starts at field.
func aroundItems(input []byte, field int, items span) (*blockList, bool) {
	const largest = 1 << 20 // what is parsed here is a configuration
	if items.start+len(input)-items.end > largest {
		return nil, false
	}
	around := append(bytes.Clone(input[:items.start]), input[items.end:]...)
	root, err := edit.Parse(around)
	if err != nil || stringOf(root, "kind") != "ResourceList" {
		return nil, false
	}
	none := func(*yaml.Node) bool { return false }
	value := valueOf(root, "items")
	if value == nil || value.ShortTag() != "!!null" || value.Anchor != "" || !aliases(root, none) {
		return nil, false
	}
	text := edit.NewText(around)
	l, fields, ok := newBlockList(text, input, root)
	if !ok || fields["items"].start != field {
		return nil, false
	}
	shift := func(offset int) int {
		if offset >= items.start {
			offset += items.end - items.start
		}
		return offset
	}
	l.itemEnd, l.end = items.end, shift(l.end)
	if l.old != nil {
		l.old = &span{shift(l.old.start), shift(l.old.end)}
		if l.old.start < items.start && l.old.end > items.start {
			return nil, false
		}
	}
	return l, true
}
