// SPDX-License-Identifier: Apache-2.0

package build

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/lazy"
	"example.com/calico-pull-secrets/internal/mapping"
)

// Texts returns the objects as YAML documents. Consecutive objects from one file share a text.
// Objects without a file get other as their file.
func (b *Built) Texts(other string) (all []Object) {
	for _, o := range b.Objects {
		if o.File == "" {
			o.File = other
		}
		if n := len(all); n == 0 || all[n-1].File != o.File {
			all = append(all, Object{File: o.File})
		}
		last := &all[len(all)-1]
		last.YAML = append(append(last.YAML, "---\n"...), o.YAML...)
	}
	return all
}

// Transform replaces the objects by the output of f. f returns one text for each object in order,
// nil to remove it, and then new objects. New objects have no file.
func (b *Built) Transform(f func(objects [][]byte) ([][]byte, error)) error {
	var objects [][]byte
	for _, o := range b.Objects {
		objects = append(objects, o.YAML)
	}
	objects, err := f(objects)
	if err != nil {
		return err
	}
	for i, text := range objects {
		if i == len(b.Objects) {
			b.Objects = append(b.Objects, Object{})
		}
		b.Objects[i].YAML = text
	}
	b.Objects = slices.DeleteFunc(b.Objects, func(o Object) bool { return o.YAML == nil })
	return nil
}

// A place is the line of an object in a file.
type place struct {
	kind, namespace, name string
	line                  int
}

// Line returns the line of a built object in its file: kustomize tells only the file. The build may
// have extended the name or changed the namespace. It returns 0 if several objects match, or none.
func (b *Built) Line(file, kind, namespace, name string) int {
	places := lazy.Value(b.places, file, func() []place { return b.read(file) })
	for _, isSame := range []func(p place) bool{
		func(p place) bool { return p.name == name && p.namespace == namespace },
		func(p place) bool { return p.name == name },
		func(p place) bool { return p.name != "" && strings.Contains(name, p.name) },
	} {
		found := 0
		for _, p := range places {
			if p.kind == kind && isSame(p) {
				if found > 0 {
					return 0
				}
				found = p.line
			}
		}
		if found > 0 {
			return found
		}
	}
	return 0
}

// read returns the places of the objects in a file.
func (b *Built) read(file string) (places []place) {
	path, known := b.paths[file]
	if !known {
		return nil
	}
	text, err := b.from.readFile(path, b.from.Limits.Text)
	if err != nil {
		return nil
	}
	for n := range documents(text) {
		places = appendPlaces(places, n)
	}
	return places
}

// appendPlaces appends the place of an object, or of the objects in a List.
func appendPlaces(places []place, n *yaml.Node) []place {
	r := yaml.NewRNode(n)
	if n.Kind != yaml.MappingNode {
		return places
	}
	if items := mapping.Value(n, "items"); items != nil && strings.HasSuffix(r.GetKind(), "List") {
		for _, item := range items.Content {
			places = appendPlaces(places, item)
		}
		return places
	}
	return append(places, place{r.GetKind(), r.GetNamespace(), r.GetName(), n.Line})
}
