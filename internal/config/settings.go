// SPDX-License-Identifier: Apache-2.0

package config

import (
	"example.com/calico-pull-secrets/internal/allowance"
	"example.com/calico-pull-secrets/internal/credential"
	"example.com/calico-pull-secrets/internal/finding"
)

// Kind and APIVersion of the function's own configuration.
const (
	Kind       = "CalicoPullSecrets"
	APIVersion = "fn.kpt.dev/v1alpha1"
)

// Settings say what the program must do. They do not change once Parse has returned them.
//
// They are the only table of the configuration. The tag "field" names the key of a field, below
// the key of its struct. The schema, the defaults, the messages and the documentation come from
// the types and tags:
//
//	field    the path of the key; for a credential.Source the first of three
//	about    the purpose in one line, for the schema; for a credential.Source three of them
//	default  the default, as an argument has it
//	unless   fields of the same block that turn the default off
//	oneOf    the allowed values
//	is       the format of a string, see formats
//	empty    "ok" if a string or a list may be empty
//	entries  the fields of an entry of a list, for messages
type Settings struct {
	Mode       Mode              `field:"mode" oneOf:"add,remove,check,audit" default:"add" about:"add: add the reference, and the Secret if secret is set; remove: remove what add added; check: change nothing, and fail if something is missing; audit: report how kubelet pulls each image"`
	Quiet      bool              `field:"quiet" default:"false" about:"leave infos out of the results"`
	Audited    []string          `field:"audit.registries" default:"docker.io" about:"for mode audit: registries from which kubelet must not pull anonymously; \"*\" means all registries"`
	Exceptions []Exception       `field:"audit.exceptions" empty:"ok" entries:"a reason, some of check, image, kind, namespace, name, and until" about:"findings that may pass an audit, each with a reason; until is the last day of an exception"`
	Exclude    []string          `field:"exclude" empty:"ok" is:"glob" about:"globs of files to skip, on the command line"`
	SecretName string            `field:"secretName" is:"subdomain" default:"regcred" about:"the Secret that pods reference"`
	Servers    []string          `field:"servers" is:"server" about:"the registries of the Secret secretName, if you make this Secret elsewhere; written as secret.server"`
	Targets    []Target          `field:"targets" default:"calico-node" about:"the objects that get the reference: presets, registries, Kind/name, or selectors as in the target of a kustomize patch"`
	OnMissing  finding.Policy    `field:"onMissing" oneOf:"error,warn,ignore" default:"error" about:"what happens if a target is not among the resources"`
	Preflight  finding.Policy    `field:"preflight" oneOf:"strict,error,warn,ignore" default:"warn" about:"how strict the checks are: warn; error makes each warning an error; strict also makes each finding an error that means not proven; ignore turns the checks of pulls off"`
	Secret     *SecretSettings   `field:"secret"`         // nil if the program emits no Secret
	External   *ExternalSettings `field:"externalSecret"` // nil if the program emits no ExternalSecret
}

// A Mode says what the function does with the resources.
type Mode string

const (
	ModeAdd    Mode = "add"    // adds what is missing
	ModeRemove Mode = "remove" // removes the reference again
	ModeCheck  Mode = "check"  // changes nothing; a change that add would make is an error
	ModeAudit  Mode = "audit"  // changes nothing; returns a verdict on each image
)

// A Login is a user name and a password for one server.
type Login struct {
	// Server is the key under "auths".
	Server   string            `field:"server" is:"server" default:"https://index.docker.io/v1/" unless:"dockerConfigFile,registries" about:"the registry, as for kubectl create secret docker-registry"`
	Username credential.Source `field:"username" about:"the user name itself|the environment variable that has the user name|the file that has the user name, and nothing else"`
	Password credential.Source `field:"password" about:"the password itself, which causes a warning|the environment variable that has the password or token|the file that has the password or token, and nothing else"`
}

// SecretSettings describe the Secret to emit.
type SecretSettings struct {
	Login                          // empty if there are Registries
	Registries   []Login           `field:"registries" entries:"a server, a user name and a password" about:"instead of server: several registries, each with its own server, user name and password"`
	DockerConfig string            `field:"dockerConfigFile" about:"instead of user name and password: a config.json that docker login or podman login wrote, or auto"`
	Email        string            `field:"email" is:"text" empty:"ok" about:"the email address in the Secret"`
	Namespace    string            `field:"namespace" is:"label" empty:"ok" about:"the namespace of the Secret; without it, the namespace of each target"`
	Path         string            `field:"path" is:"packagePath" empty:"ok" about:"the file for the Secret, in a kpt package or with --write"`
	HashSuffix   bool              `field:"nameSuffixHash" default:"false" about:"kustomize only: add a hash of the content to the name, so that Kubernetes replaces the pods when the credential changes"`
	Labels       map[string]string `field:"labels" about:"added to the Secret"`
	Annotations  map[string]string `field:"annotations" about:"added to the Secret"`
	Immutable    bool              `field:"immutable" default:"false" about:"makes the Secret immutable"`
}

// Logins returns the logins in the Secret, none if they come from docker's config.
func (s *SecretSettings) Logins() []Login {
	switch {
	case s.DockerConfig != "":
		return nil
	case len(s.Registries) > 0:
		return s.Registries
	}
	return []Login{s.Login}
}

// Servers returns the servers of the Secret, as far as they are known without a credential.
func (s *SecretSettings) Servers() (servers []string) {
	for _, l := range s.Logins() {
		servers = append(servers, l.Server)
	}
	if s.DockerConfig != "" && s.Server != "" {
		servers = append(servers, s.Server)
	}
	return servers
}

// A RemoteLogin says where the store has the user name and password for one server.
type RemoteLogin struct {
	RemoteKey        string `field:"remoteKey" about:"the secret in the store"`
	UsernameProperty string `field:"usernameProperty" default:"username" unless:"registries" about:"the property that has the user name"`
	PasswordProperty string `field:"passwordProperty" default:"password" unless:"registries" about:"the property that has the password"`
	// Server is the key under "auths".
	Server string `field:"server" is:"server" default:"https://index.docker.io/v1/" unless:"registries" about:"the registry"`
}

// ExternalSettings describe the ExternalSecret to emit.
type ExternalSettings struct {
	StoreKind       string        `field:"secretStoreRef.kind" oneOf:"ClusterSecretStore,SecretStore" default:"ClusterSecretStore" about:"the kind of the store"`
	StoreName       string        `field:"secretStoreRef.name" is:"subdomain" about:"the store"`
	RemoteLogin                   // empty if there are Registries
	Registries      []RemoteLogin `field:"registries" entries:"a server and a remoteKey" about:"instead of server: several registries, each with its own server, remoteKey and properties"`
	RefreshInterval string        `field:"refreshInterval" is:"duration" default:"1h" about:"how often the controller asks the store"`
}

// Logins returns the logins in the Secret.
func (e *ExternalSettings) Logins() []RemoteLogin {
	if len(e.Registries) > 0 {
		return e.Registries
	}
	return []RemoteLogin{e.RemoteLogin}
}

// Servers returns the servers of the Secret.
func (e *ExternalSettings) Servers() (servers []string) {
	for _, l := range e.Logins() {
		servers = append(servers, l.Server)
	}
	return servers
}

// An Exception lets findings pass that match all its fields.
type Exception = allowance.Exception
