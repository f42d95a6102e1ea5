// SPDX-License-Identifier: Apache-2.0

package function

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/pull"
)

// A field is one setting of the configuration. Its path is the same in all
// spellings: below spec in a CalicoPullSecrets, a key of a ConfigMap's data, and
// what stands before = in an argument.
type field struct {
	path string
	// about says what the field is for, in one line: the schema has it.
	about string
	// schema is that of the value, with the default.
	schema schema
	// set writes the value to the configuration, or says what is wrong with it.
	// The text never quotes a value that may be secret.
	set func(c *Settings, v value) string
}

// fields are all there are. The defaults are those of the schemas.
var fields = []field{
	{"mode", "add what is missing; check that nothing is, and change nothing; or audit: a verdict on each image", oneOf(modes...).with(string(ModeAdd)),
		choice(modes, func(c *Settings, s string) { c.Mode = Mode(s) })},
	{"quiet", "no infos among the results", boolean.with(false),
		flag(func(c *Settings) *bool { return &c.Quiet })},
	{"audit.registries", "the registries that nothing may be pulled from anonymously, for mode audit; \"*\" is all of them", stringsList.with([]string{"docker.io"}),
		list(func(c *Settings) *[]string { return &c.Audited })},
	{"secretName", "the Secret that pods reference", subdomain.with("regcred"),
		text(func(c *Settings) *string { return &c.SecretName })},
	{"servers", "what that Secret authenticates when it is made elsewhere: as secret.server", serversList,
		list(func(c *Settings) *[]string { return &c.Servers })},
	{"targets", "what gets the reference: presets, registries, Kind/name, or selectors as in the target of a kustomize patch", targetsSchema,
		setTargets},
	{"onMissing", "what to make of a target that is not among the resources", oneOf(onMissingPolicies...).with(string(PolicyError)),
		choice(onMissingPolicies, func(c *Settings, s string) { c.OnMissing = Policy(s) })},
	{"preflight", "what to make of findings of the checks; strict makes errors also of what cannot be proven", oneOf(preflightPolicies...).with(string(PolicyWarn)),
		choice(preflightPolicies, func(c *Settings, s string) { c.Preflight = Policy(s) })},

	{"secret.server", "the registry, as for kubectl create secret docker-registry", server.with(pull.DockerHub),
		text(func(c *Settings) *string { return &c.Secret.Server })},
	{"secret.username", "the user name itself", nonEmpty,
		text(func(c *Settings) *string { return &c.Secret.Username.Value })},
	{"secret.usernameEnv", "the environment variable that has the user name", nonEmpty,
		text(func(c *Settings) *string { return &c.Secret.Username.Env })},
	{"secret.usernameFile", "the file that has the user name, and nothing else", nonEmpty,
		text(func(c *Settings) *string { return &c.Secret.Username.File })},
	{"secret.password", "the password itself, which causes a warning", nonEmpty,
		text(func(c *Settings) *string { return &c.Secret.Password.Value })},
	{"secret.passwordEnv", "the environment variable that has the password or token", nonEmpty,
		text(func(c *Settings) *string { return &c.Secret.Password.Env })},
	{"secret.passwordFile", "the file that has the password or token, and nothing else", nonEmpty,
		text(func(c *Settings) *string { return &c.Secret.Password.File })},
	{"secret.registries", "instead of one server: several, each with its own user name and password", registriesSchema,
		entries("a server, a user name and a password", func(c *Settings) *[]Login { return &c.Secret.Registries }, loginFields)},
	{"secret.dockerConfigFile", "instead of user name and password: a config.json that docker login or podman login wrote, or auto", nonEmpty,
		text(func(c *Settings) *string { return &c.Secret.DockerConfig })},
	{"secret.email", "written into the Secret if set", anyString,
		optionalText(func(c *Settings) *string { return &c.Secret.Email })},
	{"secret.namespace", "where the Secret goes, instead of the namespace of each target", label,
		optionalText(func(c *Settings) *string { return &c.Secret.Namespace })},
	{"secret.path", "the file of a kpt package, or of --write, that the Secret goes into", packagePath,
		optionalText(func(c *Settings) *string { return &c.Secret.Path })},
	{"secret.nameSuffixHash", "kustomize only: a hash of the content on the name, so that new credentials roll the pods", boolean.with(false),
		flag(func(c *Settings) *bool { return &c.Secret.HashSuffix })},
	{"secret.labels", "added to the Secret", stringsMap,
		stringMap(func(c *Settings) *map[string]string { return &c.Secret.Labels })},
	{"secret.annotations", "added to the Secret", stringsMap,
		stringMap(func(c *Settings) *map[string]string { return &c.Secret.Annotations })},
	{"secret.immutable", "makes the Secret immutable", boolean.with(false),
		flag(func(c *Settings) *bool { return &c.Secret.Immutable })},

	{"externalSecret.secretStoreRef.kind", "the kind of the store", oneOf("ClusterSecretStore", "SecretStore").with("ClusterSecretStore"),
		text(func(c *Settings) *string { return &c.External.StoreKind })},
	{"externalSecret.secretStoreRef.name", "the store", subdomain,
		text(func(c *Settings) *string { return &c.External.StoreName })},
	{"externalSecret.remoteKey", "the secret in the store", nonEmpty,
		text(func(c *Settings) *string { return &c.External.RemoteKey })},
	{"externalSecret.usernameProperty", "the property that has the user name", nonEmpty.with(defaultUsernameProperty),
		text(func(c *Settings) *string { return &c.External.UsernameProperty })},
	{"externalSecret.passwordProperty", "the property that has the password", nonEmpty.with(defaultPasswordProperty),
		text(func(c *Settings) *string { return &c.External.PasswordProperty })},
	{"externalSecret.server", "the registry", server.with(pull.DockerHub),
		text(func(c *Settings) *string { return &c.External.Server })},
	{"externalSecret.registries", "instead of one server: several, each with its own remoteKey and properties", remoteRegistriesSchema,
		entries("a server and a remoteKey", func(c *Settings) *[]RemoteLogin { return &c.External.Registries }, remoteLoginFields)},
	{"externalSecret.refreshInterval", "how often the store is asked", duration.with("1h"),
		text(func(c *Settings) *string { return &c.External.RefreshInterval })},
}

// What some of the fields may be set to.
var (
	modes             = []string{string(ModeAdd), string(ModeCheck), string(ModeAudit)}
	onMissingPolicies = []string{string(PolicyError), string(PolicyWarn), string(PolicyIgnore)}
	preflightPolicies = []string{string(PolicyStrict), string(PolicyError), string(PolicyWarn), string(PolicyIgnore)}
)

// fieldAt returns the field with a path, nil if there is none.
func fieldAt(path string) *field {
	if i := slices.IndexFunc(fields, func(f field) bool { return f.path == path }); i >= 0 {
		return &fields[i]
	}
	return nil
}

// fallback returns the default of the field as it is written in an argument, empty
// if there is none.
func (f field) fallback() string {
	switch value := f.schema["default"].(type) {
	case nil:
		return ""
	case []string:
		return strings.Join(value, ",")
	default:
		return fmt.Sprint(value)
	}
}

// A value is what a field is set to.
type value struct {
	node *yaml.Node
	// asText is true in a ConfigMap and in arguments, where values are strings,
	// whatever they mean. kpt leaves the numbers and booleans of a ConfigMap in a
	// file as they are, so those are taken there, too.
	asText bool
}

// What is said of values of the wrong type. None quotes the value.
const (
	notAString  = "is not a string: put it in quotes"
	isEmpty     = "is empty: is a variable not set?"
	notABoolean = "is neither true nor false"
	notAMap     = "is not a map of strings"
)

// string returns the string that v is.
func (v value) string() (s, wrong string) {
	if v.node.Kind != yaml.ScalarNode || v.node.ShortTag() == "!!null" {
		return "", notAString
	}
	if v.node.ShortTag() != "!!str" && (!v.asText || v.node.ShortTag() == "!!float" || v.node.ShortTag() == "!!timestamp") {
		return "", notAString
	}
	return v.node.Value, ""
}

// text returns the setter of a string that must not be empty: an empty one is
// most often a variable that a pipeline did not set.
func text(at func(*Settings) *string) func(*Settings, value) string {
	return func(c *Settings, v value) string {
		s, wrong := v.string()
		if wrong == "" && s == "" {
			wrong = isEmpty
		}
		*at(c) = s
		return wrong
	}
}

func optionalText(at func(*Settings) *string) func(*Settings, value) string {
	return func(c *Settings, v value) string {
		if v.node.ShortTag() == "!!null" {
			return ""
		}
		s, wrong := v.string()
		*at(c) = s
		return wrong
	}
}

func flag(at func(*Settings) *bool) func(*Settings, value) string {
	return func(c *Settings, v value) string {
		isBool := v.node.ShortTag() == "!!bool" || v.asText && v.node.ShortTag() == "!!str"
		if v.node.Kind != yaml.ScalarNode || !isBool || v.node.Value != "true" && v.node.Value != "false" {
			return notABoolean
		}
		*at(c) = v.node.Value == "true"
		return ""
	}
}

// stringMap returns the setter of a map. In a ConfigMap each entry has a key of
// its own there, secret.labels.NAME, and they arrive here as one mapping.
func stringMap(at func(*Settings) *map[string]string) func(*Settings, value) string {
	return func(c *Settings, v value) string {
		if v.node.ShortTag() == "!!null" {
			return ""
		}
		if v.node.Kind != yaml.MappingNode {
			return notAMap
		}
		m := map[string]string{}
		for i := 0; i+1 < len(v.node.Content); i += 2 {
			s, wrong := value{v.node.Content[i+1], v.asText}.string()
			if wrong != "" || v.node.Content[i].ShortTag() != "!!str" {
				return notAMap
			}
			m[v.node.Content[i].Value] = s
		}
		*at(c) = m
		return ""
	}
}

// choice returns the setter of a string that is one of the choices.
func choice(choices []string, set func(*Settings, string)) func(*Settings, value) string {
	return func(c *Settings, v value) string {
		s, wrong := v.string()
		if wrong != "" {
			return wrong
		}
		if !slices.Contains(choices, s) {
			return strings.TrimSuffix(quotedIfNear(s, choices)+"is none of "+strings.Join(choices, ", ")+": "+strings.TrimSuffix(didYouMean(s, choices), " "), ": ")
		}
		set(c, s)
		return ""
	}
}

// list returns the setter of a list of strings, which as text has commas between them.
func list(at func(*Settings) *[]string) func(*Settings, value) string {
	return func(c *Settings, v value) string {
		var all []string
		switch v.node.Kind {
		case yaml.ScalarNode:
			s, wrong := v.string()
			if wrong != "" {
				return wrong
			}
			for entry := range strings.SplitSeq(s, ",") {
				all = append(all, strings.TrimSpace(entry))
			}
		case yaml.SequenceNode:
			for _, entry := range v.node.Content {
				s, wrong := (value{entry, v.asText}).string()
				if wrong != "" {
					return "has an entry that " + wrong
				}
				all = append(all, s)
			}
		default:
			return "is neither a list nor a string"
		}
		if slices.Contains(all, "") {
			return "has an entry that " + isEmpty
		}
		*at(c) = all
		return ""
	}
}

// closest returns that of the choices which misspelt most likely means, empty
// if none is near. Both the whole and what stands behind the last dot count.
func closest(misspelt string, choices []string) string {
	best, bestDistance := "", 1+max(2, len(misspelt)/3)
	for _, choice := range choices {
		d := min(distance(misspelt, choice), distance(lastPart(misspelt), lastPart(choice))+1)
		if d < bestDistance {
			best, bestDistance = choice, d
		}
	}
	return best
}

// isNearly reports whether path is known with some characters wrong, too few to
// be a secret.
func isNearly(path, known string) bool {
	nearly := func(a, b string) bool { return distance(a, b) <= min(3, 1+len(b)/4) }
	parent := strings.TrimSuffix(path, lastPart(path))
	return known != "" && (nearly(path, known) || (parent == "" || parent == "secret.") && nearly(lastPart(path), lastPart(known)))
}

func distance(a, b string) int {
	return levenshtein.Distance(strings.ToLower(a), strings.ToLower(b), nil)
}

func lastPart(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// FieldPaths returns the paths of all fields.
func FieldPaths() []string {
	var paths []string
	for _, f := range fields {
		paths = append(paths, f.path)
	}
	return paths
}
