// SPDX-License-Identifier: Apache-2.0

package emitted

import "strings"

// A Text is a file whose objects are unknown: a kustomization, a patch, a template, or a file that
// the program cannot parse.
type Text struct {
	Name string
	Read func() ([]byte, error)
}

// mayName reports whether the text has one of the names, or cannot be read.
func (t Text) mayName(names []string) bool {
	text, err := t.Read()
	return err != nil || hasName(string(text), names)
}

// hasName reports whether a text has one of the names as a whole word. An argument, or a manifest
// in a text, may name a Secret.
func hasName(text string, names []string) bool {
	for _, name := range names {
		for at := 0; name != ""; at++ {
			i := strings.Index(text[at:], name)
			if i < 0 {
				break
			}
			at += i
			if !endsInName(text[:at]) && !startsWithName(text[at+len(name):]) {
				return true
			}
		}
	}
	return false
}

// endsInName reports whether the text ends in a character of a name.
func endsInName(text string) bool { return text != "" && isOfName(text[len(text)-1]) }

// startsWithName reports whether the text begins with a character of a name. A dot at the end of a
// sentence does not count.
func startsWithName(text string) bool {
	return text != "" && isOfName(text[0]) && (text[0] != '.' || len(text) > 1 && isOfName(text[1]))
}

// isOfName reports whether a byte may be in the name of an object or of a file.
func isOfName(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '-' || b == '.' || b == '_'
}
