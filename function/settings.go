// SPDX-License-Identifier: Apache-2.0

package function

import (
	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/credential"
	"example.com/calico-pull-secrets/internal/emitted"
)

// Kind and APIVersion of the function's own configuration.
const (
	Kind       = config.Kind
	APIVersion = config.APIVersion
)

// The configuration, as package config has it.
type (
	Settings = config.Settings
	Target   = config.Target
	Mode     = config.Mode
	Policy   = config.Policy
	Config   = config.Given // of arguments or a file; nil means none
)

const (
	ModeAdd    = config.ModeAdd
	ModeRemove = config.ModeRemove
	ModeCheck  = config.ModeCheck
	ModeAudit  = config.ModeAudit

	PolicyStrict = config.PolicyStrict
	PolicyError  = config.PolicyError
	PolicyWarn   = config.PolicyWarn
	PolicyIgnore = config.PolicyIgnore
)

// ParseSettings reads the configuration of the function. It accepts
//
//  1. no object, or an empty one: the defaults;
//  2. kind CalicoPullSecrets, with the settings below spec;
//  3. kind ConfigMap, with the dotted path of a setting as key of its data
//     (kpt makes one of the arguments of `kpt fn eval -- secretName=regcred`).
//
// Settings that do not exist, have the wrong type, are missing or contradict
// each other are errors, reported all at once. The error quotes nothing that is
// not nearly what is valid in its place: it may be a credential.
func ParseSettings(o *fn.KubeObject) (Settings, error) {
	s, problems := config.Parse(o)
	if len(problems) > 0 {
		return Settings{}, problems
	}
	return s, nil
}

// A task is what a run has to do: what the settings say, and what may be read for it.
type task struct {
	Settings
	access       credential.Access
	home         Home // where new objects go
	showsResults bool // results show what is found, and nothing else does
	allow        Allow
	// onlyChecks is true if what mode remove would do is an error, and is not done.
	onlyChecks bool
	texts      []emitted.Text // that may name the Secret
}

// isDry reports whether nothing is changed, and what would be is an error.
func (s task) isDry() bool { return s.Mode == ModeCheck || s.onlyChecks }

// FromArguments returns the configuration that arguments of the form field=value make,
// nil if there are none. The error names the place of the argument that is wrong, and
// not the argument, which may be a password. What the fields say is judged by Run.
func FromArguments(arguments []string) (*Config, error) { return config.FromArguments(arguments) }

// FromFile returns the configuration that the text of a file holds: one object. The
// error quotes nothing of it.
func FromFile(text []byte) (*Config, error) { return config.FromFile(text) }

// ConfigSchema returns the schema of a CalicoPullSecrets: that of an OpenAPI v3
// document, which a KRMFunctionDefinition wants.
func ConfigSchema() map[string]any { return config.Schema() }

// JSONSchema returns the same as a JSON schema for editors.
func JSONSchema() []byte { return config.JSONSchema() }
