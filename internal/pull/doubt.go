// SPDX-License-Identifier: Apache-2.0

package pull

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"example.com/calico-pull-secrets/internal/placeholder"
)

// A Doubt is a user name or a password that most likely no registry takes, though kubelet
// offers it.
type Doubt struct {
	Endpoint string // of the entry
	Field    string // "user name" or "password"
	Problem  string // quotes nothing
}

// DoubtOf returns why most likely no registry takes a value as a user name or a password;
// empty if nothing speaks against it. It quotes nothing of the value.
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

// Doubts returns what most likely no registry takes in the entries that kubelet offers, in
// the order of the endpoints.
func (c Content) Doubts() (all []Doubt) {
	for _, e := range c.entries {
		if e.usable {
			all = append(all, e.doubts...)
		}
	}
	slices.SortFunc(all, func(a, b Doubt) int { // a user name before its password
		return cmp.Or(strings.Compare(a.Endpoint, b.Endpoint), strings.Compare(b.Field, a.Field))
	})
	return all
}
