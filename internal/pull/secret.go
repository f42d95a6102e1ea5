// SPDX-License-Identifier: Apache-2.0

package pull

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// The types of Secrets that kubelet reads, and the key of the data of each.
const (
	dockerConfigJSONType = "kubernetes.io/dockerconfigjson"
	dockerConfigJSONKey  = ".dockerconfigjson"
	dockercfgType        = "kubernetes.io/dockercfg"
	dockercfgKey         = ".dockercfg"
)

// Key returns the key of the data that kubelet reads of a Secret of the type, false
// if it ignores Secrets of the type.
func Key(secretType string) (key string, ok bool) {
	switch secretType {
	case dockerConfigJSONType:
		return dockerConfigJSONKey, true
	case dockercfgType:
		return dockercfgKey, true
	}
	return "", false
}

// A State says what can be told of a Secret.
type State int

const (
	// Unknown is the content of a Secret that is elsewhere, encrypted or yet to be
	// filled in.
	Unknown State = iota
	// Known is the content of a Secret that kubelet reads. There may be nothing in it.
	Known
	// Ignored is that of a Secret that kubelet takes no notice of.
	Ignored
	// Refused is that of a Secret that the API server does not take, so that to
	// kubelet it is a missing one.
	Refused
	// Malformed is that of a Secret with which kubelet fails each pull of the pod.
	Malformed
)

// A Content is what kubelet finds in a Secret, without any credential. The zero
// Content is one that is not known. It does not change.
type Content struct {
	State State

	// Problem says what is wrong, with the way out, if the Secret is ignored, refused
	// or malformed. It is a sentence about the Secret, and quotes nothing of it.
	Problem string

	entries []entry // in the order in which kubelet tries them
	usable  bool    // any of them is
}

// An entry is one of auths whose key kubelet takes for a URL.
type entry struct {
	server   string // the key
	endpoint string
	location location
	located  bool // whether the endpoint is a URL in its turn
	usable   bool
	doubts   []Doubt
}

// ParseSecret returns what kubelet finds in a Secret that the API server has taken: with the
// type, empty for the default, and the value of its Key, decoded. Package apiserver says which
// Secrets are taken.
//
// The rule is that of MakeDockerKeyring in k8s.io/kubernetes/pkg/credentialprovider/secrets.
func ParseSecret(secretType string, value []byte) Content {
	key, ok := Key(secretType)
	if !ok {
		return Content{State: Ignored, Problem: fmt.Sprintf("has %s, which kubelet ignores: a pull Secret has %s", typeName(secretType), dockerConfigJSONType)}
	}
	parse := parseConfigJSON
	if key == dockercfgKey {
		parse = parseConfig
	}
	auths, err := parse(value)
	if err != nil {
		return Content{State: Malformed, Problem: fmt.Sprintf("%q %v, so kubelet fails every pull of a pod that references the Secret: make it with kubectl create secret docker-registry", key, err)}
	}
	return known(auths)
}

// typeName returns the type of a Secret for a message. It is quoted if it is one of
// Kubernetes' own: what else stands there may be anything.
func typeName(secretType string) string {
	switch {
	case secretType == "" || secretType == "Opaque":
		return `type "Opaque"`
	case strings.HasPrefix(secretType, "kubernetes.io/"):
		return fmt.Sprintf("type %q", secretType)
	}
	return "a type"
}

// Authenticating returns the content of a Secret with a usable credential for each
// of the servers.
func Authenticating(servers ...string) Content {
	auths := make(map[string]auth, len(servers))
	for _, server := range servers {
		auths[server] = auth{username: true, password: true}
	}
	return known(auths)
}

// known returns the content with the auths, without the keys that kubelet ignores.
func known(auths map[string]auth) Content {
	c := Content{State: Known}
	for server, a := range auths {
		e := entry{server: server, endpoint: Endpoint(server), usable: a.username && a.password}
		if e.endpoint == "" {
			continue
		}
		for field, problem := range map[string]string{"user name": a.usernameDoubt, "password": a.passwordDoubt} {
			if problem != "" {
				e.doubts = append(e.doubts, Doubt{e.endpoint, field, problem})
			}
		}
		e.location, e.located = locate(e.endpoint)
		c.entries = append(c.entries, e)
		c.usable = c.usable || e.usable
	}
	slices.SortFunc(c.entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(b.endpoint, a.endpoint), cmp.Compare(a.server, b.server))
	})
	return c
}

// Servers returns the endpoints that the Secret has a usable credential for, sorted,
// each once: host and path, without a user name that may be in the key.
func (c Content) Servers() []string {
	var endpoints []string
	for _, e := range c.entries {
		if e.usable {
			endpoints = append(endpoints, e.endpoint)
		}
	}
	slices.Sort(endpoints)
	return slices.Compact(endpoints)
}
