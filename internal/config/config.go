// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/wire"
)

// Given is where settings come from that do not come along with a ResourceList:
// arguments, or a file. Nil means none.
type Given struct {
	Object   *fn.KubeObject
	Settings Settings
	Problems Problems // what is wrong with it; then the settings do not count
}

// FromArguments returns the configuration that arguments of the form field=value make,
// nil if there are none. The error names the place of the argument that is wrong, and
// not the argument, which may be a password. What the fields say is judged by Run.
func FromArguments(arguments []string) (*Given, error) {
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
		if _, isSet := data[key]; isSet {
			return nil, fmt.Errorf("argument %d sets a field again", i+1)
		}
		data[key] = value
	}
	o, err := fn.NewFromTypedObject(map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]string{"name": "arguments"}, "data": data})
	if err != nil {
		return nil, errors.New("the arguments cannot be written as YAML") // what they are is not told
	}
	return given(o), nil
}

// FromFile returns the configuration that the text of a file holds: one object. The
// error quotes nothing of it.
func FromFile(text []byte) (*Given, error) {
	o, err := wire.ParseObject(text)
	if err != nil {
		return nil, fmt.Errorf("is not one YAML object of kind %s or ConfigMap: %w", Kind, err)
	}
	return given(o), nil
}

func given(o *fn.KubeObject) *Given {
	c := &Given{Object: o}
	c.Settings, c.Problems = Parse(o)
	return c
}

// SecretPath returns the file that the Secret goes into, empty if there is none, or the
// configuration is wrong.
func (c *Given) SecretPath() string {
	if c == nil || len(c.Problems) > 0 || c.Settings.Secret == nil {
		return ""
	}
	return c.Settings.Secret.Path
}

// Mode returns the mode that is asked for, empty if there is none, or the configuration is
// wrong.
func (c *Given) Mode() Mode {
	if c == nil || len(c.Problems) > 0 {
		return ""
	}
	return c.Settings.Mode
}

// HasSettings reports whether the functionConfig o sets anything. `kpt fn eval`
// always sends a ConfigMap, with empty data if it has no arguments.
func HasSettings(o *fn.KubeObject) bool {
	if o.GetKind() != "ConfigMap" {
		return !o.IsEmpty()
	}
	data, _, err := o.NestedStringMap("data")
	return err != nil || len(data) > 0
}
