// SPDX-License-Identifier: Apache-2.0

package secrets

import "example.com/calico-pull-secrets/internal/inventory"

// ContentFields returns what a Secret says of its content.
func ContentFields(r *inventory.Resource) any {
	var is Fields
	if r.As(&is) != nil {
		return nil
	}
	return []any{is.Type, is.Data, is.StringData}
}

// Fields are what the function reads of a Secret that is there.
type Fields struct {
	Type       any `json:"type"`
	Immutable  any `json:"immutable"`
	Data       any `json:"data"`
	StringData any `json:"stringData"`
	Metadata   struct {
		Labels      any `json:"labels"`
		Annotations any `json:"annotations"`
	} `json:"metadata"`
}

// Entry returns what m, a decoded JSON object, has under key, and whether it has.
func Entry(m any, key string) (any, bool) {
	object, _ := m.(map[string]any)
	value, ok := object[key]
	return value, ok
}
