// SPDX-License-Identifier: Apache-2.0

package function

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/pull"
)

// noServer says that there is nothing to write for a registry.
const noServer = "No server matches them"

// cure returns the beginning of a sentence that says what to set for the repositories
// to be pulled with a Secret, or drop it.
func (j *judge) cure(repositories []string) string {
	servers := serversOf(repositories)
	s, e := j.settings.Secret, j.settings.External
	emits := s != nil && s.DockerConfig == "" || e != nil
	switch {
	case len(servers) == 0:
		return noServer + ": "
	case s != nil && len(s.Registries) > 0 || e != nil && len(e.Registries) > 0:
		return j.more(repositories) + ", or "
	case len(servers) == 1:
		return "Use server " + servers[0] + ", or "
	case emits:
		return "Instead of one server set " + j.lines(0, servers) + ", or "
	}
	return "Use a Secret for " + strings.Join(servers, ", ") + ", or "
}

// more returns what to add for the rest of the repositories.
func (j *judge) more(repositories []string) string {
	servers := serversOf(repositories)
	s, e := j.settings.Secret, j.settings.External
	switch {
	case len(servers) == 0:
		return noServer
	case s != nil && s.DockerConfig != "":
		advice := "Run docker login for " + strings.Join(servers, ", ")
		if s.Server != "" {
			advice += ", and leave secret.server out"
		}
		return advice
	case s != nil && len(s.Registries) > 0:
		return "Add " + j.lines(len(s.Registries), servers)
	case e != nil && len(e.Registries) > 0:
		return "Add " + j.lines(len(e.Registries), servers)
	case s != nil:
		return "Instead of server, user name and password of secret set " + j.lines(0, append([]string{finding.ShowServer(s.Server)}, servers...))
	case e != nil:
		return "Instead of server, remoteKey and properties of externalSecret set " + j.lines(0, append([]string{finding.ShowServer(e.Server)}, servers...))
	case len(j.settings.Servers) > 0:
		return "Add to that Secret an entry for " + strings.Join(servers, ", ") + ", and the same to servers"
	}
	return "Add another Secret, for " + strings.Join(servers, ", ")
}

// lines returns what to write for entries of registries from a number on: what stands in
// the configuration as it is spelt there, which is arguments if there is none.
func (j *judge) lines(from int, servers []string) string {
	block := "secret"
	if j.settings.External != nil {
		block = "externalSecret"
	}
	var arguments, entries []string
	for i, server := range servers {
		var entry []string
		for _, field := range j.entryFor(server) {
			arguments = append(arguments, fmt.Sprintf("%s.registries.%d.%s=%s", block, from+i, field[0], field[1]))
			entry = append(entry, field[0]+": "+field[1])
		}
		entries = append(entries, "{"+strings.Join(entry, ", ")+"}")
	}
	if j.config.GetKind() != Kind {
		return strings.Join(arguments, " ")
	}
	if from > 0 {
		return "to " + block + ".registries " + strings.Join(entries, ", ")
	}
	return block + ".registries: [" + strings.Join(entries, ", ") + "]"
}

// entryFor returns the fields of an entry for a server, and what to set them to: the
// variables that are in use, or such as people have.
func (j *judge) entryFor(server string) [][2]string {
	name := variableFor(server)
	if j.settings.External != nil {
		return [][2]string{{"server", server}, {"remoteKey", strings.ReplaceAll(strings.ToLower(name), "_", "-")}}
	}
	username, password := name+"_USERNAME", name+"_TOKEN"
	isRead := len(j.secrets) > 0 && j.secrets[0].content != nil // so that these are names of variables, and no passwords
	if s := j.settings.Secret; isRead && server == finding.ShowServer(s.Server) {
		username, password = cmp.Or(s.Username.Env, username), cmp.Or(s.Password.Env, password)
	}
	return [][2]string{{"server", server}, {"usernameEnv", username}, {"passwordEnv", password}}
}

// variableFor returns the beginning of the name of a variable for a server: QUAY for
// quay.io, REGISTRY_EXAMPLE_COM for registry.example.com:5000.
func variableFor(server string) string {
	if server == pull.DockerHub {
		return "DOCKERHUB"
	}
	host, _, _ := strings.Cut(pull.Host(pull.Endpoint(server)), ":")
	name := strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return unicode.ToUpper(r)
		}
		return '_'
	}, strings.TrimSuffix(host, ".io"))
	if !unicode.IsLetter(rune((name + "_")[0])) { // an address
		return "REGISTRY_" + name
	}
	return name
}
