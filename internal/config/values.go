// SPDX-License-Identifier: Apache-2.0

package config

import (
	"cmp"
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
const (
	notAString  = "is not a string: put it in quotes"
	isEmpty     = "is empty: is a variable not set?"
	notABoolean = "is neither true nor false"
	notAMap     = "is not a map of strings"
)

// set sets the field, which is to, to v. It returns what is wrong with v, empty if it is
// fine, and quotes nothing of it that may be secret.
func (f field) set(to reflect.Value, v value) (wrong string) {
	switch to := to.Addr().Interface().(type) {
	case *bool:
		*to, wrong = v.bool()
		return wrong
	case *[]string:
		*to, wrong = v.list()
		return wrong
	case *map[string]string:
		*to, wrong = v.strings()
		return wrong
	case *[]Target:
		*to, wrong = v.targets()
		return wrong
	case *[]Login:
		*to, wrong = entries[Login](f, v)
		return wrong
	case *[]RemoteLogin:
		*to, wrong = entries[RemoteLogin](f, v)
		return wrong
	}
	s, wrong := f.string(v)
	to.SetString(s)
	return wrong
}

// string returns the string that v is. An empty one is most often a variable that a
// pipeline did not set.
func (f field) string(v value) (s, wrong string) {
	isOptional := f.tag.Get("empty") == "ok"
	if isOptional && v.isNull() {
		return "", ""
	}
	s, wrong = v.string()
	switch choices := f.choices(); {
	case wrong != "":
	case choices != nil && !slices.Contains(choices, s):
		wrong = strings.TrimSuffix(finding.ShowIfNear(s, choices)+"is none of "+strings.Join(choices, ", ")+": "+strings.TrimSuffix(finding.DidYouMean(s, choices), " "), ": ")
	case s == "" && !isOptional:
		wrong = isEmpty
	}
	return s, wrong
}

func (v value) isNull() bool { return v.node.ShortTag() == "!!null" }

// string returns the string that v is.
func (v value) string() (s, wrong string) {
	tag := v.node.ShortTag()
	isText := tag == "!!str" || tag == "!!merge" // <<, which merges as a key only
	isRaw := v.asText && (tag == "!!int" || tag == "!!bool")
	if v.node.Kind != yaml.ScalarNode || !isText && !isRaw {
		return "", notAString
	}
	return v.node.Value, ""
}

func (v value) bool() (b bool, wrong string) {
	isBool := v.node.ShortTag() == "!!bool" || v.asText && v.node.ShortTag() == "!!str"
	if v.node.Kind != yaml.ScalarNode || !isBool || v.node.Value != "true" && v.node.Value != "false" {
		return false, notABoolean
	}
	return v.node.Value == "true", ""
}

// strings returns a map.
func (v value) strings() (m map[string]string, wrong string) {
	switch {
	case v.isNull():
		return nil, ""
	case v.node.Kind != yaml.MappingNode:
		return nil, notAMap
	}
	m = map[string]string{}
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		s, wrong := value{v.node.Content[i+1], v.asText}.string()
		if wrong != "" || v.node.Content[i].ShortTag() != "!!str" {
			return nil, notAMap
		}
		m[v.node.Content[i].Value] = s
	}
	return m, ""
}

// list returns a list of strings, which as text has commas between them.
func (v value) list() (all []string, wrong string) {
	switch v.node.Kind {
	case yaml.ScalarNode:
		s, wrong := v.string()
		if wrong != "" {
			return nil, wrong
		}
		for entry := range strings.SplitSeq(s, ",") {
			all = append(all, strings.TrimSpace(entry))
		}
	case yaml.SequenceNode:
		for _, entry := range v.node.Content {
			s, wrong := (value{entry, v.asText}).string()
			if wrong != "" {
				return nil, "has an entry that " + wrong
			}
			all = append(all, s)
		}
	default:
		return nil, "is neither a list nor a string"
	}
	if slices.Contains(all, "") {
		return nil, "has an entry that " + isEmpty
	}
	return all, ""
}

// entries returns a list of mappings, each with the fields of a T. It says of all entries
// at once what is wrong.
func entries[T any](f field, v value) (all []T, wrong string) {
	has := f.tag.Get("entries")
	if v.node.Kind != yaml.SequenceNode {
		return nil, "is not a list: each entry has " + has
	}
	fields, required := fieldsOf[T](), requiredIn(f.path)
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
	if len(all)+len(problems) == 0 {
		return nil, "is an empty list: leave it out, or write an entry"
	}
	return all, strings.Join(problems, "; ")
}

// setEntry sets the fields of an entry, a pointer to a struct of strings, and returns what
// is wrong with a mapping, to be read behind the place of the entry.
func setEntry(entry any, fields []field, v value) (wrong []string) {
	names := pathsOf(fields)
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		key := v.node.Content[i].Value
		n := slices.Index(names, key)
		if n < 0 {
			hint := cmp.Or(finding.DidYouMean(key, names), "there are "+strings.Join(names, ", "))
			if known := lastPart(synonyms[strings.ToLower(key)]); slices.Contains(names, known) {
				hint = "did you mean " + known + "?"
			}
			shown := strings.TrimSuffix(" "+finding.ShowIfNear(key, names), " ")
			wrong = append(wrong, fmt.Sprintf(": no such field%s: %s", shown, strings.TrimSpace(hint)))
			continue
		}
		s, problem := fields[n].string(value{v.node.Content[i+1], v.asText})
		if problem != "" {
			wrong = append(wrong, "."+key+" "+problem)
		}
		fields[n].in(entry).SetString(s)
	}
	return wrong
}
