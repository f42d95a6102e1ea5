// SPDX-License-Identifier: Apache-2.0

package config

import (
	"reflect"
	"slices"
	"strings"

	"example.com/calico-pull-secrets/internal/credential"
)

// A field is one setting of the configuration. Its path is the same below spec of a
// CalicoPullSecrets, in the data of a ConfigMap, and in an argument.
type field struct {
	path  string
	about string
	tag   reflect.StructTag
	kind  reflect.Type
	index []int // the path to it in a struct
}

// fields has every field, in the order of the struct.
var fields = fieldsOf[Settings]()

// fieldsOf returns the fields of a struct, and of the structs in it.
func fieldsOf[T any]() []field { return fieldsBelow(reflect.TypeFor[T](), "", nil) }

func fieldsBelow(t reflect.Type, prefix string, index []int) (all []field) {
	for i := range t.NumField() {
		f := t.Field(i)
		path, about, place := prefix+f.Tag.Get("field"), f.Tag.Get("about"), append(slices.Clone(index), i)
		switch {
		case f.Anonymous:
			all = append(all, fieldsBelow(f.Type, prefix, place)...)
		case f.Type.Kind() == reflect.Pointer:
			all = append(all, fieldsBelow(f.Type.Elem(), path+".", place)...)
		case f.Type == reflect.TypeFor[credential.Source]():
			abouts := strings.Split(about, "|")
			for n, suffix := range []string{"", "Env", "File"} {
				all = append(all, field{path + suffix, abouts[n], f.Tag, reflect.TypeFor[string](), append(slices.Clone(place), n)})
			}
		default:
			all = append(all, field{path, about, f.Tag, f.Type, place})
		}
	}
	return all
}

// in returns the field of the struct to which s points.
func (f field) in(s any) reflect.Value { return reflect.ValueOf(s).Elem().FieldByIndex(f.index) }

// fallback returns the default of the field, as an argument has it. Empty if there is none.
func (f field) fallback() string { return f.tag.Get("default") }

// choices returns the allowed values, nil if any value is allowed.
func (f field) choices() []string {
	if all := f.tag.Get("oneOf"); all != "" {
		return strings.Split(all, ",")
	}
	return nil
}

// FieldValues returns the values that an argument may give a field. It returns nil if there are too
// many to list.
func FieldValues(path string) []string {
	switch f := fieldAt(path); {
	case f == nil:
		return nil
	case path == "targets":
		return presetNames()
	case f.kind.Kind() == reflect.Bool:
		return []string{"true", "false"}
	default:
		return f.choices()
	}
}

// fieldAt returns the field with a path, nil if there is none.
func fieldAt(path string) *field {
	if i := slices.IndexFunc(fields, func(f field) bool { return f.path == path }); i >= 0 {
		return &fields[i]
	}
	return nil
}

// FieldNamed returns the field with a path, whatever its case. It returns "" if there is none.
func FieldNamed(path string) string {
	if i := slices.IndexFunc(fields, func(f field) bool { return strings.EqualFold(f.path, path) }); i >= 0 {
		return fields[i].path
	}
	return ""
}

// isBlock reports whether there are fields below path.
func isBlock(path string) bool {
	return slices.ContainsFunc(fields, func(f field) bool { return strings.HasPrefix(f.path, path+".") })
}

// isOptional reports whether a block describes an object that the program emits only on request.
func isOptional(block string) bool { return block == "secret" || block == "externalSecret" }

// FieldPaths returns the paths of all fields.
func FieldPaths() []string { return pathsOf(fields) }

func pathsOf(fields []field) (paths []string) {
	for _, f := range fields {
		paths = append(paths, f.path)
	}
	return paths
}

func lastPart(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }
