// SPDX-License-Identifier: Apache-2.0

package function

import (
	"encoding/base64"
	"fmt"
	"strings"

	"calico-pull-secrets/internal/registry"
)

// The types of Secrets that kubelet reads, and the keys of their data.
const (
	dockerConfigJSONType = "kubernetes.io/dockerconfigjson"
	dockerConfigJSONKey  = ".dockerconfigjson"
	dockercfgType        = "kubernetes.io/dockercfg"
	dockercfgKey         = ".dockercfg"
)

// A content is what kubelet will find in a Secret.
type content struct {
	state   contentState
	config  registry.Config // if it is known
	problem string          // why it is ignored or malformed
	at      *resource       // the Secret, nil if it is not among the resources
}

type contentState int

const (
	unknown   contentState = iota // not here, or encrypted, or yet to be filled in
	known                         // there are credentials
	ignored                       // kubelet takes no notice of the Secret
	malformed                     // kubelet fails each pull of a pod with the Secret
)

// contentOf returns what will be in the Secret that pods in a namespace know by a
// name: what is emitted there, or what is there.
func contentOf(namespace, name string, emitted []*pullSecret, there resources) content {
	for _, s := range emitted {
		if s.namespace == namespace && (s.name == name || s.object != nil && wasCalled(s.object, name)) {
			return content{state: known, config: registry.Config{Servers: s.servers}, at: s.object}
		}
	}
	r := there.secret(namespace, name)
	if r == nil {
		return content{}
	}
	c := readSecret(r)
	c.at = r
	return c
}

// readSecret returns what is in the Secret r. The problem quotes nothing of it.
func readSecret(r *resource) content {
	var is struct {
		secretFields
		SOPS any `json:"sops"`
	}
	if r.As(&is) != nil {
		return content{}
	}
	kind, _ := is.Type.(string)
	key, parse := dockerConfigJSONKey, registry.ParseConfigJSON
	switch kind {
	case dockerConfigJSONType:
	case dockercfgType:
		key, parse = dockercfgKey, registry.ParseConfig
	default:
		if kind == "" {
			kind = "Opaque"
		}
		return content{state: ignored, problem: fmt.Sprintf("has type %s, which kubelet ignores: a pull Secret has %s", quote(kind), dockerConfigJSONType)}
	}
	value, found := under(is.StringData, key)
	if !found {
		value, found = under(is.Data, key)
		if encoded, ok := value.(string); ok {
			decoded, err := base64.StdEncoding.DecodeString(encoded)
			if err != nil { // the API server will not take it as it is
				return content{}
			}
			value = string(decoded)
		}
	}
	text, isText := value.(string)
	switch {
	case is.SOPS != nil, found && !isText && value != nil, isPlaceholder(text):
		return content{}
	case text == "":
		return content{state: ignored, problem: fmt.Sprintf("has no %q, so kubelet ignores it", key)}
	}
	config, err := parse([]byte(text))
	if err != nil {
		return content{state: malformed, problem: fmt.Sprintf(
			"%q %v, so kubelet fails every pull of a pod that references the Secret: make it with kubectl create secret docker-registry", key, err)}
	}
	return content{state: known, config: config}
}

// isPlaceholder reports whether text is to be filled in on its way to the
// cluster: by sops, Flux or envsubst, a template, or Argo CD's vault plugin.
func isPlaceholder(text string) bool {
	for _, mark := range []string{"ENC[", "${", "{{", "<path:"} {
		if strings.Contains(text, mark) {
			return true
		}
	}
	return false
}
