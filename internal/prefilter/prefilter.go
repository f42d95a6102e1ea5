// SPDX-License-Identifier: Apache-2.0

// Package prefilter tells, without a parser, which texts cannot have an object that matters. It
// promises:
//
//   - It never misses an object of interest: whatever the parser finds in a text, MayMatter is true of
//     the text. It may also be true of other texts: a kind may occur anywhere, in any way that YAML allows.
//   - It needs time in proportion to the text, times the number of words.
//
// MayMatter is about a text. Matters is about the tree of an object, and exact.
package prefilter

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

// An Interest says which objects matter. It maps a kind to words. The text of an object must have at
// least one of them. No words means all objects of the kind.
//
// An object in a List counts together with the List. A typed list, such as a
// DaemonSetList, counts as its kind. The empty kind means all kinds. Kinds start with a
// letter. Words have letters, digits and any of "-./_:". So YAML and JSON have few ways
// to write them. Three words are special: "{{" and "{%", which begin actions of
// templates, and Encoded. A word that ends in a colon is the end of a key with a value that is not
// null: prose has the same words, and its objects are long.
type Interest map[string][]string

// Encoded is a word for any text with base64 in several lines, or with base64 of base64. Other
// words cannot be seen in them.
const Encoded = "\n"

// A Filter answers for one Interest.
type Filter struct {
	words map[string][]string
	kinds []string // sorted
}

// Filter returns the filter for the interest.
func (i Interest) Filter() Filter { return Filter{i, slices.Sorted(maps.Keys(i))} }

// MayMatter reports whether text may be or contain an object of interest.
func (f Filter) MayMatter(text []byte) bool {
	for range f.Kinds(text) {
		return true
	}
	return false
}

// Kinds yields the kinds of interest that text may have, each once.
func (f Filter) Kinds(text []byte) iter.Seq[string] {
	return func(yield func(string) bool) {
		if HidesWords(text) {
			for _, kind := range f.kinds {
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
		looked := make([]bool, len(f.kinds))
		for n := 0; at >= 0 && n >= 0; n = bytes.Index(text[at:], key) {
			at += n + len(key)
			value := reader.value(at)
			if !anyKind && value == nil {
				continue
			}
			isKey = true
			for i, kind := range f.kinds {
				if looked[i] || !anyKind && !bytes.HasPrefix(value, []byte(kind)) {
					continue
				}
				looked[i] = true
				if f.hasWord(text, kind) && !yield(kind) {
					return
				}
			}
			if anyKind {
				return
			}
		}
		if !isKey && len(f.kinds) > 0 && f.kinds[0] == "" && mayLackKind(text) && f.hasWord(text, "") {
			yield("")
		}
	}
}

// mayLackKind reports whether text, which has no key kind, may have the rest of an object.
func mayLackKind(text []byte) bool {
	return bytes.Contains(text, []byte("apiVersion")) && bytes.Contains(text, []byte("metadata"))
}

// Matters reports whether the object n is of interest. n must be expanded. For that, a
// mapping in n must have one of the kinds, and a scalar a word of that kind.
func (f Filter) Matters(n *yaml.Node) bool {
	found := make([]bool, len(f.kinds))
	if len(found) > 0 && f.kinds[0] == "" && mapping.String(n, "apiVersion") != "" {
		found[0] = true // also without a kind
	}
	f.findKinds(n, found)
	for i, kind := range f.kinds {
		if !found[i] {
			continue
		}
		words := f.words[kind]
		if len(words) == 0 || slices.ContainsFunc(words, func(word string) bool { return contains(n, word) }) {
			return true
		}
	}
	return false
}

// findKinds notes the kinds that mappings in n have, and the kinds that only begin these.
func (f Filter) findKinds(n *yaml.Node, found []bool) {
	for key, value := range mapping.Entries(n) {
		if key.Value != "kind" || value.Value == "" {
			continue
		}
		for i, kind := range f.kinds {
			found[i] = found[i] || strings.HasPrefix(value.Value, kind)
		}
	}
	for _, child := range n.Content {
		f.findKinds(child, found)
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

// containsKey reports whether a key of a mapping in n ends so, and has a value.
func containsKey(n *yaml.Node, end string) bool {
	for i, child := range n.Content {
		isKey := n.Kind == yaml.MappingNode && i%2 == 0 && n.Content[i+1].ShortTag() != "!!null"
		if isKey && strings.HasSuffix(child.Value, end) || containsKey(child, end) {
			return true
		}
	}
	return false
}

// hasWord reports whether text has one of the words of a kind, or whether the kind has no
// words.
func (f Filter) hasWord(text []byte, kind string) bool {
	words := f.words[kind]
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
