// SPDX-License-Identifier: Apache-2.0

package pull

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strings"
	"unicode"

	"example.com/calico-pull-secrets/internal/placeholder"
)

// A Doubt is a user name or a password that kubelet offers and that most likely no
// registry accepts.
type Doubt struct {
	Endpoint string // the Endpoint of the entry
	Field    string // "user name" or "password"
	Problem  string // it quotes nothing of the value
}

// doubtOf returns why most likely no registry accepts a value as a user name or a
// password. It returns an empty string if nothing is doubtful. It quotes nothing of the
// value.
func doubtOf(value string) string {
	trimmed := strings.TrimSpace(value)
	switch {
	case strings.ContainsFunc(trimmed, unicode.IsControl):
		return "has a control character in it, such as a line break"
	case trimmed != value:
		return "begins or ends with a blank or a line break"
	case placeholder.IsUnreplaced(value):
		return "is a placeholder that nobody replaced"
	case len(value) > 1 && strings.ContainsAny(value[:1], "\"'`") && value[0] == value[len(value)-1]:
		return "has quotes around it, which a shell or a file of variables kept"
	}
	return ""
}

// tokens are the beginnings of access tokens. No user name begins like this.
var tokens = []string{"dckr_pat_", "dckr_oat_", "ghp_", "gho_", "ghs_", "ghu_", "github_pat_", "glpat-", "gldt-", "eyJ"}

// IsToken reports whether a text begins like an access token.
func IsToken(text string) bool {
	return slices.ContainsFunc(tokens, func(token string) bool { return strings.HasPrefix(text, token) })
}

// doubtOfUsername is doubtOf, and also finds a token in the place of a user name.
func doubtOfUsername(username string) string {
	if IsToken(username) {
		return "is an access token: most likely user name and password are swapped"
	}
	return doubtOf(username)
}

// doubtOfPassword is doubtOf, and also finds a whole login in the place of a password: the
// auth of a docker config, before or after base64, or the header of a request.
func doubtOfPassword(username, password string) string {
	login := password
	if decoded, err := base64.StdEncoding.DecodeString(password); err == nil {
		login = string(decoded)
	}
	if username != "" && strings.HasPrefix(login, username+":") || strings.HasPrefix(password, "Bearer ") || strings.HasPrefix(password, "Basic ") {
		return "contains more than the password, such as the user name"
	}
	return doubtOf(password)
}

// Doubts returns the doubts about the entries that kubelet offers, sorted by endpoint. It
// leaves out entries without a user name or a password.
func (c Content) Doubts() (all []Doubt) {
	for _, e := range c.entries {
		if e.usable {
			all = append(all, e.doubts...)
		}
	}
	slices.SortFunc(all, func(a, b Doubt) int { // the user name comes before its password
		return cmp.Or(strings.Compare(a.Endpoint, b.Endpoint), strings.Compare(b.Field, a.Field))
	})
	return all
}
