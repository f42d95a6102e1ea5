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
	p.check("secretName", s.SecretName, hintOfSubdomain, validation.IsDNS1123Subdomain)
	for _, registry := range s.Audited { // an impossible registry would audit nothing
		if registry == "*" || registry == "docker.io" { // the usual values
			continue
		}
		if !isRegistry(registry) || !isHost(registry) {
			p.Add("audit.registries", "%sis not the host of a registry\nhint: write the host alone, such as docker.io, or * for all", finding.ShowIfNear(registry, []string{"docker.io", "quay.io"}))
		}
	}
	for i, e := range s.Exceptions {
		for _, problem := range e.Problems() {
			at := strings.TrimSuffix(EntryPath("audit.exceptions", i)+"."+problem.Field, ".")
			p = append(p, Problem{Check: finding.ExceptionInvalid, Field: at, Text: problem.Text, Hint: problem.Hint})
		}
	}
	for _, glob := range s.Exclude {
		if !allowance.IsGlob(glob) {
			p.Add("exclude", "has an entry that is not a glob\nhint: write one such as charts/**")
		}
	}
	for _, server := range s.Servers {
		p.server("servers", server)
	}
	if s.Secret != nil && s.External != nil {
		p.Add("externalSecret", "is set beside secret\nhint: use one of them: externalSecret reads no credential")
	}
	if s.Secret != nil {
		s.Secret.validate(&p)
	}
	if s.External != nil {
		s.External.validate(&p)
	}
	return p
}

// isHost reports whether images may come from a host.
func isHost(registry string) bool {
	_, ok := pull.Repository(registry + "/x/y")
	return ok && !strings.Contains(registry, "/") && !pull.IsNoRegistry(registry)
}

func (s *SecretSettings) validate(p *Problems) {
	switch single := s.Username.Given()+s.Password.Given() > 0; {
	case s.DockerConfig != "":
		if single || s.Email != "" || len(s.Registries) > 0 {
			p.Add("secret.dockerConfigFile", "replaces user name, password, email and registries\nhint: leave those out, or leave secret.dockerConfigFile out")
		}
		if s.Server != "" {
			p.server("secret.server", s.Server)
		}
	case len(s.Registries) > 0:
		if single || s.Server != "" {
			p.Add("secret.registries", "replaces server, user name and password\nhint: leave those out, or write them into an entry")
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
		p.check("secret.namespace", s.Namespace, hintOfLabel, validation.IsDNS1123Label)
	}
	if s.Path != "" && !isPackagePath(s.Path) {
		p.Add("secret.path", "is not a file of the package\nhint: write a relative path without ./ and .. that ends in .yaml, such as regcred.yaml")
	}
	for _, key := range slices.Sorted(maps.Keys(s.Labels)) {
		p.check("secret.labels", key, hintOfKey, validation.IsQualifiedName)
		p.check("secret.labels", s.Labels[key], hintOfKey, validation.IsValidLabelValue)
	}
	for _, key := range slices.Sorted(maps.Keys(s.Annotations)) {
		p.check("secret.annotations", key, hintOfKey, func(key string) []string {
			return validation.IsQualifiedName(strings.ToLower(key))
		})
		for _, prefix := range reservedAnnotations {
			if strings.HasPrefix(key, prefix) {
				p.Add("secret.annotations", "annotations that begin with %s belong to kpt and kustomize\nhint: leave it out", prefix)
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
		p.Add("externalSecret.secretStoreRef.name", "is missing\nhint: name the store: externalSecret.secretStoreRef.name=vault")
	} else {
		p.check("externalSecret.secretStoreRef.name", e.StoreName, hintOfSubdomain, validation.IsDNS1123Subdomain)
	}
	if e.RemoteLogin != (RemoteLogin{}) && len(e.Registries) > 0 {
		p.Add("externalSecret.registries", "replaces server, remoteKey and properties\nhint: leave those out, or write them into an entry")
	}
	for i, l := range e.Logins() {
		prefix := "externalSecret."
		if len(e.Registries) > 0 {
			prefix = EntryPath("externalSecret.registries", i) + "."
		}
		if l.RemoteKey == "" {
			p.Add(prefix+"remoteKey", "is missing\nhint: name the secret in the store, such as externalSecret.remoteKey=dockerhub")
		}
		if l.Server == "" {
			p.noServer(prefix)
			continue
		}
		p.server(prefix+"server", l.Server)
	}
	p.sameServers("externalSecret.registries", e.Servers())
	if _, err := time.ParseDuration(e.RefreshInterval); err != nil {
		p.Add("externalSecret.refreshInterval", "is not a duration\nhint: write one such as 1h or 30m")
	}
}

// hintsOfNames say which characters a name may have.
const (
	hintOfSubdomain = "use only lower-case letters, digits, - and ., such as regcred"
	hintOfLabel     = "use only lower-case letters, digits and -, such as kube-system"
	hintOfKey       = "use only letters, digits, -, _ and ., such as app.kubernetes.io/name"
)

// check adds a problem if a validation of Kubernetes finds one in value. It quotes value only if it
// is nearly the default.
func (p *Problems) check(field, value, hint string, validate func(string) []string) {
	if len(validate(value)) == 0 {
		return
	}
	var valid []string
	if f := fieldAt(field); f != nil && f.fallback() != "" {
		valid = append(valid, f.fallback())
	}
	p.Add(field, "%sis not a valid name\nhint: %s", finding.ShowIfNear(value, valid), hint)
}

// source adds a problem unless the settings name exactly one source for a value.
func (p *Problems) source(prefix, name string, s credential.Source) {
	switch given := s.Given(); {
	case given == 0 && prefix == "secret.":
		p.Add(prefix+name+"Env", "no %s\nhint: set %s%sEnv or %s%sFile, or secret.dockerConfigFile", name, prefix, name, prefix, name)
	case given == 0:
		p.Add(prefix+name+"Env", "no %s\nhint: set %sEnv or %sFile in this entry, too", name, name, name)
	case given > 1:
		p.Add(prefix+name, "has %d sources for the %s\nhint: set only one of %s%sEnv, %s%sFile and %s%s", given, name, prefix, name, prefix, name, prefix, name)
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
	p.Add(prefix+"server", "is missing\nhint: name the registry, such as %s or quay.io", pull.DockerHub)
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
			p.Add(EntryPath(list, i)+".server", "is the same server as in entry %d, for kubelet\nhint: write one entry for each registry", before)
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
