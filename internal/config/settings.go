// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/validation"

	"example.com/calico-pull-secrets/internal/credential"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/pull"
)

// Kind and APIVersion of the function's own configuration.
const (
	Kind       = "CalicoPullSecrets"
	APIVersion = "fn.kpt.dev/v1alpha1"
)

// Settings are what the function is asked to do. They do not change once
// ParseSettings has returned them.
type Settings struct {
	Mode       Mode
	Quiet      bool     // no infos among the results
	Audited    []string // the registries that must not be pulled from anonymously; "*" for all
	SecretName string   // the Secret that pods reference
	Servers    []string // what that Secret authenticates, if it is made elsewhere
	Targets    []Target // what gets the reference
	OnMissing  Policy   // what to make of a target that is not there
	Preflight  Policy   // what to make of findings of the checks
	Secret     *SecretSettings
	External   *ExternalSettings
}

// A Mode is what the function does with the resources.
type Mode string

const (
	ModeAdd   Mode = "add"   // adds what is missing
	ModeCheck Mode = "check" // changes nothing: what add would do is an error
	ModeAudit Mode = "audit" // changes nothing: a verdict on each image
)

// A Login is a user name and a password for one server.
type Login struct {
	Server   string // the key under "auths"
	Username credential.Source
	Password credential.Source
}

// SecretSettings describe the Secret that is to be emitted.
type SecretSettings struct {
	Login                // empty if there are Registries
	Registries   []Login // instead of one login: several
	DockerConfig string  // the file that `docker login` wrote, instead of logins
	Email        string
	Namespace    string // empty: each namespace that has a target
	Path         string // the file of a kpt package, or of --write; empty: kpt decides
	HashSuffix   bool   // kustomize is to add a hash of the content to the name
	Labels       map[string]string
	Annotations  map[string]string
	Immutable    bool
}

// Logins returns the logins that make the content, none if docker's config does.
func (s *SecretSettings) Logins() []Login {
	switch {
	case s.DockerConfig != "":
		return nil
	case len(s.Registries) > 0:
		return s.Registries
	}
	return []Login{s.Login}
}

// Servers returns what the Secret is for, as far as it can be told without a credential.
func (s *SecretSettings) Servers() (servers []string) {
	for _, l := range s.Logins() {
		servers = append(servers, l.Server)
	}
	if s.DockerConfig != "" && s.Server != "" {
		servers = append(servers, s.Server)
	}
	return servers
}

// ExternalSettings describe the ExternalSecret that is to be emitted.
type ExternalSettings struct {
	StoreKind, StoreName string // of the SecretStore
	RemoteLogin                 // empty if there are Registries
	Registries           []RemoteLogin
	RefreshInterval      string
}

// A RemoteLogin says where in the store the user name and password for one server are.
type RemoteLogin struct {
	Server           string // the key under "auths"
	RemoteKey        string // of the secret in the store
	UsernameProperty string
	PasswordProperty string
}

// Logins returns the logins that make the content.
func (e *ExternalSettings) Logins() []RemoteLogin {
	if len(e.Registries) > 0 {
		return e.Registries
	}
	return []RemoteLogin{e.RemoteLogin}
}

// Servers returns what the Secret is for.
func (e *ExternalSettings) Servers() (servers []string) {
	for _, l := range e.Logins() {
		servers = append(servers, l.Server)
	}
	return servers
}

// A Policy says how a finding is reported.
type Policy = finding.Policy

const (
	PolicyStrict = finding.PolicyStrict
	PolicyError  = finding.PolicyError
	PolicyWarn   = finding.PolicyWarn
	PolicyIgnore = finding.PolicyIgnore
)

// reservedAnnotations are what orchestrators act upon: with local-config set,
// for example, kustomize drops the Secret.
var reservedAnnotations = []string{
	"config.kubernetes.io/", "internal.config.kubernetes.io/", "config.k8s.io/", "internal.config.k8s.io/",
	"kustomize.config.k8s.io/", "internal.kpt.dev/",
}

// validate returns what is wrong with the values of s, in the order of the
// fields, that decoding did not find.
func (s *Settings) validate() Problems {
	var p Problems
	p.check("secretName", s.SecretName, validation.IsDNS1123Subdomain)
	for _, registry := range s.Audited { // one that no image can be from would audit nothing
		if registry == "*" || registry == "docker.io" { // as nearly all say
			continue
		}
		if _, ok := pull.Repository(registry + "/x/y"); !ok || !isRegistry(registry) || strings.Contains(registry, "/") {
			p.Add("audit.registries", "%sis not the host of a registry: write it alone, such as docker.io, or * for all", finding.ShowIfNear(registry, []string{"docker.io", "quay.io"}))
		}
	}
	for _, server := range s.Servers {
		p.server("servers", server)
	}
	if s.Secret != nil && s.External != nil {
		p.Add("externalSecret", "stands beside secret: use one of them")
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
			p.Add("secret.dockerConfigFile", "stands instead of user name, password, email and registries: leave those out")
		}
		if s.Server != "" {
			p.server("secret.server", s.Server)
		}
	case len(s.Registries) > 0:
		if single || s.Server != "" {
			p.Add("secret.registries", "stands instead of server, user name and password: leave those out, or write them into an entry")
		}
		for i, login := range s.Registries {
			login.validate(p, EntryPath("secret.registries", i)+".")
		}
		p.sameServers("secret.registries", s.Servers())
	default:
		s.Login.validate(p, "secret.")
	}
	if hasControl(s.Email) {
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

func (l Login) validate(p *Problems, at string) {
	p.source(at, "username", l.Username)
	p.source(at, "password", l.Password)
	if l.Server == "" {
		p.noServer(at)
		return
	}
	p.server(at+"server", l.Server)
}

func (e *ExternalSettings) validate(p *Problems) {
	if kinds := []string{"ClusterSecretStore", "SecretStore"}; !slices.Contains(kinds, e.StoreKind) {
		p.Add("externalSecret.secretStoreRef.kind", "%sis none of %s", finding.ShowIfNear(e.StoreKind, kinds), strings.Join(kinds, ", "))
	}
	if e.StoreName == "" {
		p.Add("externalSecret.secretStoreRef.name", "is missing: name the store")
	} else {
		p.check("externalSecret.secretStoreRef.name", e.StoreName, validation.IsDNS1123Subdomain)
	}
	if e.RemoteLogin != (RemoteLogin{}) && len(e.Registries) > 0 {
		p.Add("externalSecret.registries", "stands instead of server, remoteKey and properties: leave those out, or write them into an entry")
	}
	for i, l := range e.Logins() {
		at := "externalSecret."
		if len(e.Registries) > 0 {
			at = EntryPath("externalSecret.registries", i) + "."
		}
		if l.RemoteKey == "" {
			p.Add(at+"remoteKey", "is missing: name the secret in the store")
		}
		if l.Server == "" {
			p.noServer(at)
			continue
		}
		p.server(at+"server", l.Server)
	}
	p.sameServers("externalSecret.registries", e.Servers())
	if _, err := time.ParseDuration(e.RefreshInterval); err != nil {
		p.Add("externalSecret.refreshInterval", "is not a duration, such as 1h")
	}
}

// server adds a problem unless kubelet uses credentials stored under server.
func (p *Problems) server(field, server string) {
	if err := pull.CheckServer(server); err != nil {
		*p = append(*p, Problem{Check: finding.ServerUnusable, Field: field, Text: err.Error()})
	}
}

func (p *Problems) noServer(at string) {
	p.Add(at+"server", "is missing: name the registry, such as %s or quay.io", pull.DockerHub)
}

// sameServers adds a problem for each of the servers that kubelet takes for one before it,
// however it is spelt: quay.io and https://quay.io, docker.io and index.docker.io.
func (p *Problems) sameServers(list string, servers []string) {
	first := map[string]int{}
	for i, server := range servers {
		endpoint := pull.Endpoint(server)
		if endpoint == pull.Endpoint(pull.DockerHub) {
			endpoint = pull.Host(endpoint[len("index."):])
		}
		if before, again := first[endpoint]; again && endpoint != "" {
			p.Add(EntryPath(list, i)+".server", "is the same for kubelet as that of entry %d: write one entry for a registry", before)
			continue
		}
		first[endpoint] = i
	}
}

// entryPath returns the path of an entry of a list.
func EntryPath(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }

// isPackagePath reports whether kpt writes a resource to the path p.
func isPackagePath(p string) bool {
	extension := path.Ext(p)
	return !path.IsAbs(p) && path.Clean(p) == p && !strings.HasPrefix(p, "..") && (extension == ".yaml" || extension == ".yml")
}
