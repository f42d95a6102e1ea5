// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"
	"regexp"
	"sync"

	"example.com/calico-pull-secrets/internal/edit"
)

// isTemplate reports whether text, which cannot be parsed, is a template of Go's or
// Jinja's: it could be if it were not for its actions. What has a mistake of its own is
// none, though it may have braces in it.
func isTemplate(text []byte) bool {
	if !bytes.Contains(text, []byte("{{")) && !bytes.Contains(text, []byte("{%")) {
		return false
	}
	for _, value := range []string{"x", "", "null"} { // which of them fits depends on the template
		rendered := actionLine().ReplaceAll(text, nil)
		rendered = action().ReplaceAll(rendered, []byte(value))
		if _, err := edit.Parse(rendered); err == nil || err == edit.ErrEmpty {
			return true
		}
	}
	return false
}

// An action is what a template engine replaces; in a line of nothing else, the line.
var (
	action     = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?s)\{\{.*?\}\}|\{%.*?%\}`) })
	actionLine = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?ms)^[ \t]*(?:- )?(?:(?:\{\{(?:[^}]|\}[^}])*\}\}|\{%.*?%\})[ \t]*)+(?:#[^\n]*)?$`)
	})
)
