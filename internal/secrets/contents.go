// SPDX-License-Identifier: Apache-2.0

package secrets

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/apiserver"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/lazy"
	"example.com/calico-pull-secrets/internal/pull"
)

// The type of the Secrets that the program emits, and the key of their data.
const (
	Type    = "kubernetes.io/dockerconfigjson"
	DataKey = ".dockerconfigjson"
)

// ContentOf returns the content of the Secret r. It reads each Secret once.
func (set *Set) ContentOf(r *inventory.Resource) pull.Content {
	return lazy.Value(set.contents, r, func() pull.Content { return readSecret(r) })
}

// readSecret returns the content that kubelet will find in the Secret r, from its manifest. It is
// unknown if it is encrypted, or if somebody replaces it before the cluster gets it.
func readSecret(r *inventory.Resource) pull.Content {
	if r.IsLocal() {
		return pull.Content{}
	}
	secret, refusal := apiserver.ReadSecret(manifest(r))
	if refusal != nil {
		problem, cure, _ := strings.Cut(refusal.Problem, ": ")
		return pull.Content{State: pull.Refused, Problem: fmt.Sprintf("the API server refuses it: %s: %s", refusal.Field, problem), Hint: cure}
	}
	key, isPull := pull.Key(secret.Type)
	if secret.TypeLater || secret.Later[key] || isPull && isFilled(r) {
		return pull.Content{}
	}
	return pull.ParseSecret(secret.Type, secret.Data[key])
}

// RefusalOf returns why the API server refuses a ServiceAccount. It returns nil if it accepts the
// ServiceAccount, or if that has no list of pull Secrets, which then changes nothing. It reads each
// ServiceAccount once.
func (set *Set) RefusalOf(account *inventory.Resource) *apiserver.Refusal {
	if !account.Reading.List.IsSet {
		return nil
	}
	return lazy.Value(set.refusals, account, func() *apiserver.Refusal { return apiserver.CheckServiceAccount(manifest(account)) })
}

// manifest returns the text of r alone. If r has an alias for an anchor outside of r, the text is
// JSON without aliases.
func manifest(r *inventory.Resource) []byte {
	text := []byte(r.KubeObject.String())
	if !bytes.Contains(text, []byte("*")) || yaml.Unmarshal(text, new(yaml.Node)) == nil { // most have no alias
		return text
	}
	var object map[string]any
	if r.As(&object) != nil {
		return text
	}
	written, err := json.Marshal(object)
	if err != nil {
		return text
	}
	return written
}

// ContentFields returns the fields of a Secret that decide its content.
func ContentFields(r *inventory.Resource) any {
	var there struct {
		Type       any `json:"type"`
		Data       any `json:"data"`
		StringData any `json:"stringData"`
	}
	if r.As(&there) != nil {
		return nil
	}
	return []any{there.Type, there.Data, there.StringData}
}
