// SPDX-License-Identifier: Apache-2.0

package function

import "github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

// An inventory finds the Secrets and ServiceAccounts among the items, by the
// namespace that they have and a name that they have or had.
type inventory map[inventoryKey]*fn.KubeObject

type inventoryKey struct{ kind, namespace, name string }

// newInventory returns the inventory of items. Of several objects with the same
// key it has the first.
func newInventory(items fn.KubeObjects) inventory {
	found := inventory{}
	for _, o := range items {
		kind := o.GetKind()
		if o.GetAPIVersion() != "v1" || kind != "Secret" && kind != "ServiceAccount" {
			continue
		}
		for _, id := range identities(o) {
			key := inventoryKey{kind, o.GetNamespace(), id.name}
			if found[key] == nil {
				found[key] = o
			}
		}
	}
	return found
}

// secret returns the Secret that has or had the name, nil if there is none.
func (i inventory) secret(namespace, name string) *fn.KubeObject {
	return i[inventoryKey{"Secret", namespace, name}]
}

// pullSecretsOf returns the names in the list of a ServiceAccount, each once. The
// one of a pod that names none is default. None if it is not among the items.
func (i inventory) pullSecretsOf(namespace, account string) []string {
	if account == "" {
		account = "default"
	}
	o := i[inventoryKey{"ServiceAccount", namespace, account}]
	if o == nil {
		return nil
	}
	var is struct {
		ImagePullSecrets any `json:"imagePullSecrets"`
	}
	if o.As(&is) != nil {
		return nil
	}
	var names []string
	seen := map[string]bool{"": true}
	all, _ := namesOf(is.ImagePullSecrets)
	for _, name := range all {
		if !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names
}
