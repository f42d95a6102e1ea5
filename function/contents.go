// SPDX-License-Identifier: Apache-2.0

package function

import (
	"encoding/base64"
	"strings"

	"example.com/calico-pull-secrets/internal/pull"
)

// The type of the Secrets that are emitted, and the key of their data.
const (
	dockerConfigJSONType = "kubernetes.io/dockerconfigjson"
	dockerConfigJSONKey  = ".dockerconfigjson"
)

// contentOf returns what is in the Secret r, which is read once.
func (set resources) contentOf(r *resource) pull.Content {
	content, isRead := set.contents[r]
	if !isRead {
		content = readSecret(r)
		set.contents[r] = content
	}
	return content
}

// readSecret returns what kubelet will find in the Secret r, as far as its manifest
// says. What is encrypted, or to be filled in on its way to the cluster, is unknown.
func readSecret(r *resource) pull.Content {
	var is struct {
		secretFields
		SOPS any `json:"sops"`
	}
	if r.As(&is) != nil || isLocal(r) {
		return pull.Content{}
	}
	kind, _ := is.Type.(string)
	key, ok := pull.Key(kind)
	if !ok {
		return pull.ParseSecret(kind, nil)
	}
	data := map[string][]byte{}
	value, found := under(is.StringData, key)
	text, isText := value.(string)
	switch {
	case is.SOPS != nil, found && isText && isPlaceholder(text):
		return pull.Content{}
	case found && isText:
		data[key] = []byte(text)
		return pull.ParseSecret(kind, data)
	}
	if value, found = under(is.Data, key); found && value != nil {
		text, isText = value.(string)
		decoded, err := base64.StdEncoding.DecodeString(text)
		if !isText || err != nil { // a placeholder, most likely: the API server would not take it
			return pull.Content{}
		}
		data[key] = decoded
	}
	return pull.ParseSecret(kind, data)
}

// isPlaceholder reports whether text, which is not encoded, is to be filled in on its
// way to the cluster: by sops, Flux or envsubst, a template, Argo CD's vault plugin, vals,
// 1Password, Bank-Vaults, or somebody who reads it.
func isPlaceholder(text string) bool {
	for _, mark := range []string{"ENC[", "${", "$(", "{{", "{%", "<path:", "ref+", "op://", "vault:", "CHANGEME", "CHANGE_ME", "REPLACE_ME"} {
		if strings.Contains(text, mark) {
			return true
		}
	}
	return false
}

// hasValue reports whether the Secret r has something under the key of its type, and
// is not one that is yet to be filled in.
func hasValue(r *resource) bool {
	var is secretFields
	if r.As(&is) != nil {
		return false
	}
	kind, _ := is.Type.(string)
	key, _ := pull.Key(kind)
	for _, data := range []any{is.StringData, is.Data} {
		if value, _ := under(data, key); value != nil && value != "" {
			return true
		}
	}
	return false
}
