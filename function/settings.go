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

// The configuration types of package config.
type (
	Settings = config.Settings
	Target   = config.Target
	Mode     = config.Mode
	Policy   = config.Policy
	Config   = config.Given // from arguments or a file; nil: none
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
// It reports all errors at once: settings that do not exist, have the wrong type, are
// missing, or contradict each other. An error quotes a value only if it is close to a
// valid one: any other value may be a credential.
func ParseSettings(o *fn.KubeObject) (Settings, error) {
	s, problems := config.Parse(o)
	if len(problems) > 0 {
		return Settings{}, problems
	}
	return s, nil
}

// A task is the work of a run: the settings, and what it may read for them.
type task struct {
	Settings
	access       credential.Access
	home         Home // where new objects go
	showsResults bool // results show the findings, and nothing else does
	allow        Allow
	// onlyChecks is true if mode remove reports its changes as errors, and makes none.
	onlyChecks bool
	texts      []emitted.Text // files that may name the Secret
}

// isDry reports whether the task changes nothing and reports each change as an error.
func (s task) isDry() bool { return s.Mode == ModeCheck || s.onlyChecks }

// FromArguments returns the configuration in arguments of the form field=value, nil if there are
// none. An error gives the position of the argument and does not quote it: it may be a password.
// Run judges the fields.
func FromArguments(arguments []string) (*Config, error) { return config.FromArguments(arguments) }

// FromFile returns the configuration in the text of a file, which must be one object. An error
// quotes nothing of it.
func FromFile(text []byte) (*Config, error) { return config.FromFile(text) }

// ConfigSchema returns the OpenAPI v3 schema of a CalicoPullSecrets, as a KRMFunctionDefinition
// wants it.
func ConfigSchema() map[string]any { return config.Schema() }

// JSONSchema returns it as a JSON schema for editors.
func JSONSchema() []byte { return config.JSONSchema() }
