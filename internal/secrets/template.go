// SPDX-License-Identifier: Apache-2.0

package secrets

import (
	"encoding/json"
	"strconv"
	"strings"

	"example.com/calico-pull-secrets/internal/apiserver"
	"example.com/calico-pull-secrets/internal/lazy"
	"example.com/calico-pull-secrets/internal/pull"
)

// ownTemplate matches the template of our own ExternalSecrets, which builds its JSON with dict.
// ownServer matches the servers in it.
var (
	ownTemplate = lazy.Regexp(`^\{\{ dict "auths" \(dict(?: "(?:[^"\\]|\\.)*" \(dict "username" \.\w+ "password" \.\w+ "auth" \(printf "%s:%s" \.\w+ \.\w+ \| b64enc\)\))+\) \| toJson \}\}$`)
	ownServer   = lazy.Regexp(` ("(?:[^"\\]|\\.)*") \(dict "username" `)
)

// action matches an action of a template, and templateValue a name in it.
var (
	action = lazy.Regexp(`\{\{[^{}]*\}\}`)
	// plainAction matches an action that inserts only a value, or a user name and password in
	// base64.
	plainAction   = lazy.Regexp(`^\{\{-? *(?:\.\w+|\(?printf "%s:%s" \.\w+ \.\w+\)?)(?: *\| *(?:toString|trim|b64enc))* *-?\}\}$`)
	templateValue = lazy.Regexp(`\.(\w+)`)
)

// filledIn stands for the result of an action: a user name, a password, or both in base64.
const filledIn = "eDp4"

// templateContent returns the content of a pull Secret from a template, with a credential for each
// server in it. It is unknown if the template inserts a value that given does not know, or does
// anything else.
func templateContent(secretType, template string, given func(name string) bool) pull.Content {
	isOwn := ownTemplate().MatchString(template)
	for _, a := range action().FindAllString(template, -1) {
		if !isOwn && !plainAction().MatchString(a) {
			return pull.Content{}
		}
		for _, name := range templateValue().FindAllStringSubmatch(quoted().ReplaceAllString(a, ""), -1) {
			if !given(name[1]) {
				return pull.Content{}
			}
		}
	}
	if isOwn {
		var servers []string
		for _, match := range ownServer().FindAllStringSubmatch(template, -1) {
			server, err := strconv.Unquote(match[1])
			if err != nil {
				return pull.Content{}
			}
			servers = append(servers, server)
		}
		return pull.Authenticating(servers...)
	}
	text := action().ReplaceAllString(template, filledIn)
	var config struct {
		Auths map[string]any `json:"auths"`
	}
	if json.Unmarshal([]byte(text), &config) != nil || len(config.Auths) == 0 || len(text) > apiserver.MaxData {
		return pull.Content{}
	}
	for server := range config.Auths { // an action may insert the server, too
		if strings.Contains(server, filledIn) {
			return pull.Content{}
		}
	}
	if content := pull.ParseSecret(secretType, []byte(text)); content.State == pull.Known && len(content.Servers()) > 0 {
		return content
	}
	return pull.Content{}
}

// quoted matches a string in an action.
var quoted = lazy.Regexp(`"(?:[^"\\]|\\.)*"`)
