// SPDX-License-Identifier: Apache-2.0

package function

import (
	"fmt"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/kinds"
)

// pullSecrets returns the names in the list of a ServiceAccount, each once. None
// if it is nil, or its list is not one.
func (r *resource) pullSecrets() []string {
	if r == nil {
		return nil
	}
	if r.listed == nil {
		r.listed = r.readPullSecrets()
	}
	return r.listed
}

func (r *resource) readPullSecrets() []string {
	names := []string{}
	list, _ := pullSecretsOf(&r.SubObject)
	entries, _ := list.([]any)
	seen := map[string]bool{"": true}
	for _, entry := range entries { // those that are none leave the others what they are
		object, _ := entry.(map[string]any)
		if name, _ := object["name"].(string); !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names
}

// hasNoList reports whether what a ServiceAccount has for a list is none.
func (r *resource) hasNoList() bool {
	if r == nil {
		return false
	}
	list, _ := pullSecretsOf(&r.SubObject)
	_, isList := list.([]any)
	return list != nil && !isList
}

// pullSecretsOf returns the value of imagePullSecrets, whatever it is; nil if there is none.
func pullSecretsOf(o *fn.SubObject) (any, error) {
	if _, found, _ := o.NestedSlice(kinds.ImagePullSecrets); !found { // most have none
		return nil, nil
	}
	var is struct {
		ImagePullSecrets any `json:"imagePullSecrets"`
	}
	err := o.As(&is)
	return is.ImagePullSecrets, err
}

const notAListOfReferences = "not a list: write it as a list of objects with a name"

// isNull reports whether o, which is small, has null under key.
func isNull(o *fn.SubObject, key string) bool {
	var is map[string]any
	if o.As(&is) != nil {
		return false
	}
	value, found := is[key]
	return found && value == nil
}

// namesOf returns the names in a list of local object references, empty strings
// for those without, or what is wrong with the list. Null is an empty list.
func namesOf(list any) (names []string, wrong string) {
	if list == nil {
		return nil, ""
	}
	entries, ok := list.([]any)
	if !ok {
		return nil, notAListOfReferences
	}
	for i, entry := range entries {
		object, ok := entry.(map[string]any)
		if !ok {
			return nil, fmt.Sprintf("[%d] is not an object with a name", i)
		}
		name, ok := object["name"].(string)
		if !ok && object["name"] != nil {
			return nil, fmt.Sprintf("[%d].name is not a string", i)
		}
		names = append(names, name)
	}
	return names, ""
}
