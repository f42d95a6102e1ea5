// SPDX-License-Identifier: Apache-2.0

package function

import (
	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
)

// pullSecrets returns the names in the list of a ServiceAccount, each once. None
// if it is nil, or its list is not one.
func (r *resource) pullSecrets() []string {
	if r == nil {
		return nil
	}
	names := []string{}
	seen := map[string]bool{"": true}
	for _, name := range r.reading.List.Names { // entries that are none leave the others what they are
		if !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names
}

// isNull reports whether o, which is small, has null under key.
func isNull(o *fn.SubObject, key string) bool {
	var is map[string]any
	if o.As(&is) != nil {
		return false
	}
	value, found := is[key]
	return found && value == nil
}
