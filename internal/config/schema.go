// SPDX-License-Identifier: Apache-2.0

package config

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// A schema is a part of an OpenAPI v3 schema, which is also a JSON schema.
type schema map[string]any

// with returns a copy of the schema with one more property.
func (s schema) with(key string, value any) schema {
	s = maps.Clone(s)
	s[key] = value
	return s
}

func oneOf(values ...string) schema { return schema{"type": "string", "enum": values} }

// The schemas of values. They accept every valid value. They cannot check everything: only the
// function knows, for example, whether a regular expression is valid.
var (
	anyString   = schema{"type": "string"}
	nonEmpty    = schema{"type": "string", "minLength": 1}
	subdomain   = schema{"type": "string", "pattern": `^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`, "maxLength": 253}
	label       = schema{"type": "string", "pattern": `^([a-z0-9]([-a-z0-9]*[a-z0-9])?)?$`, "maxLength": 63}
	packagePath = schema{"type": "string", "pattern": `^([^/.][^/]*(/[^/.][^/]*)*\.ya?ml)?$`}
	duration    = schema{"type": "string", "pattern": `^([0-9.]+(ns|us|µs|ms|s|m|h))+$`}
	date        = schema{"type": "string", "pattern": `^([0-9]{4}-[0-9]{2}-[0-9]{2})?$`}
	server      = schema{
		"type": "string", "pattern": `^(https?://)?[A-Za-z0-9*.:\[\]_-]+(/[^@?#\s]*)?$`,
		"not": schema{"anyOf": []schema{
			{"pattern": `/v[12]$`},
			{"pattern": `^(https?://)?(hub|auth|www|\*)\.docker\.(io|com)([:/]|$)`},
			{"pattern": `^(https?://)?(docker\.com|docker\.io:[0-9]+)([:/]|$)`},
			{"pattern": `^(https?://)?([A-Z][a-zA-Z]*\.)?(D[a-zA-Z]*|docker)\.IO?([:/]|$)`},
		}},
	}
)

// formats has the schema for each value of the tag "is" of a field.
var formats = map[string]schema{"": nonEmpty, "text": anyString, "subdomain": subdomain, "label": label, "packagePath": packagePath, "duration": duration, "server": server, "date": date, "glob": nonEmpty}

// schemaOf returns the schema of a field, with its default.
func schemaOf(f field) (s schema) {
	var fallback any = f.fallback()
	switch f.kind {
	case reflect.TypeFor[bool]():
		s, fallback = schema{"type": "boolean"}, f.fallback() == "true"
	case reflect.TypeFor[[]string]():
		s, fallback = schema{"oneOf": []schema{nonEmpty, {"type": "array", "items": formats[f.tag.Get("is")]}}}, strings.Split(f.fallback(), ",")
	case reflect.TypeFor[map[string]string]():
		s = schema{"type": "object", "additionalProperties": anyString}
	case reflect.TypeFor[[]Target]():
		s = schema{"oneOf": []schema{nonEmpty, {"type": "array", "minItems": 1, "items": schema{"oneOf": []schema{nonEmpty, {
			"type": "object", "additionalProperties": false, "minProperties": 1,
			"properties": propertiesOf(fieldsOf[targetEntry](), nil).with("preset", oneOf(presetNames()...)),
		}}}}}}
	case reflect.TypeFor[[]Exception]():
		s = listOf(f.path, fieldsOf[Exception]()).with("minItems", 0)
	case reflect.TypeFor[[]Login]():
		s = listOf(f.path, fieldsOf[Login]())
	case reflect.TypeFor[[]RemoteLogin]():
		s = listOf(f.path, fieldsOf[RemoteLogin]())
	default:
		s = formats[f.tag.Get("is")]
		if choices := f.choices(); choices != nil {
			s = oneOf(choices...)
		}
	}
	if f.fallback() != "" {
		return s.with("default", fallback)
	}
	return s
}

// listOf returns the schema of the list at a path. Its entries have the fields.
func listOf(path string, fields []field) schema {
	entry := block(path)
	entry["properties"] = propertiesOf(fields, requiredIn(path))
	return schema{"type": "array", "minItems": 1, "items": entry}
}

// propertiesOf returns the schemas of the fields of an entry. A required field has no default.
func propertiesOf(fields []field, required []string) schema {
	properties := schema{}
	for _, f := range fields {
		if s := schemaOf(f); slices.Contains(required, f.path) {
			properties[f.path] = formats[f.tag.Get("is")]
		} else {
			properties[f.path] = s
		}
	}
	return properties
}

// requiredIn returns the fields that a block, or an entry of a list, must have.
func requiredIn(path string) []string {
	required, _ := blocks[path]["required"].([]string)
	return required
}

// blocks has the rules for blocks of fields that no schema of one field can express.
var blocks = map[string]schema{
	"secret": {
		"oneOf": []schema{
			{"required": []string{"dockerConfigFile"}, "not": schema{"anyOf": requiring("usernameEnv", "usernameFile", "username", "passwordEnv", "passwordFile", "password", "email", "registries")}},
			{"required": []string{"registries"}, "not": schema{"anyOf": requiring("server", "usernameEnv", "usernameFile", "username", "passwordEnv", "passwordFile", "password", "dockerConfigFile")}},
			{"not": schema{"anyOf": requiring("dockerConfigFile", "registries")}, "allOf": oneSourceEach},
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
	"externalSecret.registries":     {"required": []string{"server", "remoteKey"}},
	"audit.exceptions":              {"required": []string{"reason"}},
	"secret.registries":             {"required": []string{"server"}, "allOf": oneSourceEach},
}

// oneSourceEach has the rules for the user name and password of a login.
var oneSourceEach = []schema{
	{"oneOf": requiring("usernameEnv", "usernameFile", "username")},
	{"oneOf": requiring("passwordEnv", "passwordFile", "password")},
}

// requiring returns, for each of the fields, a schema that requires it.
func requiring(fields ...string) (schemas []schema) {
	for _, f := range fields {
		schemas = append(schemas, schema{"required": []string{f}})
	}
	return schemas
}

// specSchema returns the schema of spec.
func specSchema() schema {
	spec := block("")
	spec["not"] = schema{"required": []string{"secret", "externalSecret"}}
	for _, f := range fields {
		parent, path := spec, ""
		names := strings.Split(f.path, ".")
		for _, name := range names[:len(names)-1] {
			path = strings.TrimPrefix(path+"."+name, ".")
			properties := parent["properties"].(schema)
			if properties[name] == nil {
				properties[name] = block(path)
			}
			parent = properties[name].(schema)
		}
		parent["properties"].(schema)[names[len(names)-1]] = schemaOf(f).with("description", f.about)
	}
	return spec
}

func block(path string) schema {
	s := schema{"type": "object", "additionalProperties": false, "properties": schema{}}
	maps.Copy(s, blocks[path])
	return s
}

// Schema returns the OpenAPI v3 schema of a CalicoPullSecrets, as a KRMFunctionDefinition wants it.
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

// JSONSchema returns it as a JSON schema for editors.
func JSONSchema() []byte {
	s := Schema()
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = "Configuration of calico-pull-secrets"
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic(err) // JSON can express everything in it
	}
	return append(text, '\n')
}
