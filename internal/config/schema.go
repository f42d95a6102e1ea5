// SPDX-License-Identifier: Apache-2.0

package config

import (
	"encoding/json"
	"maps"
	"strings"
)

// A schema is a piece of an OpenAPI v3 schema, which is a JSON schema, too.
type schema map[string]any

// with returns the schema with a default.
func (s schema) with(value any) schema {
	s = maps.Clone(s)
	s["default"] = value
	return s
}

func oneOf(values ...string) schema { return schema{"type": "string", "enum": values} }

// The schemas of values. What they say of a value is true of every good one; what
// only the function can know, such as whether a regular expression is one, they
// leave to it.
var (
	anyString   = schema{"type": "string"}
	nonEmpty    = schema{"type": "string", "minLength": 1}
	boolean     = schema{"type": "boolean"}
	stringsMap  = schema{"type": "object", "additionalProperties": anyString}
	subdomain   = schema{"type": "string", "pattern": `^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`, "maxLength": 253}
	label       = schema{"type": "string", "pattern": `^([a-z0-9]([-a-z0-9]*[a-z0-9])?)?$`, "maxLength": 63}
	packagePath = schema{"type": "string", "pattern": `^([^/.][^/]*(/[^/.][^/]*)*\.ya?ml)?$`}
	duration    = schema{"type": "string", "pattern": `^([0-9.]+(ns|us|µs|ms|s|m|h))+$`}
	stringsList = schema{"oneOf": []schema{nonEmpty, {"type": "array", "items": nonEmpty}}}
	serversList = schema{"oneOf": []schema{nonEmpty, {"type": "array", "items": server}}}
	server      = schema{
		"type": "string", "pattern": `^(https?://)?[A-Za-z0-9*.:\[\]_-]+(/[^@?#\s]*)?$`,
		"not": schema{"anyOf": []schema{
			{"pattern": `/v[12]$`},
			{"pattern": `^(https?://)?(hub|auth|www|\*)\.docker\.(io|com)([:/]|$)`},
			{"pattern": `^(https?://)?(docker\.com|docker\.io:[0-9]+)([:/]|$)`},
			{"pattern": `^(https?://)?([A-Z][a-zA-Z]*\.)?(D[a-zA-Z]*|docker)\.IO?([:/]|$)`},
		}},
	}
	registriesSchema = schema{"type": "array", "minItems": 1, "items": schema{
		"type": "object", "additionalProperties": false, "required": []string{"server"},
		"properties": schema{
			"server": server, "username": nonEmpty, "usernameEnv": nonEmpty, "usernameFile": nonEmpty,
			"password": nonEmpty, "passwordEnv": nonEmpty, "passwordFile": nonEmpty,
		},
		"allOf": []schema{{"oneOf": requiring("usernameEnv", "usernameFile", "username")}, {"oneOf": requiring("passwordEnv", "passwordFile", "password")}},
	}}
	remoteRegistriesSchema = schema{"type": "array", "minItems": 1, "items": schema{
		"type": "object", "additionalProperties": false, "required": []string{"server", "remoteKey"},
		"properties": schema{"server": server, "remoteKey": nonEmpty, "usernameProperty": nonEmpty.with(defaultUsernameProperty), "passwordProperty": nonEmpty.with(defaultPasswordProperty)},
	}}
	targetsSchema = schema{
		"default": "calico-node",
		"oneOf": []schema{
			nonEmpty,
			{"type": "array", "minItems": 1, "items": schema{
				"type": "object", "additionalProperties": false, "minProperties": 1,
				"properties": schema{
					"preset": schema{"type": "string", "enum": presetNames()}, "registry": nonEmpty,
					"group": nonEmpty, "version": nonEmpty, "kind": nonEmpty, "name": nonEmpty, "namespace": nonEmpty, "labelSelector": nonEmpty,
				},
			}},
		},
	}
)

// blocks say of the blocks of fields what no single field can.
var blocks = map[string]schema{
	"secret": {
		"oneOf": []schema{
			{"required": []string{"dockerConfigFile"}, "not": schema{"anyOf": requiring("usernameEnv", "usernameFile", "username", "passwordEnv", "passwordFile", "password", "email", "registries")}},
			{"required": []string{"registries"}, "not": schema{"anyOf": requiring("server", "usernameEnv", "usernameFile", "username", "passwordEnv", "passwordFile", "password", "dockerConfigFile")}},
			{"not": schema{"anyOf": requiring("dockerConfigFile", "registries")}, "allOf": []schema{
				{"oneOf": requiring("usernameEnv", "usernameFile", "username")},
				{"oneOf": requiring("passwordEnv", "passwordFile", "password")},
			}},
		},
	},
	"externalSecret": {
		"required": []string{"secretStoreRef"},
		"oneOf": []schema{
			{"required": []string{"remoteKey"}, "not": schema{"anyOf": requiring("registries")}},
			{"required": []string{"registries"}, "not": schema{"anyOf": requiring("server", "remoteKey", "usernameProperty", "passwordProperty")}},
		},
	},
	"externalSecret.secretStoreRef": {"required": []string{"name"}},
}

// requiring returns a schema for each of the fields, which requires it.
func requiring(fields ...string) (schemas []schema) {
	for _, f := range fields {
		schemas = append(schemas, schema{"required": []string{f}})
	}
	return schemas
}

// specSchema returns the schema of what stands below spec.
func specSchema() schema {
	spec := block("")
	spec["not"] = schema{"required": []string{"secret", "externalSecret"}}
	for _, f := range fields {
		at, path := spec, ""
		names := strings.Split(f.path, ".")
		for _, name := range names[:len(names)-1] {
			path = strings.TrimPrefix(path+"."+name, ".")
			properties := at["properties"].(schema)
			if properties[name] == nil {
				properties[name] = block(path)
			}
			at = properties[name].(schema)
		}
		s := maps.Clone(f.schema)
		s["description"] = f.about
		at["properties"].(schema)[names[len(names)-1]] = s
	}
	return spec
}

func block(path string) schema {
	s := schema{"type": "object", "additionalProperties": false, "properties": schema{}}
	maps.Copy(s, blocks[path])
	return s
}

// Schema returns the schema of a CalicoPullSecrets: that of an OpenAPI v3
// document, which a KRMFunctionDefinition wants.
func Schema() map[string]any {
	return schema{
		"type":     "object",
		"required": []string{"apiVersion", "kind"},
		"properties": schema{
			"apiVersion": oneOf(APIVersion),
			"kind":       oneOf(Kind),
			"metadata":   schema{"type": "object"},
			"spec":       specSchema(),
		},
		"additionalProperties": false,
	}
}

// JSONSchema returns the same as a JSON schema for editors.
func JSONSchema() []byte {
	s := Schema()
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = "Configuration of calico-pull-secrets"
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic(err) // there is nothing in it that JSON does not know
	}
	return append(text, '\n')
}
