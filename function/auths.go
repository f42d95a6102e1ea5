// SPDX-License-Identifier: Apache-2.0

package function

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/credential"
)

// dockerConfigJSON returns the content of a docker-registry Secret, byte for byte
// as `kubectl create secret docker-registry` makes it: the fields in this order,
// HTML characters escaped, no email if it is empty, no line break at the end.
func dockerConfigJSON(auths map[string]credential.Credential, email string) ([]byte, error) {
	type entry struct {
		Username string `json:"username,omitempty"`
		Password string `json:"password,omitempty"`
		Email    string `json:"email,omitempty"`
		Auth     string `json:"auth,omitempty"`
	}
	entries := map[string]entry{}
	for server, c := range auths {
		auth := base64.StdEncoding.EncodeToString([]byte(c.Username + ":" + c.Password))
		entries[server] = entry{c.Username, c.Password, email, auth}
	}
	return json.Marshal(map[string]map[string]entry{"auths": entries})
}

// auths returns the credentials of the Secret by the server that each is stored under.
// From docker's config it takes those that the repositories need.
func (s task) auths(repositories []string) (map[string]credential.Credential, config.Problems) {
	var p config.Problems
	if s.Secret.DockerConfig != "" {
		found, err := s.dockerAuths(repositories)
		if err != nil {
			p.Add("secret.dockerConfigFile", "%v", err)
		}
		return found, p
	}
	auths := map[string]credential.Credential{}
	for i, l := range s.Secret.Logins() {
		at := "secret."
		if len(s.Secret.Registries) > 0 {
			at = config.EntryPath("secret.registries", i) + "."
		}
		read := func(name string, source credential.Source) string {
			value, err := source.Read(s.access)
			if err != nil {
				p.Add(at+sourceField(name, source), "%v", err)
			}
			return value
		}
		c := credential.Credential{Username: read("username", l.Username), Password: read("password", l.Password)}
		if strings.Contains(c.Username, ":") {
			p.Add(at+sourceField("username", l.Username), "has a colon in it: kubelet takes what follows the first one for the password")
		}
		auths[l.Server] = c
	}
	return auths, p
}

func (s task) dockerAuths(repositories []string) (map[string]credential.Credential, error) {
	d, err := credential.OpenDocker(s.Secret.DockerConfig, s.access)
	switch {
	case err != nil:
		return nil, err
	case s.Secret.Server != "":
		return d.ForServer(s.Secret.Server)
	}
	return d.ForImages(repositories)
}

// sourceField returns the field that a value comes from.
func sourceField(name string, s credential.Source) string {
	switch {
	case s.Env != "":
		return name + "Env"
	case s.File != "":
		return name + "File"
	}
	return name
}
