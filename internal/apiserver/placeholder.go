// SPDX-License-Identifier: Apache-2.0

package apiserver

import (
	"encoding/json"
	"regexp"
	"strings"
	"sync"
)

// marks are the texts by which tools find what they fill in: sops, Flux and envsubst, a
// template, Argo CD's vault plugin.
var marks = []struct{ start, end string }{
	{"ENC[", "]"}, {"${", "}"}, {"$(", ")"}, {"{{", "}}"}, {"{%", "%}"}, {"<path:", ">"},
}

// schemes stand at the beginning of what vals, 1Password and Bank-Vaults replace whole.
var schemes = []string{"ref+", "op://", "vault:"}

// words are what people write where a value is still missing.
var words = []string{"CHANGEME", "CHANGE_ME", "REPLACE_ME"}

// HasPlaceholder reports whether text, which is not encoded, has a part that a tool or a
// person fills in before the API server sees it.
func HasPlaceholder(text string) bool {
	for _, mark := range marks {
		if strings.Contains(text, mark.start) {
			return true
		}
	}
	for _, mark := range append(schemes, words...) {
		if strings.Contains(text, mark) {
			return true
		}
	}
	return false
}

var base64Characters = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9+/=\s]*$`) })

// fillsInBase64 reports whether text has a placeholder and can be base64 once that is
// filled in: the rest of it has the characters of base64.
func fillsInBase64(text string) bool {
	trimmed := strings.TrimSpace(text)
	for _, scheme := range schemes {
		if strings.HasPrefix(trimmed, scheme) {
			return true
		}
	}
	for _, word := range words {
		if strings.Contains(trimmed, word) {
			return base64Characters().MatchString(strings.NewReplacer("_", "", "-", "").Replace(trimmed))
		}
	}
	rest, has := withoutPlaceholders(text)
	return has && base64Characters().MatchString(rest)
}

// withoutPlaceholders returns text without what lies between a mark and its end.
func withoutPlaceholders(text string) (rest string, has bool) {
	for {
		start, end := -1, 0
		for _, mark := range marks {
			i := strings.Index(text, mark.start)
			if i < 0 || start >= 0 && i >= start {
				continue
			}
			if n := strings.Index(text[i:], mark.end); n >= 0 {
				start, end = i, i+n+len(mark.end)
			}
		}
		if start < 0 {
			return text, has
		}
		text, has = text[:start]+text[end:], true
	}
}

// isPlaceholderText reports whether a JSON value is a string with a placeholder.
func isPlaceholderText(value json.RawMessage) bool {
	var text string
	return json.Unmarshal(value, &text) == nil && HasPlaceholder(text)
}
