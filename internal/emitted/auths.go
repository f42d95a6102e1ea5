// SPDX-License-Identifier: Apache-2.0

package emitted

import (
	"encoding/base64"
	"encoding/json"

	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/credential"
)

// dockerConfigJSON returns the content of a docker-registry Secret, byte for byte as `kubectl
// create secret docker-registry` makes it: the fields in this order, HTML characters escaped, no
// empty email, no line break at the end.
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

// readAuths returns the credentials for the Secret, keyed by server. From docker's config it takes
// only those that the repositories need.
func readAuths(s *config.SecretSettings, access credential.Access, repositories []string) (map[string]credential.Credential, config.Problems) {
	var p config.Problems
	if s.DockerConfig != "" {
		found, err := dockerAuths(s, access, repositories)
		if err != nil {
			p.AddError("secret.dockerConfigFile", err)
		}
		return found, p
	}
	auths := map[string]credential.Credential{}
	for i, l := range s.Logins() {
		at := "secret."
		if len(s.Registries) > 0 {
			at = config.EntryPath("secret.registries", i) + "."
		}
		read := func(name string, source credential.Source) string {
			value, err := source.Read(access)
			if err != nil {
				p.AddError(at+sourceField(name, source), err)
			}
			return value
		}
		c := credential.Credential{Username: read("username", l.Username), Password: read("password", l.Password)}
		if err := credential.CheckUsername(c.Username); err != nil {
			p.AddError(at+sourceField("username", l.Username), err)
		}
		auths[l.Server] = c
	}
	return auths, p
}

func dockerAuths(s *config.SecretSettings, access credential.Access, repositories []string) (map[string]credential.Credential, error) {
	d, err := credential.OpenDocker(s.DockerConfig, access)
	switch {
	case err != nil:
		return nil, err
	case s.Server != "":
		return d.ForServer(s.Server)
	}
	return d.ForImages(repositories)
}

// sourceField returns the field that names the source of a value.
func sourceField(name string, s credential.Source) string {
	switch {
	case s.Env != "":
		return name + "Env"
	case s.File != "":
		return name + "File"
	}
	return name
}
