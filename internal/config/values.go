// SPDX-License-Identifier: Apache-2.0

package config

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/finding"
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
	errNoString  = errors.New("is not a string: put it in quotes")
	errEmpty     = errors.New("is empty: is a variable not set?")
	errNoBoolean = errors.New("is neither true nor false")
	errNoMap     = errors.New("is not a map of strings")
	errNoList    = errors.New("is neither a list nor a string")
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
	case err != nil:
		return "", err
	case choices != nil && !slices.Contains(choices, s):
		text := finding.ShowIfNear(s, choices) + "is none of " + strings.Join(choices, ", ")
		if question := finding.DidYouMean(s, choices); question != "" {
			text += ": " + strings.TrimSpace(question)
		}
		return "", errors.New(text)
	case s == "" && !mayBeEmpty:
		return "", errEmpty
	}
	return s, nil
}

func (v value) isNull() bool { return v.node.ShortTag() == "!!null" }

// string returns v as a string.
func (v value) string() (string, error) {
	tag := v.node.ShortTag()
	isText := tag == "!!str" || tag == "!!merge" // "<<" as a value; it merges only as a key
	isRaw := v.asText && (tag == "!!int" || tag == "!!bool")
	if v.node.Kind != yaml.ScalarNode || !isText && !isRaw {
		return "", errNoString
	}
	return v.node.Value, nil
}

func (v value) bool() (bool, error) {
	isBool := v.node.ShortTag() == "!!bool" || v.asText && v.node.ShortTag() == "!!str"
	if v.node.Kind != yaml.ScalarNode || !isBool || v.node.Value != "true" && v.node.Value != "false" {
		return false, errNoBoolean
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
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		s, err := value{v.node.Content[i+1], v.asText}.string()
		if err != nil || v.node.Content[i].ShortTag() != "!!str" {
			return nil, errNoMap
		}
		m[v.node.Content[i].Value] = s
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
			all = append(all, value{textNode(strings.TrimSpace(part)), true})
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

// entries returns v as a list of mappings, each with the fields of a T. An error names the problems
// of all entries.
func entries[T any](f field, v value) ([]T, error) {
	has := f.tag.Get("entries")
	switch {
	case f.tag.Get("empty") == "ok" && (v.isNull() || v.node.Kind == yaml.SequenceNode && len(v.node.Content) == 0):
		return nil, nil
	case v.node.Kind != yaml.SequenceNode:
		return nil, errors.New("is not a list: each entry has " + has)
	case len(v.node.Content) == 0:
		return nil, errors.New("is an empty list: leave it out, or write an entry")
	}
	fields, required := fieldsOf[T](), requiredIn(f.path)
	var all []T
	var problems []string
	for i, node := range v.node.Content {
		if node.Kind != yaml.MappingNode {
			problems = append(problems, fmt.Sprintf("[%d] is not a mapping with %s", i, has))
			continue
		}
		var entry T
		for _, f := range fields {
			if f.fallback() != "" && !slices.Contains(required, f.path) {
				f.in(&entry).SetString(f.fallback())
			}
		}
		for _, problem := range setEntry(&entry, fields, value{node, v.asText}) {
			problems = append(problems, fmt.Sprintf("[%d]%s", i, problem))
		}
		all = append(all, entry)
	}
	return all, joined(problems)
}

// joined returns an error with all problems, nil if there are none.
func joined(problems []string) error {
	if len(problems) == 0 {
		return nil
	}
	return errors.New(strings.Join(problems, "; "))
}

// setEntry sets the fields of an entry, which points to a struct of strings. It returns the
// problems of the mapping v, each for display after the place of the entry.
func setEntry(entry any, fields []field, v value) (problems []string) {
	names := pathsOf(fields)
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		key := v.node.Content[i].Value
		n := slices.Index(names, key)
		if n < 0 {
			hint := cmp.Or(finding.DidYouMean(key, names), "there are "+strings.Join(names, ", "))
			if known := lastPart(synonyms[strings.ToLower(key)]); slices.Contains(names, known) {
				hint = "did you mean " + known + "?"
			}
			quoted := strings.TrimSuffix(" "+finding.ShowIfNear(key, names), " ")
			problems = append(problems, fmt.Sprintf(": no such field%s: %s", quoted, strings.TrimSpace(hint)))
			continue
		}
		s, err := fields[n].string(value{v.node.Content[i+1], v.asText})
		if err != nil {
			problems = append(problems, fmt.Sprintf(".%s %v", key, err))
		}
		fields[n].in(entry).SetString(s)
	}
	return problems
}
