// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"

	"k8s.io/apimachinery/pkg/util/validation"

	"example.com/calico-pull-secrets/internal/allowance"
	"example.com/calico-pull-secrets/internal/credential"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/pull"
)

// reservedAnnotations have a meaning for orchestrators. kustomize, for example, drops a Secret with
// local-config.
var reservedAnnotations = []string{
	"config.kubernetes.io/", "internal.config.kubernetes.io/", "config.k8s.io/", "internal.config.k8s.io/",
	"kustomize.config.k8s.io/", "internal.kpt.dev/",
}

// validate returns the problems of the values of s that decoding did not find, in the order of the
// fields.
func (s *Settings) validate() Problems {
	var p Problems
	p.check("secretName", s.SecretName, validation.IsDNS1123Subdomain)
	for _, registry := range s.Audited { // an impossible registry would audit nothing
		if registry == "*" || registry == "docker.io" { // the usual values
			continue
		}
		if _, ok := pull.Repository(registry + "/x/y"); !ok || !isRegistry(registry) || strings.Contains(registry, "/") {
			p.Add("audit.registries", "%sis not the host of a registry: write it alone, such as docker.io, or * for all", finding.ShowIfNear(registry, []string{"docker.io", "quay.io"}))
		}
	}
	for i, e := range s.Exceptions {
		for _, problem := range e.Problems() {
			at := strings.TrimSuffix(EntryPath("audit.exceptions", i)+"."+problem.Field, ".")
			p = append(p, Problem{Check: finding.ExceptionInvalid, Field: at, Text: problem.Text + ": " + problem.Hint})
		}
	}
	for _, glob := range s.Exclude {
		if !allowance.IsGlob(glob) {
			p.Add("exclude", "has an entry that is not a glob, such as charts/**")
		}
	}
	for _, server := range s.Servers {
		p.server("servers", server)
	}
	if s.Secret != nil && s.External != nil {
		p.Add("externalSecret", "is set beside secret: use one of them")
	}
	if s.Secret != nil {
		s.Secret.validate(&p)
	}
	if s.External != nil {
		s.External.validate(&p)
	}
	return p
}

func (s *SecretSettings) validate(p *Problems) {
	switch single := s.Username.Given()+s.Password.Given() > 0; {
	case s.DockerConfig != "":
		if single || s.Email != "" || len(s.Registries) > 0 {
			p.Add("secret.dockerConfigFile", "replaces user name, password, email and registries: leave those out")
		}
		if s.Server != "" {
			p.server("secret.server", s.Server)
		}
	case len(s.Registries) > 0:
		if single || s.Server != "" {
			p.Add("secret.registries", "replaces server, user name and password: leave those out, or write them into an entry")
		}
		for i, login := range s.Registries {
			login.validate(p, EntryPath("secret.registries", i)+".")
		}
		p.sameServers("secret.registries", s.Servers())
	default:
		s.Login.validate(p, "secret.")
	}
	if strings.ContainsFunc(s.Email, unicode.IsControl) {
		p.Add("secret.email", "has a control character in it")
	}
	if s.Namespace != "" {
		p.check("secret.namespace", s.Namespace, validation.IsDNS1123Label)
	}
	if s.Path != "" && !isPackagePath(s.Path) {
		p.Add("secret.path", "is not a file of the package: write a relative path without .. that ends in .yaml")
	}
	for _, key := range slices.Sorted(maps.Keys(s.Labels)) {
		p.check("secret.labels", key, validation.IsQualifiedName)
		p.check("secret.labels", s.Labels[key], validation.IsValidLabelValue)
	}
	for _, key := range slices.Sorted(maps.Keys(s.Annotations)) {
		p.check("secret.annotations", key, func(key string) []string {
			return validation.IsQualifiedName(strings.ToLower(key))
		})
		for _, prefix := range reservedAnnotations {
			if strings.HasPrefix(key, prefix) {
				p.Add("secret.annotations", "what starts with %s belongs to the orchestrator", prefix)
			}
		}
	}
}

func (l Login) validate(p *Problems, prefix string) {
	p.source(prefix, "username", l.Username)
	p.source(prefix, "password", l.Password)
	if l.Server == "" {
		p.noServer(prefix)
		return
	}
	p.server(prefix+"server", l.Server)
}

func (e *ExternalSettings) validate(p *Problems) {
	if e.StoreName == "" {
		p.Add("externalSecret.secretStoreRef.name", "is missing: name the store")
	} else {
		p.check("externalSecret.secretStoreRef.name", e.StoreName, validation.IsDNS1123Subdomain)
	}
	if e.RemoteLogin != (RemoteLogin{}) && len(e.Registries) > 0 {
		p.Add("externalSecret.registries", "replaces server, remoteKey and properties: leave those out, or write them into an entry")
	}
	for i, l := range e.Logins() {
		prefix := "externalSecret."
		if len(e.Registries) > 0 {
			prefix = EntryPath("externalSecret.registries", i) + "."
		}
		if l.RemoteKey == "" {
			p.Add(prefix+"remoteKey", "is missing: name the secret in the store")
		}
		if l.Server == "" {
			p.noServer(prefix)
			continue
		}
		p.server(prefix+"server", l.Server)
	}
	p.sameServers("externalSecret.registries", e.Servers())
	if _, err := time.ParseDuration(e.RefreshInterval); err != nil {
		p.Add("externalSecret.refreshInterval", "is not a duration, such as 1h")
	}
}

// check adds the problem that a validation of Kubernetes finds in value. It quotes value only if it
// is nearly the default.
func (p *Problems) check(field, value string, validate func(string) []string) {
	messages := validate(value)
	if len(messages) == 0 {
		return
	}
	message, _, _ := strings.Cut(messages[0], " (e.g.") // the rest is a regular expression
	var valid []string
	if f := fieldAt(field); f != nil && f.fallback() != "" {
		valid = append(valid, f.fallback())
	}
	p.Add(field, "%sis not valid: %s", finding.ShowIfNear(value, valid), message)
}

// source adds a problem unless the settings name exactly one source for a value.
func (p *Problems) source(prefix, name string, s credential.Source) {
	choices := fmt.Sprintf("set one of %s%sEnv, %s%sFile, %s%s", prefix, name, prefix, name, prefix, name)
	if prefix == "secret." {
		choices += ", or secret.dockerConfigFile"
	}
	switch given := s.Given(); {
	case given == 0:
		p.Add(prefix+name+"Env", "no %s: %s", name, choices)
	case given > 1:
		p.Add(prefix+name, "%d places for the %s: %s", given, name, choices)
	}
}

// server adds a problem unless kubelet uses credentials stored under server.
func (p *Problems) server(field, server string) {
	var unusable *pull.ServerError
	if errors.As(pull.CheckServer(server), &unusable) {
		*p = append(*p, Problem{Check: finding.ServerUnusable, Field: field, Text: unusable.Problem, Hint: unusable.Hint})
	}
}

func (p *Problems) noServer(prefix string) {
	p.Add(prefix+"server", "is missing: name the registry, such as %s or quay.io", pull.DockerHub)
}

// sameServers adds a problem for each server that kubelet takes for an earlier one, whatever its
// spelling: quay.io and https://quay.io, docker.io and index.docker.io.
func (p *Problems) sameServers(list string, servers []string) {
	first := map[string]int{}
	for i, server := range servers {
		endpoint := pull.Endpoint(server)
		if endpoint == pull.Endpoint(pull.DockerHub) {
			endpoint = pull.Host(endpoint[len("index."):])
		}
		if before, isThere := first[endpoint]; isThere && endpoint != "" {
			p.Add(EntryPath(list, i)+".server", "is the same for kubelet as that of entry %d: write one entry for a registry", before)
			continue
		}
		first[endpoint] = i
	}
}

// EntryPath returns the path of an entry of a list.
func EntryPath(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }

// isPackagePath reports whether kpt writes a resource to the path p.
func isPackagePath(p string) bool {
	extension := path.Ext(p)
	return !path.IsAbs(p) && path.Clean(p) == p && !strings.HasPrefix(p, "..") && (extension == ".yaml" || extension == ".yml")
}
