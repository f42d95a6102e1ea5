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

// A value is what a field is set to.
type value struct {
	node *yaml.Node
	// asText is true in a ConfigMap and in arguments, where values are strings,
	// whatever they mean. kpt leaves the numbers and booleans of a ConfigMap in a
	// file as they are, so those are taken there, too.
	asText bool
}

// What is said of values of the wrong type. None quotes the value.
var (
	errNoString  = errors.New("is not a string: put it in quotes")
	errEmpty     = errors.New("is empty: is a variable not set?")
	errNoBoolean = errors.New("is neither true nor false")
	errNoMap     = errors.New("is not a map of strings")
	errNoList    = errors.New("is neither a list nor a string")
)

// set sets the field, which is to, to v. The error quotes nothing of v that may be secret.
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

// string returns the string that v is, and that the field may be. An empty one is most
// often a variable that a pipeline did not set.
func (f field) string(v value) (string, error) {
	mayBeEmpty := f.tag.Get("empty") == "ok"
	if mayBeEmpty && v.isNull() {
		return "", nil
	}
	if f.tag.Get("is") == "date" && v.node.ShortTag() == "!!timestamp" { // not in quotes
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

// string returns the string that v is.
func (v value) string() (string, error) {
	tag := v.node.ShortTag()
	isText := tag == "!!str" || tag == "!!merge" // <<, which merges as a key only
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

// strings returns a map.
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

// elements returns the elements of a list, which as text has commas between them.
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

// list returns a list of strings.
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

// entries returns a list of mappings, each with the fields of a T. It says of all entries
// at once what is wrong.
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

// joined returns an error that says all problems, nil if there are none.
func joined(problems []string) error {
	if len(problems) == 0 {
		return nil
	}
	return errors.New(strings.Join(problems, "; "))
}

// setEntry sets the fields of an entry, a pointer to a struct of strings, and returns what
// is wrong with a mapping, to be read behind the place of the entry.
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
