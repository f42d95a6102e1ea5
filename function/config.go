// SPDX-License-Identifier: Apache-2.0

package function

import (
	"fmt"
	"path"
	"slices"
	"strings"

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
	Secret     *SecretConfig
}

// SecretConfig describes the Secret that is to be emitted.
type SecretConfig struct {
	Server      string // the key under "auths"
	Username    Source
	Password    Source
	Email       string
	Namespace   string // empty: each namespace that has a target
	Path        string // the file of a kpt package; empty: kpt decides
	Labels      map[string]string
	Annotations map[string]string
	Immutable   bool
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
	if s := c.Secret; s != nil {
		p.source("username", s.Username)
		p.source("password", s.Password)
		if err := registry.CheckServer(s.Server); err != nil {
			p = append(p, problem{check: checkServerUnusable, field: "secret.server", text: err.Error()})
		}
		if hasControl(s.Email) {
			p.add("secret.email", "has a control character in it")
		}
		if s.Namespace != "" {
			p.check("secret.namespace", s.Namespace, validation.IsDNS1123Label)
		}
		if s.Path != "" && !isPackagePath(s.Path) {
			p.add("secret.path", "%q is not a file of the package: write a relative path without .. that ends in .yaml", s.Path)
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
					p.add("secret.annotations", "%q belongs to the orchestrator", key)
				}
			}
		}
	}
	return p
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
		p.add(field, "%q is not valid: %s", value, message)
	}
}

// source adds a problem unless exactly one place is named where a value comes from.
func (p *problems) source(name string, s Source) {
	choices := fmt.Sprintf("set one of secret.%sEnv, secret.%sFile, secret.%s", name, name, name)
	switch given := s.given(); {
	case given == 0:
		p.add("secret."+name+"Env", "no %s: %s", name, choices)
	case given > 1:
		p.add("secret."+name, "%d places for the %s: %s", given, name, choices)
	}
}
