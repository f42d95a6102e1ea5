// SPDX-License-Identifier: Apache-2.0

package config

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/finding"
)

// loginFields returns the fields of an entry of secret.registries.
func loginFields(l *Login) map[string]*string {
	return map[string]*string{
		"server": &l.Server, "username": &l.Username.Value, "usernameEnv": &l.Username.Env, "usernameFile": &l.Username.File,
		"password": &l.Password.Value, "passwordEnv": &l.Password.Env, "passwordFile": &l.Password.File,
	}
}

// The properties of a secret in the store, by default.
const (
	defaultUsernameProperty = "username"
	defaultPasswordProperty = "password"
)

// remoteLoginFields returns the fields of an entry of externalSecret.registries, with
// their defaults.
func remoteLoginFields(l *RemoteLogin) map[string]*string {
	l.UsernameProperty, l.PasswordProperty = defaultUsernameProperty, defaultPasswordProperty
	return map[string]*string{
		"server": &l.Server, "remoteKey": &l.RemoteKey, "usernameProperty": &l.UsernameProperty, "passwordProperty": &l.PasswordProperty,
	}
}

// entries returns the setter of a list of mappings, of which fieldsOf has the fields. It
// says of all entries at once what is wrong, and names what each has to have.
func entries[T any](has string, at func(*Settings) *[]T, fieldsOf func(*T) map[string]*string) func(*Settings, value) string {
	return func(c *Settings, v value) string {
		if v.node.Kind != yaml.SequenceNode {
			return "is not a list: each entry has " + has
		}
		var all []T
		var wrong []string
		for i, node := range v.node.Content {
			if node.Kind != yaml.MappingNode {
				wrong = append(wrong, fmt.Sprintf("[%d] is not a mapping with %s", i, has))
				continue
			}
			var entry T
			wrong = append(wrong, setEntry(fieldsOf(&entry), i, value{node, v.asText})...)
			all = append(all, entry)
		}
		if len(all)+len(wrong) == 0 {
			return "is an empty list: leave it out, or write an entry"
		}
		*at(c) = all
		return strings.Join(wrong, "; ")
	}
}

// setEntry sets the fields of the entry with a number, and returns what is wrong with it.
func setEntry(fields map[string]*string, number int, entry value) (wrong []string) {
	for i := 0; i+1 < len(entry.node.Content); i += 2 {
		key := entry.node.Content[i].Value
		at := fields[key]
		if at == nil {
			hint := cmp.Or(finding.DidYouMean(key, slices.Sorted(maps.Keys(fields))), "there are "+strings.Join(slices.Sorted(maps.Keys(fields)), ", "))
			if known := lastPart(synonyms[strings.ToLower(key)]); fields[known] != nil {
				hint = "did you mean " + known + "?"
			}
			wrong = append(wrong, fmt.Sprintf("[%d] has a field that there is not: %s", number, strings.TrimSpace(hint)))
			continue
		}
		s, problem := (value{entry.node.Content[i+1], entry.asText}).string()
		if problem == "" && s == "" {
			problem = isEmpty
		}
		if problem != "" {
			wrong = append(wrong, fmt.Sprintf("[%d].%s %s", number, key, problem))
		}
		*at = s
	}
	return wrong
}
