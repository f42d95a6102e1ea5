// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"iter"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/encoded"
	"example.com/calico-pull-secrets/internal/mapping"
)

// An Interest says which objects List parses. It maps a kind to words. The text of an
// object must have at least one of them. No words means all objects of the kind.
//
// An object in a List counts together with the List. A typed list, such as a
// DaemonSetList, counts as its kind. The empty kind means all kinds. Kinds start with a
// letter. Words have letters, digits and any of "-./_:". So YAML and JSON have few ways
// to write them. Three words are special: "{{" and "{%", which begin actions of
// templates, and Encoded. A word that ends in a colon is the end of a key: prose has the same
// words, and its objects are long.
type Interest map[string][]string

// Encoded is a word for any text with base64 in several lines, or with base64 of base64. Other
// words cannot be seen in them.
const Encoded = "\n"

// A scanner finds objects of interest in texts that nobody has parsed. It never misses an
// object of interest. It may also accept other texts: a kind may occur anywhere, in any
// way that YAML allows.
type scanner struct {
	words  map[string][]string
	kinds  []string // sorted
	proves bool     // see Input.Prove
}

func (i Interest) scanner() scanner { return scanner{words: i, kinds: slices.Sorted(maps.Keys(i))} }

// mayMatter reports whether text may be or contain an object of interest.
func (s scanner) mayMatter(text []byte) bool {
	for range s.candidates(text) {
		return true
	}
	return false
}

// candidates yields the kinds of interest that text may have, each once.
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
		anyKind := at >= 0 && hasAliases(text) // an alias may replace the key or the value
		isKey := anyKind
		reader := keyReader{text: text}
		looked := make([]bool, len(s.kinds))
		for n := 0; at >= 0 && n >= 0; n = bytes.Index(text[at:], key) {
			at += n + len(key)
			value := reader.value(at)
			if !anyKind && value == nil {
				continue
			}
			isKey = true
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
		if !isKey && len(s.kinds) > 0 && s.kinds[0] == "" && mayLackKind(text) && s.hasWord(text, "") {
			yield("")
		}
	}
}

// matters reports whether the object n is of interest. n must be expanded. For that, a
// mapping in n must have one of the kinds, and a scalar a word of that kind.
func (s scanner) matters(n *yaml.Node) bool {
	found := make([]bool, len(s.kinds))
	if len(found) > 0 && s.kinds[0] == "" && mapping.String(n, "apiVersion") != "" {
		found[0] = true // also without a kind
	}
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

// findKinds notes the kinds that mappings in n have, and the kinds that only begin these.
func (s scanner) findKinds(n *yaml.Node, found []bool) {
	for key, value := range mapping.Entries(n) {
		if key.Value != "kind" || value.Value == "" {
			continue
		}
		for i, kind := range s.kinds {
			found[i] = found[i] || strings.HasPrefix(value.Value, kind)
		}
	}
	for _, child := range n.Content {
		s.findKinds(child, found)
	}
}

// contains reports whether a scalar in n has the word in it. A parser may read the
// template action {{ x }} as a mapping whose key is a mapping.
func contains(n *yaml.Node, word string) bool {
	isAction := n.Kind == yaml.MappingNode && len(n.Content) > 0 && n.Content[0].Kind == yaml.MappingNode
	if end, isKey := strings.CutSuffix(word, ":"); isKey {
		return containsKey(n, end)
	}
	if word == Encoded && n.Kind == yaml.ScalarNode {
		runs := encoded.Of(n.Value)
		return runs.Long || runs.Twice
	}
	return strings.Contains(n.Value, word) || isAction && word == "{{" || slices.ContainsFunc(n.Content, func(child *yaml.Node) bool { return contains(child, word) })
}

// containsKey reports whether a key of a mapping in n ends so.
func containsKey(n *yaml.Node, end string) bool {
	for i, child := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 && strings.HasSuffix(child.Value, end) || containsKey(child, end) {
			return true
		}
	}
	return false
}

// hasWord reports whether text has one of the words of a kind, or whether the kind has no
// words.
func (s scanner) hasWord(text []byte, kind string) bool {
	words := s.words[kind]
	return len(words) == 0 || slices.ContainsFunc(words, func(word string) bool {
		end, isKey := strings.CutSuffix(word, ":")
		switch {
		case word == Encoded:
			return false // which takes longer than the others
		case isKey:
			return mayEndKey(text, []byte(end))
		}
		return bytes.Contains(text, []byte(word))
	}) || slices.Contains(words, Encoded) && isEncoded(text)
}

func isEncoded(text []byte) bool {
	runs := encoded.Of(text)
	return runs.Wrapped || runs.Twice
}

// mayEndKey reports whether a key of the text may end so. In a text with aliases the key may be elsewhere.
func mayEndKey(text, end []byte) bool {
	for at := 0; ; {
		i := bytes.Index(text[at:], end)
		if i < 0 {
			return at > 0 && hasAliases(text)
		}
		at += i + len(end)
		rest := bytes.TrimLeft(text[at:], "\"'\\ \t")
		if len(rest) == 0 || rest[0] >= 0x80 || bytes.IndexByte([]byte(":\r\n#"), rest[0]) >= 0 {
			return true
		}
	}
}

// breaks are YAML's line breaks, and the byte order mark, which may come before a line.
const breaks = "\r\n\u0085\u2028\u2029\uFEFF"

// A keyReader reads the text after words. It remembers where long runs end. So it does
// not read the same comment or tag again for each word in it.
type keyReader struct {
	text    []byte
	toColon stretch
	// The runs before a value, and the properties of a value: at most one anchor and one
	// tag.
	toValue, property [3]stretch
}

// A stretch is a run of text. A search from any place in it ends at its end.
type stretch struct{ start, end int }

func (r *stretch) has(at int) bool { return r.start <= at && at < r.end }

// value returns the text of the value if the word that ends at the given place is a key.
// It returns nil if the word is no key.
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

// skip returns the first place from at on that has none of the characters and is outside
// of comments. Comments that JavaScript allows in JSON count: kubectl refuses the text then,
// and so does the parser.
func (r *keyReader) skip(at int, characters string, known *stretch) int {
	first := -1 // where the first comment starts
	for {
		at = len(r.text) - len(bytes.TrimLeft(r.text[at:], characters))
		comment := commentEnd(r.text[at:])
		switch {
		case comment == 0:
			if first >= 0 {
				*known = stretch{first, at}
			}
			return at
		case known.has(at):
			return known.end
		case first < 0:
			first = at
		}
		at += comment
	}
}

// commentEnd returns the length of the comment at the start of text, 0 if there is none.
func commentEnd(text []byte) int {
	switch {
	case bytes.HasPrefix(text, []byte("/*")):
		if n := bytes.Index(text, []byte("*/")); n > 0 {
			return n + 2
		}
	case bytes.HasPrefix(text, []byte("#")), bytes.HasPrefix(text, []byte("//")):
		if n := bytes.IndexAny(text, breaks); n >= 0 {
			return n
		}
		if text[0] == '#' {
			return len(text)
		}
	}
	return 0
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

// hasAliases reports whether text may have an alias and an anchor for it.
func hasAliases(text []byte) bool { return hasIndicator(text, '&') && hasIndicator(text, '*') }

// hasIndicator reports whether text has c where it may start an anchor or an alias.
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

// hasEscape reports whether an escape sequence may hide a character of a kind or word, or
// join two lines. It also returns true for a scalar in base64.
func hasEscape(text []byte) bool {
	if bytes.Contains(text, []byte("binary")) && (bytes.Contains(text, []byte("!!binary")) || bytes.Contains(text, []byte(":binary>"))) {
		return true
	}
	for {
		i := bytes.IndexByte(text, '\\')
		if i < 0 {
			return false
		}
		if i+1 == len(text) { // the next text, if any, is escaped
			return true
		}
		if next := text[i+1]; next >= 0x80 || strings.IndexByte("xuU/\r\n", next) >= 0 {
			return true
		}
		text = text[i+2:]
	}
}

// isUTF16 reports whether the parser reads text as UTF-16.
func isUTF16(text []byte) bool {
	return bytes.HasPrefix(text, []byte("\xFF\xFE")) || bytes.HasPrefix(text, []byte("\xFE\xFF"))
}
