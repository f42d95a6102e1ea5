// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"iter"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// An Interest says which objects are to be parsed: for each kind the words of which
// one has to stand in the text of the object, or none for all objects of the kind.
// An object in a List counts as the List does, and so does a typed one, such as a
// DaemonSetList, for its kind.
type Interest map[string][]string

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

// candidates yields the kinds of interest that text may be of, or have in it. It
// may yield one more than once.
func (s scanner) candidates(text []byte) iter.Seq[string] {
	return func(yield func(string) bool) {
		if hasEscape(text) {
			for _, kind := range s.kinds {
				if !yield(kind) {
					return
				}
			}
			return
		}
		key := []byte("kind")
		for at := 0; ; {
			n := bytes.Index(text[at:], key)
			if n < 0 {
				return
			}
			before := text[:at+n]
			at += n + len(key)
			value, isAny := valueOfKey(text[at:])
			isAny = isAny || isAnchored(before)
			if !isAny && value == nil {
				continue
			}
			for _, kind := range s.kinds {
				if (isAny || bytes.HasPrefix(value, []byte(kind))) && s.hasWord(text, kind) && !yield(kind) {
					return
				}
			}
		}
	}
}

// matters reports whether the object n is of interest: n, or something in it, has one
// of the kinds, and a scalar of n one of the words.
func (s scanner) matters(n *yaml.Node) bool {
	return slices.ContainsFunc(s.kinds, func(kind string) bool {
		return hasKind(n, kind) && (len(s.words[kind]) == 0 ||
			slices.ContainsFunc(s.words[kind], func(word string) bool { return contains(n, word) }))
	})
}

// hasKind reports whether a mapping in n has a kind, or a kind that starts like it.
func hasKind(n *yaml.Node, kind string) bool {
	if n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == "kind" && strings.HasPrefix(n.Content[i+1].Value, kind) {
				return true
			}
		}
	}
	return slices.ContainsFunc(n.Content, func(child *yaml.Node) bool { return hasKind(child, kind) })
}

// contains reports whether a scalar in n has a word in it.
func contains(n *yaml.Node, word string) bool {
	return strings.Contains(n.Value, word) || slices.ContainsFunc(n.Content, func(child *yaml.Node) bool { return contains(child, word) })
}

// hasWord reports whether text may have one of the words of a kind in it. An alias
// may stand for any.
func (s scanner) hasWord(text []byte, kind string) bool {
	words := s.words[kind]
	return len(words) == 0 || bytes.IndexByte(text, '*') >= 0 ||
		slices.ContainsFunc(words, func(word string) bool { return bytes.Contains(text, []byte(word)) })
}

// valueOfKey returns what the value starts with if rest, what follows a word, is the
// end of a key: nil if it is none, or isAny if the value may be anything.
func valueOfKey(rest []byte) (value []byte, isAny bool) {
	rest = skip(rest, " \t\r\n\"'")
	if len(rest) > 0 && rest[0] >= utf8.RuneSelf { // a line break of YAML's, perhaps
		return nil, true
	}
	rest, isKey := bytes.CutPrefix(rest, []byte(":"))
	if !isKey {
		return nil, false
	}
	for {
		rest = skip(rest, " \t\r\n\"'|>+-123456789")
		switch {
		case len(rest) == 0:
			return nil, false
		case rest[0] == '*', rest[0] >= utf8.RuneSelf:
			return nil, true
		case rest[0] == '&', rest[0] == '!': // an anchor or tag before the value
			rest = bytes.TrimLeftFunc(rest, func(r rune) bool { return r > ' ' && r < utf8.RuneSelf })
		default:
			return rest, false
		}
	}
}

// skip returns text without the characters and comments that it starts with.
func skip(text []byte, characters string) []byte {
	for {
		text = bytes.TrimLeft(text, characters)
		if len(text) == 0 || text[0] != '#' {
			return text
		}
		end := bytes.IndexAny(text, "\r\n\u0085\u2028\u2029")
		if end < 0 {
			return nil
		}
		text = text[end:]
	}
}

// isAnchored reports whether the word that follows before has an anchor or tag, so
// that a key elsewhere can be an alias of it.
func isAnchored(before []byte) bool {
	before = bytes.TrimRight(before, "\"' \t")
	word := before[bytes.LastIndexAny(before, " \t\r\n")+1:]
	return len(word) > 0 && (word[0] == '&' || word[0] == '!')
}

// hasEscape reports whether there is an escape sequence that may stand for a
// letter, or joins two lines.
func hasEscape(text []byte) bool {
	for {
		i := bytes.IndexByte(text, '\\')
		if i < 0 || i+1 == len(text) {
			return false
		}
		if strings.IndexByte("xuU\r\n", text[i+1]) >= 0 {
			return true
		}
		text = text[i+2:]
	}
}
