// SPDX-License-Identifier: Apache-2.0

package function

import (
	"slices"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"calico-pull-secrets/internal/registry"
)

// ParseConfig reads the configuration of the function. It accepts
//
//  1. no object, or an empty one: the defaults;
//  2. kind CalicoPullSecrets, with the settings below spec;
//  3. kind ConfigMap, with the dotted path of a setting as key of its data
//     (kpt makes one of the arguments of `kpt fn eval -- secretName=regcred`).
//
// Settings that do not exist, have the wrong type, are missing or contradict
// each other are errors, reported all at once: the error is a fn.Results. It
// quotes no value of a setting that may be secret.
func ParseConfig(o *fn.KubeObject) (Config, error) {
	c := defaultConfig()
	if o == nil || o.IsEmpty() {
		return c, nil
	}
	p := decode(&c, o)
	p = append(p, c.validate().without(p)...)
	if len(p) > 0 {
		return Config{}, p.results(o)
	}
	return c, nil
}

// decode writes the settings of o to c.
func decode(c *Config, o *fn.KubeObject) problems {
	root, err := yaml.Parse(o.String())
	if err != nil {
		return problems{{check: checkConfig, text: "is not valid YAML"}}
	}
	var p problems
	d := decoder{values: map[string]value{}, problems: &p}
	switch kind := o.GetKind(); {
	case kind == Kind && o.GetAPIVersion() == APIVersion:
		p.onlyKeys(root.YNode(), "spec")
		d.quote = true
		if spec := root.Field("spec"); spec != nil {
			d.settings("", spec.Value.YNode())
		}
	case kind == Kind:
		p.add("", "apiVersion %s: kind %s has %s", quote(o.GetAPIVersion()), Kind, APIVersion)
	case kind == "ConfigMap":
		p.onlyKeys(root.YNode(), "data")
		if data := root.Field("data"); data != nil {
			d.data(data.Value.YNode())
		}
	case o.GetName() == "function-input":
		p.add("", "the first argument has no \"=\", so kpt took it for a kind: write -- secretName=regcred")
	default:
		p.add("", "kind %s: use %s (%s) or ConfigMap", quote(kind), Kind, APIVersion)
	}
	if d.has("secret") {
		c.Secret = &SecretConfig{}
		if _, fromFile := d.values["secret.dockerConfigFile"]; !fromFile {
			c.Secret.Server = registry.DockerHub
		}
	}
	if d.has("externalSecret") {
		c.External = &ExternalConfig{
			StoreKind: "ClusterSecretStore", UsernameProperty: "username", PasswordProperty: "password",
			Server: registry.DockerHub, RefreshInterval: "1h",
		}
	}
	for _, f := range fields {
		v, ok := d.values[f.path]
		if !ok {
			continue
		}
		if wrong := f.set(c, v); wrong != "" {
			p.add(f.path, "%s", wrong)
		}
	}
	return p
}

// A decoder collects the values of fields by their paths.
type decoder struct {
	values   map[string]value
	blocks   []string // of fields that are there, even if empty: secret
	quote    bool     // unknown fields are no arguments, so they can be quoted
	problems *problems
}

// has reports whether a block of fields is there.
func (d *decoder) has(block string) bool { return slices.Contains(d.blocks, block) }

// isBlock reports whether there are fields below path.
func isBlock(path string) bool {
	return slices.ContainsFunc(fields, func(f field) bool { return strings.HasPrefix(f.path, path+".") })
}

// settings collects what the mapping n has below the path prefix.
func (d *decoder) settings(prefix string, n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		if prefix != "" || n.ShortTag() != "!!null" {
			path := strings.TrimSuffix(prefix, ".")
			if path == "" {
				path = "/spec"
			}
			d.problems.add(path, "is not a mapping")
		}
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		path, v := prefix+n.Content[i].Value, n.Content[i+1]
		switch {
		case slices.Contains(fieldPaths(), path):
			d.values[path] = value{node: v}
		case isBlock(path):
			d.blocks = append(d.blocks, path)
			d.settings(path+".", v)
		default:
			d.unknown(path)
		}
	}
}

// data collects what a ConfigMap's data has. A key below a map, such as
// secret.labels.team, is an entry of that map.
func (d *decoder) data(n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		if n.ShortTag() != "!!null" {
			d.problems.add("/data", "is not a mapping")
		}
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		path, v := n.Content[i].Value, n.Content[i+1]
		block, _, _ := strings.Cut(path, ".")
		d.blocks = append(d.blocks, block)
		if slices.Contains(fieldPaths(), path) {
			d.values[path] = value{node: v, asText: true}
		} else if m, key, ok := cutMap(path); ok {
			if d.values[m].node == nil {
				d.values[m] = value{node: &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}, asText: true}
			}
			d.values[m].node.Content = append(d.values[m].node.Content,
				&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key}, v)
		} else {
			d.unknown(path)
		}
	}
}

// cutMap splits secret.labels.team into the path of a map and a key of it.
func cutMap(path string) (m, key string, ok bool) {
	for _, m := range []string{"secret.labels", "secret.annotations"} {
		if key, ok := strings.CutPrefix(path, m+"."); ok {
			return m, key, true
		}
	}
	return "", "", false
}

// unknown adds a problem for a field that there is none of. It is quoted only if
// it is nearly one: else it may be a token that was taken for a field, because
// base64 ends in =.
func (d *decoder) unknown(path string) {
	known := closest(path, fieldPaths())
	p := problem{check: checkConfig, text: "no such field: there are " + strings.Join(fieldPaths(), ", ")}
	if known != "" {
		p.meant, p.text = known, "no such field, did you mean "+known+"?"
	}
	if isNearly(path, known) || d.quote {
		p.field = path
	}
	*d.problems = append(*d.problems, p)
}

// onlyKeys adds a problem for each key of the object n that is neither one that
// all objects have nor the given one.
func (p *problems) onlyKeys(n *yaml.Node, key string) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		switch k := n.Content[i].Value; {
		case k == "apiVersion", k == "kind", k == "metadata", k == key:
		case slices.Contains(fieldPaths(), k), isBlock(k):
			p.add("/"+k, "stands beside %s: write it below %s", key, key)
		default:
			p.add("/"+k, "no such field: settings stand below %s", key)
		}
	}
}
