// SPDX-License-Identifier: Apache-2.0

package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/mapping"
)

// entries returns v as a list of mappings, each with the fields of a T. An error names the problems
// of all entries.
func entries[T any](f field, v value) ([]T, error) {
	has := f.tag.Get("entries")
	switch {
	case f.tag.Get("empty") == "ok" && (v.isNull() || v.node.Kind == yaml.SequenceNode && len(v.node.Content) == 0):
		return nil, nil
	case v.node.Kind != yaml.SequenceNode:
		return nil, finding.Errorf("is not a list\nhint: each entry has %s", has)
	case len(v.node.Content) == 0:
		return nil, finding.Errorf("is an empty list\nhint: leave it out, or write an entry")
	}
	fields, required := fieldsOf[T](), requiredIn(f.path)
	var all []T
	var problems []error
	for i, node := range v.node.Content {
		if node.Kind != yaml.MappingNode {
			problems = append(problems, fmt.Errorf("[%d] is not a mapping with %s", i, has))
			continue
		}
		var entry T
		for _, f := range fields {
			if f.fallback() != "" && !slices.Contains(required, f.path) {
				f.in(&entry).SetString(f.fallback())
			}
		}
		for _, problem := range setEntry(&entry, fields, value{node, v.asText}) {
			problems = append(problems, fmt.Errorf("[%d]%w", i, problem))
		}
		all = append(all, entry)
	}
	return all, joined(problems)
}

// entryErrors are the errors of the entries of a list. Each is a problem of its own, with its hint.
type entryErrors []error

func (e entryErrors) Error() string { return errors.Join(e...).Error() }

// eachOf returns the errors of all entries, or err alone.
func eachOf(err error) []error {
	if all, ok := err.(entryErrors); ok {
		return all
	}
	return []error{err}
}

// joined returns an error with all problems, nil if there are none.
func joined(problems []error) error {
	if len(problems) == 0 {
		return nil
	}
	return entryErrors(problems)
}

// setEntry sets the fields of an entry, which points to a struct of strings. It returns the
// problems of the mapping v, each for display after the place of the entry.
func setEntry(entry any, fields []field, v value) (problems []error) {
	names := pathsOf(fields)
	for k, node := range mapping.Entries(v.node) {
		key := k.Value
		n := slices.Index(names, key)
		if n < 0 {
			problems = append(problems, noSuchKey(key, names))
			continue
		}
		s, err := fields[n].string(value{node, v.asText})
		if err != nil {
			problems = append(problems, fmt.Errorf(".%s %w", key, err))
		}
		fields[n].in(entry).SetString(s)
	}
	return problems
}

// noSuchKey returns the error for a key of an entry that is none of the names.
func noSuchKey(key string, names []string) error {
	hint := cmp.Or(finding.DidYouMean(key, names), "the fields are "+strings.Join(names, ", "))
	if meant := lastPart(fieldIn(synonymOf(key))); slices.Contains(names, meant) {
		hint = "did you mean " + meant + "?"
	} else if key == "apiVersion" && slices.Contains(names, "group") {
		hint = "write group and version, such as group: apps and version: v1"
	}
	quoted := strings.TrimSuffix(" "+finding.ShowIfNear(key, names), " ")
	return finding.Errorf(": no such field%s\nhint: %s", quoted, strings.TrimSpace(hint))
}
