// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/wire"
)

// Given is a configuration from arguments or a file, and not from a ResourceList. nil means there
// is none.
type Given struct {
	Object   *fn.KubeObject
	Settings Settings
	Problems Problems // if there are any, Settings do not count
	// Loosens has the settings of a file that let more pass than the defaults do.
	Loosens []string
}

// FromArguments returns the configuration in arguments of the form field=value, nil if there are
// none. An error gives the position of the argument and does not quote it: it may be a password.
// Problems has the errors in the fields.
func FromArguments(arguments []string) (*Given, error) {
	if len(arguments) == 0 {
		return nil, nil
	}
	data := map[string]string{}
	for i, argument := range arguments {
		key, value, ok := strings.Cut(argument, "=")
		if !ok {
			return nil, finding.Errorf("argument %d has no \"=\"\nhint: write FIELD=VALUE, such as secretName=regcred", i+1)
		}
		if !utf8.ValidString(argument) {
			return nil, fmt.Errorf("argument %d is not UTF-8", i+1)
		}
		if _, isSet := data[key]; isSet {
			return nil, fmt.Errorf("argument %d sets a field again", i+1)
		}
		data[key] = value
	}
	o, err := fn.NewFromTypedObject(map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]string{"name": "arguments"}, "data": data})
	if err != nil {
		return nil, errors.New("the arguments cannot be written as YAML") // do not quote them
	}
	return given(o), nil
}

// FromFile returns the configuration in the text of a file, which must be one object. An error
// quotes nothing of it.
func FromFile(text []byte) (*Given, error) {
	o, err := wire.ParseObject(text)
	if err != nil {
		return nil, finding.Errorf("is not one YAML object of kind %s or ConfigMap: %v\nhint: --config takes a file with settings; name manifests without a flag", Kind, err)
	}
	g := given(o)
	if len(g.Problems) == 0 {
		g.Loosens = g.Settings.loosened()
	}
	return g, nil
}

// RepositoryFile is a file in the working folder. It says what the program checks and audits in a
// repository, and how strictly.
const RepositoryFile = ".calico-pull-secrets.yaml"

// Over returns the configuration of a repository, with each field that the arguments set replaced.
// arguments may be nil. A repository must not choose the mode, or which credential the program
// reads.
func (c *Given) Over(arguments *Given) *Given {
	d := newDecoder(c.Object)
	for _, path := range slices.Concat([]string{"mode"}, d.blocks) {
		if d.values[path].node != nil || isOptional(path) {
			c.Problems.Add(path, "cannot be in the configuration of a repository\nhint: write it into the file of --config, or as an argument")
		}
	}
	switch {
	case len(c.Problems) > 0 || arguments == nil:
		return c
	case len(arguments.Problems) > 0:
		return arguments
	}
	set := newDecoder(arguments.Object).values
	merged := &Given{Object: c.Object}
	merged.Settings, merged.Problems = newDecoder(c.Object, arguments.Object).parsed()
	for _, setting := range c.Loosens {
		if path, _, _ := strings.Cut(setting, "="); set[path].node == nil {
			merged.Loosens = append(merged.Loosens, setting)
		}
	}
	return merged
}

// loosened returns the settings that let more pass than the defaults do. It adds a value only if
// that is a word of the program.
func (s *Settings) loosened() (all []string) {
	var defaults Settings
	defaults, _ = Parse(nil)
	add := func(path string, isLoose bool) {
		if isLoose {
			all = append(all, path)
		}
	}
	add("audit.registries", !slices.Contains(s.Audited, "docker.io") && !slices.Contains(s.Audited, "*"))
	add("audit.exceptions", len(s.Exceptions) > 0)
	add("exclude", len(s.Exclude) > 0)
	add("secretName", s.SecretName != defaults.SecretName)
	add("servers", len(s.Servers) > 0)
	add("targets", !reflect.DeepEqual(s.Targets, defaults.Targets))
	add("onMissing="+string(s.OnMissing), s.OnMissing != defaults.OnMissing)
	add("preflight="+string(s.Preflight), s.Preflight == finding.PolicyIgnore)
	return all
}

func given(o *fn.KubeObject) *Given {
	c := &Given{Object: o}
	c.Settings, c.Problems = Parse(o)
	return c
}

// SecretPath returns the file for the Secret. It returns "" if none is set, or the configuration is
// wrong.
func (c *Given) SecretPath() string {
	if c == nil || len(c.Problems) > 0 || c.Settings.Secret == nil {
		return ""
	}
	return c.Settings.Secret.Path
}

// Mode returns the mode of the settings. It returns "" if there is no configuration, or it is
// wrong.
func (c *Given) Mode() Mode {
	if c == nil || len(c.Problems) > 0 {
		return ""
	}
	return c.Settings.Mode
}

// HasSettings reports whether the functionConfig o sets anything. `kpt fn eval` always sends a
// ConfigMap, with empty data if it has no arguments.
func HasSettings(o *fn.KubeObject) bool {
	if o.GetKind() != "ConfigMap" {
		return !o.IsEmpty()
	}
	data, _, err := o.NestedStringMap("data")
	return err != nil || len(data) > 0
}
