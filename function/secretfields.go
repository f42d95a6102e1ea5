// SPDX-License-Identifier: Apache-2.0

package function

import "encoding/json"

// contentFields returns what a Secret says of its content.
func contentFields(r *resource) any {
	var is secretFields
	if r.As(&is) != nil {
		return nil
	}
	return []any{is.Type, is.Data, is.StringData}
}

// sameJSON reports whether two values are the same as JSON.
func sameJSON(a, b any) bool {
	x, err := json.Marshal(a)
	if err != nil {
		return false
	}
	y, err := json.Marshal(b)
	return err == nil && string(x) == string(y)
}

// secretFields are what the function reads of a Secret that is there.
type secretFields struct {
	Type       any `json:"type"`
	Immutable  any `json:"immutable"`
	Data       any `json:"data"`
	StringData any `json:"stringData"`
	Metadata   struct {
		Labels      any `json:"labels"`
		Annotations any `json:"annotations"`
	} `json:"metadata"`
}

// under returns what m, a decoded JSON object, has under key, and whether it has.
func under(m any, key string) (any, bool) {
	object, _ := m.(map[string]any)
	value, ok := object[key]
	return value, ok
}
