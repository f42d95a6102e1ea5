// SPDX-License-Identifier: Apache-2.0

// Package placeholder knows what people and tools write in place of a missing value. It has all
// lists of that. Its callers decide what a placeholder means. It quotes nothing.
package placeholder

import (
	"slices"
	"strings"

	"example.com/calico-pull-secrets/internal/lazy"
)

type mark struct{ start, end string }

// marks are the texts around what tools replace: sops, Flux and envsubst, templates, Argo CD's
// vault plugin.
var marks = []mark{
	{"ENC[", "]"}, {"${", "}"}, {"$(", ")"}, {"{{", "}}"}, {"{%", "%}"}, {"<path:", ">"},
}

// schemes begin a value that vals, 1Password or Bank-Vaults replace as a whole.
var schemes = []string{"ref+", "op://", "vault:"}

// words are texts that people write in place of a missing value.
var words = []string{"CHANGEME", "CHANGE_ME", "REPLACE_ME"}

// In reports whether text has a part that a tool or a person replaces before the API server sees
// it. The text must not be encoded.
func In(text string) bool {
	isIn := func(mark string) bool { return strings.Contains(text, mark) }
	return slices.ContainsFunc(schemes, isIn) || slices.ContainsFunc(words, isIn) || slices.ContainsFunc(marks, func(m mark) bool { return isIn(m.start) })
}

var base64Characters = lazy.Regexp(`^[A-Za-z0-9+/=\s]*$`)

// FillsInBase64 reports whether text has a placeholder and may become base64: the rest of it has
// only characters of base64.
func FillsInBase64(text string) bool {
	trimmed := strings.TrimSpace(text)
	switch {
	case slices.ContainsFunc(schemes, func(scheme string) bool { return strings.HasPrefix(trimmed, scheme) }):
		return true
	case slices.ContainsFunc(words, func(word string) bool { return strings.Contains(trimmed, word) }):
		return base64Characters().MatchString(strings.NewReplacer("_", "", "-", "").Replace(trimmed))
	}
	rest, has := without(text)
	return has && base64Characters().MatchString(rest)
}

// without returns text without each part between a mark and its end.
func without(text string) (rest string, has bool) {
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

// examples are texts that documentation has in place of a value, in lower case.
var examples = []string{
	"…", "...", "changeme", "change_me", "change-me", "replaceme", "replace_me", "replace-me", "todo", "tbd", "redacted",
	"your-token", "your_token", "yourtoken", "your-password", "your_password", "yourpassword", "your-username", "your_username", "yourusername",
	"your-access-token", "your_access_token", "my-token", "mytoken", "<none>", "null", "undefined",
}

// whole matches a value that is one placeholder: xxx, ***, <token>, $NAME, ${NAME}, $(NAME), {{
// name }}, %NAME%, [token].
var whole = lazy.Regexp(`^(?:[xX]{3,}|\*{3,}|<[^<>]*>|\[[a-zA-Z _-]+\]|\$[A-Za-z_][A-Za-z0-9_]*|\$\{[^{}]*\}|\$\([^()]*\)|\$?\{\{.*\}\}|%[A-Za-z_][A-Za-z0-9_]*%)$`)

// IsUnreplaced reports whether a whole value is most likely a placeholder. It may still be a
// password.
func IsUnreplaced(value string) bool {
	return slices.Contains(examples, strings.ToLower(value)) || whole().MatchString(value)
}

// variable matches ${NAME} of a shell or envsubst, $(NAME) of a pipeline, $(command …) and ${{
// secrets.NAME }}.
var variable = lazy.Regexp(`^\$(\{[A-Za-z_][A-Za-z0-9_]*\}|\([A-Za-z_][A-Za-z0-9_.]*( [^()]*)?\)|\{\{ *[A-Za-z_][A-Za-z0-9_.-]* *\}\})$`)

// IsVariable reports whether a whole value is certainly a placeholder. $NAME, <token>, *** and
// changeme do not count: they may be passwords.
func IsVariable(value string) bool { return variable().MatchString(value) }
