// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"iter"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// An Interest says which objects are to be parsed: for each kind the words of which
// one has to stand in the text of the object, or none for all objects of the kind.
// An object in a List counts as the List does, and so does a typed one, such as a
// DaemonSetList, for its kind. The empty kind stands for all there are. Kinds start with
// a letter, and words are of letters, digits and any of "-./_:", so that YAML and JSON
// have few ways to write them; or they are "{{" and "{%", which templates begin actions with;
// or Wrapped.
type Interest map[string][]string

// Wrapped is the word of any text with base64 in lines, which may cut other words in two.
const Wrapped = "\n"

// hasWrapped reports whether a line, or what escapes make one, may be base64 that goes on in
// the next.
func hasWrapped(text []byte) bool {
	const shortest = 40 // of lines that programs wrap
	run := 0
	for i, c := range text {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '+', c == '/', c == '-', c == '_':
			run++
		case run >= shortest && (c == '\n' || c == '\r' || c == '\\' && i+1 < len(text)):
			return true
		default:
			run = 0
		}
	}
	return false
}

// A scanner finds objects of interest in texts that nobody has parsed. It says yes
// to some others, because a kind may stand anywhere in a text, in any way that YAML
// has to write it; to an object of interest it never says no.
type scanner struct {
	words map[string][]string
	kinds []string // sorted
}

func (i Interest) scanner() scanner { return scanner{i, slices.Sorted(maps.Keys(i))} }

// mayMatter reports whether text may be an object of interest.
func (s scanner) mayMatter(text []byte) bool {
	for range s.candidates(text) {
		return true
	}
	return false
}

// candidates yields the kinds of interest that text may be of, or have in it, each
// once.
func (s scanner) candidates(text []byte) iter.Seq[string] {
	return func(yield func(string) bool) {
		if hasEscape(text) || isUTF16(text) {
			for _, kind := range s.kinds {
				if !yield(kind) {
					return
				}
			}
			return
		}
		key := []byte("kind")
		at := bytes.Index(text, key)
		if at < 0 {
			return
		}
		anyKind := hasAliases(text) // one may stand for the key or the value
		reader := keyReader{text: text}
		looked := make([]bool, len(s.kinds))
		for n := 0; n >= 0; n = bytes.Index(text[at:], key) {
			at += n + len(key)
			value := reader.value(at)
			if !anyKind && value == nil {
				continue
			}
			for i, kind := range s.kinds {
				if looked[i] || !anyKind && !bytes.HasPrefix(value, []byte(kind)) {
					continue
				}
				looked[i] = true
				if s.hasWord(text, kind) && !yield(kind) {
					return
				}
			}
			if anyKind {
				return
			}
		}
	}
}

// matters reports whether the object n, an expanded tree, is of interest: n, or
// something in it, has one of the kinds, and a scalar of n one of the words.
func (s scanner) matters(n *yaml.Node) bool {
	found := make([]bool, len(s.kinds))
	s.findKinds(n, found)
	for i, kind := range s.kinds {
		if !found[i] {
			continue
		}
		words := s.words[kind]
		if len(words) == 0 || slices.ContainsFunc(words, func(word string) bool { return contains(n, word) }) {
			return true
		}
	}
	return false
}

// findKinds notes which kinds a mapping in n has, also those that one only starts with.
func (s scanner) findKinds(n *yaml.Node, found []bool) {
	if n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value != "kind" || n.Content[i+1].Value == "" {
				continue
			}
			for k, kind := range s.kinds {
				found[k] = found[k] || strings.HasPrefix(n.Content[i+1].Value, kind)
			}
		}
	}
	for _, child := range n.Content {
		s.findKinds(child, found)
	}
}

// contains reports whether a scalar in n has a word in it. An action of a template, {{ x }},
// may parse as a mapping that has a mapping for its key.
func contains(n *yaml.Node, word string) bool {
	isAction := n.Kind == yaml.MappingNode && len(n.Content) > 0 && n.Content[0].Kind == yaml.MappingNode
	return strings.Contains(n.Value, word) || isAction && word == "{{" || slices.ContainsFunc(n.Content, func(child *yaml.Node) bool { return contains(child, word) })
}

// hasWord reports whether text has one of the words of a kind in it.
func (s scanner) hasWord(text []byte, kind string) bool {
	words := s.words[kind]
	return len(words) == 0 ||
		slices.ContainsFunc(words, func(word string) bool { return word != Wrapped && bytes.Contains(text, []byte(word)) }) ||
		slices.Contains(words, Wrapped) && hasWrapped(text)
}

// breaks are YAML's line breaks, and the byte order mark, which may stand before a line.
const breaks = "\r\n\u0085\u2028\u2029\uFEFF"

// A keyReader reads what follows words in a text. It remembers where long runs end, so
// that many words in one comment or tag do not have it read as often.
type keyReader struct {
	text    []byte
	toColon stretch
	// What stands before a value, and each property of it: an anchor and a tag at most.
	toValue, property [3]stretch
}

// A stretch is a part of the text of which each place leads to the end.
type stretch struct{ start, end int }

func (r *stretch) has(at int) bool { return r.start <= at && at < r.end }

// value returns what the value starts with if a word that ends at the given place is the
// end of a key; nil if it is none.
func (r *keyReader) value(at int) []byte {
	at = r.skip(at, " \t\"'"+breaks, &r.toColon)
	if at == len(r.text) || r.text[at] != ':' {
		return nil
	}
	at++
	for i := range r.property {
		at = r.skip(at, " \t\"'|>+-123456789"+breaks, &r.toValue[i])
		if at == len(r.text) {
			return nil
		}
		if c := r.text[at]; c != '&' && c != '!' {
			return r.text[at:]
		}
		at = r.end(at, " \t"+breaks, &r.property[i])
	}
	return nil
}

// skip returns the first place from at on that has none of the characters and is in no
// comment.
func (r *keyReader) skip(at int, characters string, known *stretch) int {
	first := -1 // comment
	for {
		at = len(r.text) - len(bytes.TrimLeft(r.text[at:], characters))
		switch {
		case at == len(r.text) || r.text[at] != '#':
			if first >= 0 {
				*known = stretch{first, at}
			}
			return at
		case known.has(at):
			return known.end
		case first < 0:
			first = at
		}
		if n := bytes.IndexAny(r.text[at:], breaks); n >= 0 {
			at += n
		} else {
			at = len(r.text)
		}
	}
}

// end returns the first place from at on that has one of the characters.
func (r *keyReader) end(at int, characters string, known *stretch) int {
	if !known.has(at) {
		end := len(r.text)
		if n := bytes.IndexAny(r.text[at:], characters); n >= 0 {
			end = at + n
		}
		*known = stretch{at, end}
	}
	return known.end
}

// hasAliases reports whether there may be an alias in text, and an anchor for it.
func hasAliases(text []byte) bool { return hasIndicator(text, '&') && hasIndicator(text, '*') }

// hasIndicator reports whether c is in text where it may start an anchor or alias.
func hasIndicator(text []byte, c byte) bool {
	for at := 0; ; {
		n := bytes.IndexByte(text[at:], c)
		if n < 0 {
			return false
		}
		i := at + n
		at = i + 1
		if at == len(text) {
			return false
		}
		next := text[at]
		isName := 'a' <= next && next <= 'z' || 'A' <= next && next <= 'Z' || '0' <= next && next <= '9' || next == '_' || next == '-' || next >= 0x80
		if isName && (i == 0 || text[i-1] >= 0x80 || strings.IndexByte(" \t\r\n,[{:?-", text[i-1]) >= 0) {
			return true
		}
	}
}

// hasEscape reports whether there is an escape sequence that may stand for a
// character of a kind or word, or joins two lines, or a scalar in base64.
func hasEscape(text []byte) bool {
	if bytes.Contains(text, []byte("binary")) && (bytes.Contains(text, []byte("!!binary")) || bytes.Contains(text, []byte(":binary>"))) {
		return true
	}
	for {
		i := bytes.IndexByte(text, '\\')
		if i < 0 {
			return false
		}
		if i+1 == len(text) { // whatever follows is escaped
			return true
		}
		if next := text[i+1]; next >= 0x80 || strings.IndexByte("xuU/\r\n", next) >= 0 {
			return true
		}
		text = text[i+2:]
	}
}

// isUTF16 reports whether the parser takes text for UTF-16.
func isUTF16(text []byte) bool {
	return bytes.HasPrefix(text, []byte("\xFF\xFE")) || bytes.HasPrefix(text, []byte("\xFE\xFF"))
}
