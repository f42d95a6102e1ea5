// SPDX-License-Identifier: Apache-2.0

package pull

import (
	"cmp"
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

// DoubtOf returns why most likely no registry accepts a value as a user name or a
// password. It returns an empty string if nothing is doubtful. It quotes nothing of the
// value.
func DoubtOf(value string) string {
	trimmed := strings.TrimSpace(value)
	switch {
	case strings.ContainsFunc(trimmed, unicode.IsControl):
		return "has a control character in it, such as a line break"
	case trimmed != value:
		return "begins or ends with a blank or a line break"
	case placeholder.IsUnreplaced(value):
		return "is a placeholder that nobody replaced"
	}
	return ""
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
