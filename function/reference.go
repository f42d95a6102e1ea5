// SPDX-License-Identifier: Apache-2.0

package function

import (
	"fmt"
	"slices"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
)

const imagePullSecrets = "imagePullSecrets"

// podTemplates are the kinds that can get a reference: what stands before
// imagePullSecrets in each, and the API groups it is served from.
var podTemplates = []struct {
	kind   string
	groups []string
	fields []string
}{
	{"DaemonSet", []string{"apps", "extensions"}, []string{"spec", "template", "spec"}},
	{"Deployment", []string{"apps", "extensions"}, []string{"spec", "template", "spec"}},
}

func kinds() []string {
	var kinds []string
	for _, t := range podTemplates {
		kinds = append(kinds, t.kind)
	}
	return kinds
}

// fieldsOf returns the path of the pod spec in o, nil if o has no pod template.
func fieldsOf(o *fn.KubeObject) []string {
	gk := o.GroupKind()
	for _, t := range podTemplates {
		if t.kind == gk.Kind && slices.Contains(t.groups, gk.Group) {
			return t.fields
		}
	}
	return nil
}

// A reference is what an object's list of pull secrets is and is to become.
type reference struct {
	object  *fn.KubeObject
	podSpec fn.SubObject
	entries fn.SliceSubObjects // those that are there
	missing []string           // the names to add behind them, in this order
	carried []string           // the names that the ServiceAccount has, too
	account string             // its name
}

// path returns the field path of the list.
func (r *reference) path() string {
	return strings.Join(append(slices.Clone(fieldsOf(r.object)), imagePullSecrets), ".")
}

// newReference returns how o is to reference the Secret, given what is there. The
// error is a *fn.Result: what is there cannot be added to.
//
// A pod's list replaces that of its ServiceAccount, which the API server copies
// only into pods that have none. So when the template has none, those of a
// ServiceAccount among the items come first.
func newReference(o *fn.KubeObject, there inventory, secretName string, from caller) (*reference, error) {
	r := &reference{object: o}
	fail := func(path string, format string, a ...any) (*reference, error) {
		result := newResult(checkReference, fn.Error, fmt.Sprintf(format, a...))
		return nil, about(result, o, from, path)
	}
	fields := fieldsOf(o)
	podSpec, found, err := o.NestedSubObject(fields...)
	if err != nil || !found {
		return fail(strings.Join(fields, "."), "no mapping there, so no place for imagePullSecrets")
	}
	r.podSpec = podSpec
	names, wrong := r.readEntries()
	if wrong != "" {
		return fail(r.path(), "%s", wrong)
	}
	if r.account, _, _ = podSpec.NestedString("serviceAccountName"); r.account == "" {
		r.account, _, _ = podSpec.NestedString("serviceAccount") // its deprecated alias
	}
	carry := there.pullSecretsOf(o.GetNamespace(), r.account)
	if len(names) == 0 {
		r.missing = carry
	}
	secret := there.secret(o.GetNamespace(), secretName)
	has := func(names []string) bool {
		return slices.ContainsFunc(names, func(n string) bool {
			return n == secretName || secret != nil && wasCalled(secret, n)
		})
	}
	if !has(names) && !has(r.missing) {
		name := secretName
		if secret != nil {
			name = secret.GetName()
		}
		r.missing = append(slices.Clone(r.missing), name)
	}
	for _, name := range carry {
		if slices.Contains(names, name) || slices.Contains(r.missing, name) {
			r.carried = append(r.carried, name)
		}
	}
	return r, nil
}

// readEntries reads the list that is there and returns the names in it, or what
// is wrong with it. Null is an empty list.
func (r *reference) readEntries() (names []string, wrong string) {
	entries, found, err := r.podSpec.NestedSlice(imagePullSecrets)
	if !found {
		return nil, ""
	}
	if err != nil { // null, or no list of objects
		var is struct {
			ImagePullSecrets any `json:"imagePullSecrets"`
		}
		if err := r.podSpec.As(&is); err != nil {
			return nil, notAListOfReferences
		}
		return namesOf(is.ImagePullSecrets)
	}
	r.entries = entries
	for i, entry := range entries {
		name, found, err := entry.NestedString("name")
		if err != nil && found && !isNull(entry, "name") {
			return nil, fmt.Sprintf("[%d].name is not a string", i)
		}
		names = append(names, name)
	}
	return names, ""
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

// apply adds what is missing. The entries that are there stay as they are.
func (r *reference) apply() error {
	if len(r.missing) == 0 {
		return nil
	}
	entries := r.entries
	for _, name := range r.missing {
		entry := fn.NewEmptyKubeObject()
		if err := entry.SetName(name); err != nil {
			return err
		}
		metadata, _, err := entry.NestedSubObject("metadata")
		if err != nil {
			return err
		}
		entries = append(entries, &metadata)
	}
	return r.podSpec.SetSlice(entries, imagePullSecrets)
}

// results returns the state that apply leaves.
func (r *reference) results(secretName string, from caller) fn.Results {
	message := fmt.Sprintf("references Secret %q", secretName)
	results := fn.Results{about(newResult(checkReference, fn.Info, message), r.object, from, r.path())}
	if len(r.carried) > 0 {
		message := fmt.Sprintf("has the pull secrets of its ServiceAccount, too, which the list of a pod replaces: %s", strings.Join(r.carried, ", "))
		results = append(results, about(newResult(checkServiceAccount, fn.Info, message), r.object, from, r.path()))
	}
	return results
}
