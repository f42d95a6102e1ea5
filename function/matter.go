// SPDX-License-Identifier: Apache-2.0

package function

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
)

// knownKinds are those that Process may read, change or mention.
var knownKinds = append(kinds(), "Secret", "ServiceAccount")

// neededKinds returns those of the known kinds that matter with the configuration
// o, unless a target is missing: then it is said what there is instead.
func neededKinds(o *fn.KubeObject) []string {
	c, err := ParseConfig(o)
	if err != nil {
		return nil // Process does nothing but say so
	}
	return slices.DeleteFunc(slices.Clone(knownKinds), func(kind string) bool {
		selected := slices.ContainsFunc(c.Targets, func(t Target) bool { return t.maySelect(kind) })
		return slices.Contains(kinds(), kind) && !selected
	})
}

// mayMatter reports whether the object with these bytes may be of one of the
// kinds, without parsing it. It says yes to some others, because the kind may
// stand anywhere in the bytes, in any way that YAML has to write it.
func mayMatter(object []byte, kinds []string) bool {
	return hasEscape(object) || hasKind(object, kinds)
}

// hasKind reports whether what may be a field "kind" has one of the kinds. Of
// ServiceAccounts only those count that have pull secrets.
func hasKind(object []byte, kinds []string) bool {
	field := []byte("kind")
	for i := 0; ; {
		n := bytes.Index(object[i:], field)
		if n < 0 {
			return false
		}
		before := object[:i+n]
		i += n + len(field)
		switch kind := kindOf(object[i:], kinds); {
		case kind == "ServiceAccount":
			if bytes.Contains(object, []byte(imagePullSecrets)) {
				return true
			}
		case kind != "", isAnchored(before):
			return true
		}
	}
}

// kindOf returns the kind that the value may be if rest, what follows the word
// kind, is the end of a key: one of the kinds, "any", or none.
func kindOf(rest []byte, kinds []string) string {
	rest, isKey := bytes.CutPrefix(skip(rest, " \t\r\n\"'"), []byte(":"))
	if !isKey {
		return ""
	}
	for {
		rest = skip(rest, " \t\r\n\"'|>+-123456789")
		if len(rest) == 0 {
			return ""
		}
		switch rest[0] {
		case '*': // whatever the alias stands for
			return "any"
		case '&', '!': // an anchor or tag before the value
			rest = bytes.TrimLeftFunc(rest, func(r rune) bool { return r > ' ' })
		default:
			for _, kind := range kinds {
				if bytes.HasPrefix(rest, []byte(kind)) {
					return kind
				}
			}
			if rest[0] >= utf8.RuneSelf { // a line break of YAML's, perhaps
				return "any"
			}
			return ""
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
