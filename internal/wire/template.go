// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"bytes"

	"example.com/calico-pull-secrets/internal/edit"
	"example.com/calico-pull-secrets/internal/lazy"
)

// isTemplate reports whether text, which cannot be parsed, is a Go or Jinja template. It
// is one if the text can be parsed without its actions. A text with a mistake of its own
// is no template, even if it has braces.
func isTemplate(text []byte) bool {
	if !bytes.Contains(text, []byte("{{")) && !bytes.Contains(text, []byte("{%")) {
		return false
	}
	for _, value := range []string{"x", "", "null"} { // it depends on the template which value fits
		rendered := actionLine().ReplaceAll(text, nil)
		rendered = action().ReplaceAll(rendered, []byte(value))
		if _, err := edit.Parse(rendered); err == nil || err == edit.ErrEmpty {
			return true
		}
	}
	return false
}

// An action is a text that a template engine replaces. An actionLine has only actions: an
// engine may remove the whole line.
var (
	action     = lazy.Regexp(`(?s)\{\{.*?\}\}|\{%.*?%\}`)
	actionLine = lazy.Regexp(`(?ms)^[ \t]*(?:- )?(?:(?:\{\{(?:[^}]|\}[^}])*\}\}|\{%.*?%\})[ \t]*)+(?:#[^\n]*)?$`)
)
