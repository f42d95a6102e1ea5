// SPDX-License-Identifier: Apache-2.0

package function

import (
	"bytes"
	"strings"
)

// mayMatter reports whether Process would read, change or mention the object
// with these bytes, without parsing them. It says yes to each object of a kind
// that Process knows, and to some others, because the kind may stand anywhere in
// the bytes, in any way that YAML has to write it.
func mayMatter(object []byte) bool {
	return hasEscape(object) || hasKind(object)
}

// hasKind reports whether what may be a field "kind" has one of the kinds.
func hasKind(object []byte) bool {
	field := []byte("kind")
	for i := 0; ; {
		n := bytes.Index(object[i:], field)
		if n < 0 {
			return false
		}
		before := object[:i+n]
		i += n + len(field)
		if isKnownKind(object[i:]) || isAnchored(before) {
			return true
		}
	}
}

// isKnownKind reports whether rest, what follows the word kind, may be the end of
// a key and a value that is a known kind.
func isKnownKind(rest []byte) bool {
	rest = bytes.TrimLeft(rest, "\"' \t")
	if len(rest) == 0 || rest[0] != ':' {
		return false
	}
	rest = rest[1:]
	for {
		rest = bytes.TrimLeft(rest, " \t\r\n\"'|>+-123456789")
		if len(rest) == 0 {
			return false
		}
		switch rest[0] {
		case '*': // whatever the alias stands for
			return true
		case '&', '!': // an anchor or tag before the value
			rest = bytes.TrimLeftFunc(rest, func(r rune) bool { return r > ' ' })
		case '#':
			end := bytes.IndexAny(rest, "\r\n\u0085\u2028\u2029")
			if end < 0 {
				return false
			}
			rest = rest[end:]
		default:
			for _, kind := range knownKinds {
				if bytes.HasPrefix(rest, kind) {
					return true
				}
			}
			return rest[0] >= 0x80 // a line break of YAML's, perhaps
		}
	}
}

// isAnchored reports whether the word that follows before has an anchor, so that
// a key elsewhere can be an alias of it.
func isAnchored(before []byte) bool {
	before = bytes.TrimRight(before, "\"' \t")
	word := before[bytes.LastIndexAny(before, " \t\r\n")+1:]
	return len(word) > 0 && (word[0] == '&' || word[0] == '!')
}

// hasEscape reports whether there is an escape sequence that may stand for a
// letter, or joins two lines.
func hasEscape(object []byte) bool {
	for {
		i := bytes.IndexByte(object, '\\')
		if i < 0 || i+1 == len(object) {
			return false
		}
		if strings.IndexByte("xuU\r\n", object[i+1]) >= 0 {
			return true
		}
		object = object[i+2:]
	}
}

var knownKinds = func() (words [][]byte) {
	for _, kind := range append(kinds(), "Secret", "ServiceAccount") {
		words = append(words, []byte(kind))
	}
	return words
}()
