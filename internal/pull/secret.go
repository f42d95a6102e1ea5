// SPDX-License-Identifier: Apache-2.0

package pull

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// The types of Secrets that kubelet reads, and the key that it reads in the data of each.
const (
	dockerConfigJSONType = "kubernetes.io/dockerconfigjson"
	dockerConfigJSONKey  = ".dockerconfigjson"
	dockercfgType        = "kubernetes.io/dockercfg"
	dockercfgKey         = ".dockercfg"
)

// Key returns the key that kubelet reads in the data of a Secret of the given type. It
// returns false if kubelet ignores Secrets of that type.
func Key(secretType string) (key string, ok bool) {
	switch secretType {
	case dockerConfigJSONType:
		return dockerConfigJSONKey, true
	case dockercfgType:
		return dockercfgKey, true
	}
	return "", false
}

// HowToCreate is the hint for a Secret that the user must create again.
const HowToCreate = "create the Secret again, with kubectl create secret docker-registry"

// A State says what the program can tell about a Secret.
type State int

const (
	// Unknown: the program does not see the content. The Secret is elsewhere, encrypted,
	// or nobody has filled it in yet.
	Unknown State = iota
	// Known: kubelet reads the Secret. The Secret may be empty.
	Known
	// Ignored: kubelet ignores the Secret.
	Ignored
	// Refused: the API server refuses the Secret. So for kubelet the Secret is missing.
	Refused
	// Malformed: because of this Secret kubelet fails each pull of the pod.
	Malformed
)

// A Content is what kubelet finds in a Secret, without any credential. The zero Content
// means that the content is unknown. A Content never changes.
type Content struct {
	State State

	// Problem says what is wrong if the Secret is ignored, refused or malformed. The Secret
	// is the subject of the sentence. Hint says how to correct it. Neither quotes the Secret.
	Problem, Hint string

	entries []entry // in the order in which kubelet tries them
	usable  bool    // some entry is usable
}

// An entry is an entry of auths whose key kubelet accepts as a URL.
type entry struct {
	server   string // the key
	endpoint string
	location location
	located  bool // whether the endpoint is a URL, too
	usable   bool
	doubts   []Doubt
}

// ParseSecret returns what kubelet finds in a Secret that the API server has accepted.
// secretType may be empty for the default type. value is the decoded value of the Key of
// that type. Package apiserver decides which Secrets the API server accepts.
//
// This is the rule of MakeDockerKeyring in
// k8s.io/kubernetes/pkg/credentialprovider/secrets.
func ParseSecret(secretType string, value []byte) Content {
	key, ok := Key(secretType)
	if !ok {
		return Content{State: Ignored, Problem: fmt.Sprintf("has %s, which kubelet ignores", typeName(secretType)), Hint: "give the Secret type " + dockerConfigJSONType}
	}
	parse := parseConfigJSON
	if key == dockercfgKey {
		parse = parseConfig
	}
	auths, err := parse(value)
	if err != nil {
		return Content{State: Malformed, Problem: fmt.Sprintf("%q %v, so kubelet fails every pull of a pod that references the Secret", key, err), Hint: HowToCreate}
	}
	return known(auths)
}

// typeName returns the type of a Secret for a message. It quotes only types that belong
// to Kubernetes: any other value may be a credential.
func typeName(secretType string) string {
	switch {
	case secretType == "" || secretType == "Opaque":
		return `type "Opaque"`
	case strings.HasPrefix(secretType, "kubernetes.io/"):
		return fmt.Sprintf("type %q", secretType)
	}
	return "a type"
}

// Authenticating returns the content of a Secret that has a usable credential for each
// server.
func Authenticating(servers ...string) Content {
	auths := make(map[string]auth, len(servers))
	for _, server := range servers {
		auths[server] = auth{username: true, password: true}
	}
	return known(auths)
}

// known returns the content with these entries of auths. It leaves out the keys that
// kubelet ignores.
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

// Servers returns the endpoints for which the Secret has a usable credential, sorted,
// each once. An endpoint is host and path, without a user name that the key may have.
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
