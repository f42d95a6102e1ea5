// SPDX-License-Identifier: Apache-2.0

package kubelet

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"

	v1 "k8s.io/api/core/v1"

	"example.com/calico-pull-secrets/internal/pull"
)

// An entry is one of auths. Its email identifies the credential, because user names may be empty.
type entry struct {
	server, email string
	fields        map[string]any
	usable        bool
}

// frequent are servers that occur often, so that lists match.
var frequent = []string{pull.DockerHub, "docker.io", "index.docker.io", "docker.io/calico", "quay.io", "https://quay.io/v1/", "*.io", "[::1]:5000", "registry-1.docker.io"}

func randomEntry(r *rand.Rand, email string) entry {
	e := entry{server: server(r), email: email, fields: map[string]any{"email": email}}
	if r.IntN(3) == 0 {
		e.server = pick(r, frequent)
	}
	encoded := func(s string) string {
		if r.IntN(2) == 0 {
			return base64.RawStdEncoding.EncodeToString([]byte(s))
		}
		return base64.StdEncoding.EncodeToString([]byte(s))
	}
	switch r.IntN(12) {
	case 0: // nothing
	case 1:
		e.fields["identitytoken"] = "token"
	case 2:
		e.fields["auth"] = "Og=="
	case 3:
		e.fields["auth"] = encoded(":password")
	case 4:
		e.fields["auth"] = encoded("user:")
	case 5:
		e.fields["password"] = "password"
	case 6:
		e.fields["username"] = "user"
	case 7: // auth overrides the others
		e.fields["username"], e.fields["password"], e.fields["auth"] = "user", "password", encoded(":")
	case 8:
		e.fields["username"], e.fields["password"], e.usable = "user", "password", true
	default:
		e.fields["auth"], e.usable = encoded("user:pass:word"), true
	}
	return e
}

// randomSecret returns a Secret for a list, and its entries by email.
func randomSecret(r *rand.Rand, name string) (v1.Secret, map[string]entry) {
	auths, byEmail, seen := map[string]any{}, map[string]entry{}, map[string]bool{}
	n := 1 + r.IntN(3)
	if r.IntN(300) == 0 {
		n = 70 + r.IntN(60)
	}
	for i := range n {
		e := randomEntry(r, fmt.Sprintf("%s-%d", name, i))
		if !seen[e.server] {
			seen[e.server] = true
			auths[e.server], byEmail[e.email] = e.fields, e
		}
	}
	switch r.IntN(120) {
	case 0:
		auths["broken.example.com"] = map[string]any{"auth": "%%"}
	case 1:
		auths["broken.example.com"] = map[string]any{"auth": base64.StdEncoding.EncodeToString([]byte("no colon"))}
	case 2:
		auths["broken.example.com"] = map[string]any{"username": 7}
	case 3:
		auths["broken.example.com"] = nil
		byEmail[""] = entry{server: "broken.example.com"}
	}
	s := v1.Secret{Type: v1.SecretTypeDockerConfigJson, Data: map[string][]byte{}}
	s.Name, s.Namespace = name, "kube-system"
	key, content := v1.DockerConfigJsonKey, any(map[string]any{"auths": auths})
	if r.IntN(4) == 0 {
		s.Type, key, content = v1.SecretTypeDockercfg, v1.DockerConfigKey, auths
	}
	value, err := json.Marshal(content)
	if err != nil {
		panic(err)
	}
	switch r.IntN(80) {
	case 0:
		s.Type = pickType(r)
	case 1: // the other type's key
		key = map[string]string{v1.DockerConfigJsonKey: v1.DockerConfigKey, v1.DockerConfigKey: v1.DockerConfigJsonKey}[key]
	case 2:
		value = []byte(pick(r, []string{"", "null", "{}", "[]", `"x"`, "{", `{"auths":null}`, `{"auths":[]}`, string(value) + "x", string(value) + "\n"}))
	}
	s.Data[key] = value
	return s, byEmail
}

func pickType(r *rand.Rand) v1.SecretType {
	return []v1.SecretType{v1.SecretTypeOpaque, "", v1.SecretTypeBasicAuth, "kubernetes.io/dockerconfigJson"}[r.IntN(4)]
}

// randomList returns the Secrets of a list by name, and the names in the list. Some names are
// empty, some occur twice, and some have no Secret.
func randomList(r *rand.Rand) (names []string, byName map[string]v1.Secret, entries map[string]entry) {
	byName, entries = map[string]v1.Secret{}, map[string]entry{}
	n := r.IntN(5)
	if r.IntN(300) == 0 {
		n = 70
	}
	for i := range n {
		name := fmt.Sprint("secret", i)
		secret, its := randomSecret(r, name)
		byName[name] = secret
		for email, e := range its {
			if email == "" {
				email = name + "-null"
			}
			entries[email] = e
		}
		names = append(names, name)
		switch r.IntN(30) {
		case 0:
			names = append(names, "")
		case 1:
			names = append(names, name)
		}
	}
	return names, byName, entries
}
