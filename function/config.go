// SPDX-License-Identifier: Apache-2.0

package function

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/wire"
)

// A Config is where settings come from that do not come along with a ResourceList:
// arguments, or a file. Nil means none.
type Config struct {
	object   *fn.KubeObject
	settings Settings
	problems problems
}

// FromArguments returns the configuration that arguments of the form field=value make,
// nil if there are none. The error names the place of the argument that is wrong, and
// not the argument, which may be a password. What the fields say is judged by Run.
func FromArguments(arguments []string) (*Config, error) {
	if len(arguments) == 0 {
		return nil, nil
	}
	data := map[string]string{}
	for i, argument := range arguments {
		key, value, ok := strings.Cut(argument, "=")
		if !ok {
			return nil, fmt.Errorf("argument %d has no \"=\": write field=value, such as secretName=regcred", i+1)
		}
		if !utf8.ValidString(argument) {
			return nil, fmt.Errorf("argument %d is not UTF-8", i+1)
		}
		if _, twice := data[key]; twice {
			return nil, fmt.Errorf("argument %d sets a field again", i+1)
		}
		data[key] = value
	}
	text := func(s string) *yaml.Node { return yaml.NewStringRNode(s).YNode() }
	mapping := func(content ...*yaml.Node) *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode, Content: content} }
	values := mapping()
	for _, key := range slices.Sorted(maps.Keys(data)) {
		values.Content = append(values.Content, text(key), text(data[key]))
	}
	return newConfig(wire.KubeObject(mapping(
		text("apiVersion"), text("v1"), text("kind"), text("ConfigMap"),
		text("metadata"), mapping(text("name"), text("arguments")),
		text("data"), values,
	))), nil
}

// FromFile returns the configuration that the text of a file holds: one object. The
// error quotes nothing of it.
func FromFile(text []byte) (*Config, error) {
	o, err := wire.ParseObject(text)
	if err != nil {
		return nil, fmt.Errorf("is not one YAML object of kind %s or ConfigMap: %w", Kind, err)
	}
	return newConfig(o), nil
}

func newConfig(o *fn.KubeObject) *Config {
	c := &Config{object: o}
	c.settings, c.problems = parseSettings(o)
	return c
}

// SecretPath returns the file that the Secret goes into, empty if there is none, or the
// configuration is wrong.
func (c *Config) SecretPath() string {
	if c == nil || len(c.problems) > 0 || c.settings.Secret == nil {
		return ""
	}
	return c.settings.Secret.Path
}

// hasSettings reports whether the functionConfig o sets anything. `kpt fn eval`
// always sends a ConfigMap, with empty data if it has no arguments.
func hasSettings(o *fn.KubeObject) bool {
	if o.GetKind() != "ConfigMap" {
		return !o.IsEmpty()
	}
	data, _, err := o.NestedStringMap("data")
	return err != nil || len(data) > 0
}
