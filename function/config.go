// SPDX-License-Identifier: Apache-2.0

package function

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/validation"

	"calico-pull-secrets/internal/registry"
)

// Kind and APIVersion of the function's own configuration.
const (
	Kind       = "CalicoPullSecrets"
	APIVersion = "fn.kpt.dev/v1alpha1"
)

// Config is what the function is asked to do. It does not change once
// ParseConfig has returned it.
type Config struct {
	SecretName string   // the Secret that pods reference
	Targets    []Target // what gets the reference
	OnMissing  Policy   // what to make of a target that is not there
	Preflight  Policy   // what to make of warnings of the preflight checks
	Secret     *SecretConfig
	External   *ExternalConfig
}

// SecretConfig describes the Secret that is to be emitted.
type SecretConfig struct {
	Server       string // the key under "auths"; empty: those that the images need, from DockerConfig
	Username     Source
	Password     Source
	DockerConfig string // the file that `docker login` wrote, instead of user name and password
	Email        string
	Namespace    string // empty: each namespace that has a target
	Path         string // the file of a kpt package; empty: kpt decides
	HashSuffix   bool   // kustomize is to add a hash of the content to the name
	Labels       map[string]string
	Annotations  map[string]string
	Immutable    bool
}

// ExternalConfig describes the ExternalSecret that is to be emitted.
type ExternalConfig struct {
	StoreKind, StoreName string // of the SecretStore
	RemoteKey            string // of the secret in the store
	UsernameProperty     string
	PasswordProperty     string
	Server               string
	RefreshInterval      string
}

// A Policy says how a finding is reported.
type Policy string

const (
	PolicyError  Policy = "error"
	PolicyWarn   Policy = "warn"
	PolicyIgnore Policy = "ignore"
)

// defaultConfig returns the configuration that no configuration means.
func defaultConfig() Config {
	return Config{
		SecretName: "regcred",
		Targets:    []Target{presets[0].target()},
		OnMissing:  PolicyError,
		Preflight:  PolicyWarn,
	}
}

// reservedAnnotations are what orchestrators act upon: with local-config set,
// for example, kustomize drops the Secret.
var reservedAnnotations = []string{
	"config.kubernetes.io/", "internal.config.kubernetes.io/", "config.k8s.io/", "internal.config.k8s.io/",
	"kustomize.config.k8s.io/", "internal.kpt.dev/",
}

// validate returns what is wrong with the values of c, in the order of the
// fields, that decoding did not find.
func (c *Config) validate() problems {
	var p problems
	p.check("secretName", c.SecretName, validation.IsDNS1123Subdomain)
	if c.Secret != nil && c.External != nil {
		p.add("externalSecret", "stands beside secret: use one of them")
	}
	if s := c.Secret; s != nil {
		s.validate(&p)
	}
	if e := c.External; e != nil {
		e.validate(&p)
	}
	return p
}

func (s *SecretConfig) validate(p *problems) {
	if s.DockerConfig == "" {
		p.source("username", s.Username)
		p.source("password", s.Password)
		p.server("secret.server", s.Server)
	} else {
		if s.Username.given()+s.Password.given() > 0 || s.Email != "" {
			p.add("secret.dockerConfigFile", "stands instead of user name, password and email: leave those out")
		}
		if s.Server != "" {
			p.server("secret.server", s.Server)
		}
	}
	if hasControl(s.Email) {
		p.add("secret.email", "has a control character in it")
	}
	if s.Namespace != "" {
		p.check("secret.namespace", s.Namespace, validation.IsDNS1123Label)
	}
	if s.Path != "" && !isPackagePath(s.Path) {
		p.add("secret.path", "%s is not a file of the package: write a relative path without .. that ends in .yaml", quote(s.Path))
	}
	for _, key := range sortedKeys(s.Labels) {
		p.check("secret.labels", key, validation.IsQualifiedName)
		p.check("secret.labels."+key, s.Labels[key], validation.IsValidLabelValue)
	}
	for _, key := range sortedKeys(s.Annotations) {
		p.check("secret.annotations", key, func(key string) []string {
			return validation.IsQualifiedName(strings.ToLower(key))
		})
		for _, prefix := range reservedAnnotations {
			if strings.HasPrefix(key, prefix) {
				p.add("secret.annotations", "%s belongs to the orchestrator", quote(key))
			}
		}
	}
}

func (e *ExternalConfig) validate(p *problems) {
	if kinds := []string{"ClusterSecretStore", "SecretStore"}; !slices.Contains(kinds, e.StoreKind) {
		p.add("externalSecret.secretStoreRef.kind", "%s is none of %s", quote(e.StoreKind), strings.Join(kinds, ", "))
	}
	if e.StoreName == "" {
		p.add("externalSecret.secretStoreRef.name", "is missing: name the store")
	} else {
		p.check("externalSecret.secretStoreRef.name", e.StoreName, validation.IsDNS1123Subdomain)
	}
	if e.RemoteKey == "" {
		p.add("externalSecret.remoteKey", "is missing: name the secret in the store")
	}
	p.server("externalSecret.server", e.Server)
	if _, err := time.ParseDuration(e.RefreshInterval); err != nil {
		p.add("externalSecret.refreshInterval", "%s is not a duration, such as 1h", quote(e.RefreshInterval))
	}
}

// server adds a problem unless kubelet uses credentials stored under server.
func (p *problems) server(field, server string) {
	if err := registry.CheckServer(server); err != nil {
		text := strings.ReplaceAll(err.Error(), strconv.Quote(server), quote(server))
		*p = append(*p, problem{check: checkServerUnusable, field: field, text: text})
	}
}

// isPackagePath reports whether kpt writes a resource to the path p.
func isPackagePath(p string) bool {
	extension := path.Ext(p)
	return !path.IsAbs(p) && path.Clean(p) == p && !strings.HasPrefix(p, "..") && (extension == ".yaml" || extension == ".yml")
}

// problems are what is wrong with a configuration: all of it.
type problems []problem

type problem struct {
	check string // the id of the result
	field string // dotted path below spec, or from the top if it starts with a slash
	text  string
	meant string // the field that a misspelt one most likely is
}

func (p *problems) add(field, format string, a ...any) {
	*p = append(*p, problem{check: checkConfig, field: field, text: fmt.Sprintf(format, a...)})
}

// without returns those of p whose field has no problem among others: one that
// could not be read, or was misspelt, needs no second complaint.
func (p problems) without(others problems) problems {
	return slices.DeleteFunc(p, func(a problem) bool {
		return slices.ContainsFunc(others, func(b problem) bool { return a.field == b.field || a.field == b.meant })
	})
}

// check adds what one of Kubernetes' own validations says of value.
func (p *problems) check(field, value string, validate func(string) []string) {
	if messages := validate(value); len(messages) > 0 {
		message, _, _ := strings.Cut(messages[0], " (e.g.") // and a regular expression
		p.add(field, "%s is not valid: %s", quote(value), message)
	}
}

// source adds a problem unless exactly one place is named where a value comes from.
func (p *problems) source(name string, s Source) {
	choices := fmt.Sprintf("set one of secret.%sEnv, secret.%sFile, secret.%s, or secret.dockerConfigFile", name, name, name)
	switch given := s.given(); {
	case given == 0:
		p.add("secret."+name+"Env", "no %s: %s", name, choices)
	case given > 1:
		p.add("secret."+name, "%d places for the %s: %s", given, name, choices)
	}
}
