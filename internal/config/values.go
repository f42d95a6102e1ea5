// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/mapping"
)

// A value is the value of a field.
type value struct {
	node *yaml.Node
	// asText is true in a ConfigMap and in arguments, where every value is a string. kpt keeps
	// numbers and booleans in a ConfigMap from a file, so string accepts these there, too.
	asText bool
}

// The problems of values of the wrong type. None quotes the value.
var (
	errNoString = finding.Errorf("is not a string\nhint: put it in quotes")
	errNoText   = finding.Errorf("is a list or mapping instead of a string\nhint: write one text")
	errNull     = finding.Errorf("has no value\nhint: give it one, or leave the field out")
	errEmpty    = finding.Errorf("is empty\nhint: perhaps a shell variable is not set. For the default, leave the field out")
	errNoMap    = finding.Errorf("is not a map of strings\nhint: write name: value below it, or as an argument FIELD.NAME=VALUE")
	errNoList   = finding.Errorf("is neither a list nor a string\nhint: begin each entry with a dash, such as - docker.io")
)

// set sets the field, which is to, to v. An error quotes v only if it is nearly a valid value.
func (f field) set(to reflect.Value, v value) (err error) {
	switch to := to.Addr().Interface().(type) {
	case *bool:
		*to, err = v.bool()
	case *[]string:
		if f.tag.Get("empty") != "ok" || !v.isNull() {
			*to, err = v.list()
		}
	case *map[string]string:
		*to, err = v.strings()
	case *[]Target:
		*to, err = v.targets()
	case *[]Exception:
		*to, err = entries[Exception](f, v)
	case *[]Login:
		*to, err = entries[Login](f, v)
	case *[]RemoteLogin:
		*to, err = entries[RemoteLogin](f, v)
	default: // a string, or a type of one
		var s string
		s, err = f.string(v)
		reflect.ValueOf(to).Elem().SetString(s)
	}
	return err
}

// string returns v as a string, if the field allows it. An empty string is an error unless the
// field may be empty: most often a pipeline did not set a variable.
func (f field) string(v value) (string, error) {
	mayBeEmpty := f.tag.Get("empty") == "ok"
	if mayBeEmpty && v.isNull() {
		return "", nil
	}
	if f.tag.Get("is") == "date" && v.node.ShortTag() == "!!timestamp" { // without quotes
		return v.node.Value, nil
	}
	s, err := v.string()
	switch choices := f.choices(); {
	case choices != nil && errors.Is(err, errNoString):
		return "", notAmong(v.node.Value, choices)
	case err != nil:
		return "", err
	case s == "" && !mayBeEmpty:
		return "", errEmpty
	case choices != nil && !slices.Contains(choices, s):
		return "", notAmong(s, choices)
	}
	return s, nil
}

func (v value) isNull() bool { return mapping.IsNull(v.node) }

// string returns v as a string.
func (v value) string() (string, error) {
	tag := v.node.ShortTag()
	isText := tag == "!!str" || tag == "!!merge" // "<<" as a value; it merges only as a key
	isRaw := v.asText && (tag == "!!int" || tag == "!!bool")
	switch {
	case v.node.Kind != yaml.ScalarNode:
		return "", errNoText
	case v.isNull():
		return "", errNull
	case !isText && !isRaw:
		return "", errNoString
	}
	return v.node.Value, nil
}

func (v value) bool() (bool, error) {
	isBool := v.node.ShortTag() == "!!bool" || v.asText && v.node.ShortTag() == "!!str"
	if v.node.Kind != yaml.ScalarNode || !isBool || v.node.Value != "true" && v.node.Value != "false" {
		return false, notAmong(v.node.Value, []string{"true", "false"})
	}
	return v.node.Value == "true", nil
}

// strings returns v as a map of strings.
func (v value) strings() (map[string]string, error) {
	switch {
	case v.isNull():
		return nil, nil
	case v.node.Kind != yaml.MappingNode:
		return nil, errNoMap
	}
	m := map[string]string{}
	for key, node := range mapping.Entries(v.node) {
		s, err := value{node, v.asText}.string()
		if err != nil || !mapping.IsString(key) {
			return nil, errNoMap
		}
		m[key.Value] = s
	}
	return m, nil
}

// elements returns the elements of a list. In a string, commas separate them.
func (v value) elements() ([]value, error) {
	var all []value
	switch v.node.Kind {
	case yaml.ScalarNode:
		s, err := v.string()
		if err != nil {
			return nil, err
		}
		for part := range strings.SplitSeq(s, ",") {
			all = append(all, value{mapping.Scalar(strings.TrimSpace(part)), true})
		}
	case yaml.SequenceNode:
		for _, node := range v.node.Content {
			all = append(all, value{node, v.asText})
		}
	default:
		return nil, errNoList
	}
	return all, nil
}

// meantValues are words, in lower case, that people write for other words of a closed choice.
var meantValues = map[string][]string{
	"warning": {"warn"}, "warnings": {"warn"}, "warn-only": {"warn"},
	"fail": {"error"}, "fatal": {"error"}, "enforce": {"error"}, "deny": {"error"}, "block": {"error"},
	"skip": {"ignore"}, "none": {"ignore"}, "off": {"false", "ignore"}, "no": {"false", "ignore"}, "0": {"false"}, "disabled": {"ignore"},
	"true": {"error"}, "false": {"ignore"}, "yes": {"true", "error"}, "on": {"true", "error"}, "1": {"true"}, "enabled": {"error"},
	"dry-run": {"check"}, "dryrun": {"check"}, "diff": {"check"}, "validate": {"check"}, "verify": {"check"}, "lint": {"check"},
	"scan": {"audit"}, "report": {"audit"}, "delete": {"remove"}, "undo": {"remove"}, "uninstall": {"remove"},
	"write": {changing}, "apply": {changing}, "fix": {changing}, "patch": {changing}, "inject": {changing},
}

// changing is what people mean who want the files changed.
const changing = "add, or leave mode out; the flag --write changes files"

// notAmong returns the error for a value that is none of the choices. It shows the value only if it
// is nearly one, or a known synonym.
func notAmong(value string, choices []string) error {
	list := strings.Join(choices[:len(choices)-1], ", ") + " or " + choices[len(choices)-1]
	for _, meant := range meantValues[strings.ToLower(value)] {
		if choice, _, _ := strings.Cut(meant, ","); slices.Contains(choices, choice) {
			return finding.Errorf("%q is not %s\nhint: write %s", value, list, meant)
		}
	}
	if first := strings.FieldsFunc(value, func(r rune) bool { return r == ' ' || r == ',' }); len(first) > 1 && slices.Contains(choices, first[0]) {
		return finding.Errorf("contains more than %s\nhint: write the rest as an argument of its own, without quotes around both", first[0])
	}
	if quoted := finding.ShowIfNear(value, choices); quoted != "" {
		return finding.Errorf("%sis not %s\nhint: %s", quoted, list, strings.TrimSpace(finding.DidYouMean(value, choices)))
	}
	return finding.Errorf("is not an allowed value\nhint: write %s", list)
}

// list returns v as a list of strings.
func (v value) list() (all []string, err error) {
	elements, err := v.elements()
	for _, element := range elements {
		s, err := element.string()
		if err == nil && s == "" {
			err = errEmpty
		}
		if err != nil {
			return nil, fmt.Errorf("has an entry that %w", err)
		}
		all = append(all, s)
	}
	return all, err
}
