// SPDX-License-Identifier: Apache-2.0

package config

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/mapping"
)

// Parse reads the configuration of the function. It accepts
//
//  1. no object, or an empty one: the defaults;
//  2. kind CalicoPullSecrets, with the settings below spec;
//  3. kind ConfigMap, with the dotted path of a setting as key of its data
//     (kpt makes one of the arguments of `kpt fn eval -- secretName=regcred`).
//
// It returns all problems at once: settings that do not exist, have the wrong type, are missing, or
// contradict each other. If there are any, the settings do not count. A problem quotes a value only
// if it is close to a valid one: any other value may be a credential.
func Parse(o *fn.KubeObject) (Settings, Problems) {
	if o == nil {
		o = fn.NewEmptyKubeObject()
	}
	return newDecoder(o).parsed()
}

// newDecoder returns a decoder that has read the objects. A later object overrides the fields of an
// earlier one.
func newDecoder(objects ...*fn.KubeObject) *decoder {
	d := &decoder{values: map[string]value{}}
	for _, o := range objects {
		d.asText = false
		d.read(o)
	}
	return d
}

// parsed returns the settings from the values, and their problems.
func (d *decoder) parsed() (Settings, Problems) {
	s := d.settings()
	return s, d.explained(append(d.problems, s.validate().without(d.problems)...))
}

// A decoder collects the values of fields by their paths.
type decoder struct {
	values   map[string]value
	asText   bool     // of the object that it reads now, see value
	blocks   []string // the blocks of fields that are present, even empty ones: secret
	problems Problems
}

// read collects the values that o gives to the fields.
func (d *decoder) read(o *fn.KubeObject) {
	if o.IsEmpty() {
		return
	}
	root, err := yaml.Parse(o.String())
	if err != nil {
		d.problems.Add("", "is not valid YAML")
		return
	}
	kinds := []string{Kind, "ConfigMap"}
	switch kind := o.GetKind(); {
	case kind == Kind && o.GetAPIVersion() == APIVersion:
		d.onlyKeys(root.YNode(), "spec")
		if spec := root.Field("spec"); spec != nil {
			d.collect("", "spec", spec.Value.YNode())
		}
	case kind == Kind:
		d.problems.Add("", "apiVersion %sis not that of kind %s\nhint: write %s", finding.ShowIfNear(o.GetAPIVersion(), []string{APIVersion}), Kind, APIVersion)
	case kind == "ConfigMap":
		d.onlyKeys(root.YNode(), "data")
		if data := root.Field("data"); data != nil {
			d.asText = true
			tree, lists := d.treeOf(data.Value.YNode())
			d.collect("", "data", tree)
			for _, path := range slices.Sorted(maps.Keys(lists)) {
				d.toList(path, lists[path])
			}
		}
	case o.GetName() == "function-input":
		d.problems.Add("", "the first argument has no \"=\", so kpt took it for a kind\nhint: %s", afterDashes(o.GetKind()))
	default:
		if kind == "" {
			d.problems.Add("", "has no kind\nhint: write apiVersion: %s and kind: %s, and the settings below spec", APIVersion, Kind)
			return
		}
		d.problems.Add("", "kind %sis no configuration\nhint: use %s (%s) or ConfigMap", finding.ShowIfNear(kind, kinds), Kind, APIVersion)
	}
}

// afterDashes returns a hint what to write after the -- of kpt. kpt takes a first argument without
// =, such as a flag of this program, for the kind of a configuration.
func afterDashes(first string) string {
	setting := "secretName=regcred"
	switch strings.ToLower(strings.TrimLeft(first, "-")) {
	case "check", "audit", "remove":
		setting = "mode=" + strings.ToLower(strings.TrimLeft(first, "-"))
	case "quiet", "q":
		setting = "quiet=true"
	}
	return "behind -- kpt takes settings only, such as -- " + setting
}

// settings returns the settings from the values, with defaults for the other fields.
func (d *decoder) settings() Settings {
	var s Settings
	if slices.Contains(d.blocks, "secret") {
		s.Secret = &SecretSettings{}
	}
	if slices.Contains(d.blocks, "externalSecret") {
		s.External = &ExternalSettings{}
	}
	for _, f := range fields {
		v := d.values[f.path]
		if v.node == nil {
			if f.fallback() == "" || !d.hasDefault(f) {
				continue
			}
			v = value{mapping.Scalar(f.fallback()), true}
		}
		if err := f.set(f.in(&s), v); err != nil {
			d.problems.AddError(f.path, err)
		}
	}
	return s
}

// hasDefault reports whether the default of a field counts: its block is present, and no field that
// replaces it is.
func (d *decoder) hasDefault(f field) bool {
	block, _, nested := strings.Cut(f.path, ".")
	if nested && isOptional(block) && !slices.Contains(d.blocks, block) {
		return false
	}
	return !slices.ContainsFunc(strings.Split(f.tag.Get("unless"), ","), func(beside string) bool { return d.values[block+"."+beside].node != nil })
}

// collect collects the values in the mapping n below the path prefix. name is its name in messages.
func (d *decoder) collect(prefix, name string, n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		if !mapping.IsNull(n) {
			d.problems.Add("/"+name, "is not a mapping\nhint: write the settings below it, such as secretName: regcred")
		}
		return
	}
	for k, v := range mapping.Entries(n) {
		key, path := k.Value, prefix+k.Value
		switch block := strings.TrimSuffix(path, "."+lastPart(path)); {
		case fieldAt(path) != nil && strings.Contains(key, "."): // its block is not in d.blocks
			d.problems.Add(path, "is one key with dots, as in an argument or a ConfigMap\nhint: write %s as a key below %s", lastPart(path), block)
		case fieldAt(path) != nil:
			d.values[path] = value{v, d.asText}
		case isBlock(path) && v.Kind != yaml.MappingNode:
			d.problems.Add(path, "%v\nhint: %s", errBlock, hintOfBlock(path))
		case isBlock(path):
			d.blocks = append(d.blocks, path)
			d.collect(path+".", path, v)
		default:
			d.unknown(path)
		}
	}
}

// treeOf returns the data of a ConfigMap, whose keys are dotted paths, as a mapping like spec. A
// key below a map, such as secret.labels.team, is an entry of that map. secret.registries.0.server
// is a field of an entry of that list. lists has the nodes that toList must turn into lists, by
// their paths.
func (d *decoder) treeOf(data *yaml.Node) (root *yaml.Node, lists map[string]*yaml.Node) {
	if data.Kind != yaml.MappingNode {
		return data, nil
	}
	root, lists = mapping.New(), map[string]*yaml.Node{}
	for key, v := range mapping.Entries(data) {
		node, path, rest := root, "", key.Value
		for name, after, ok := strings.Cut(rest, "."); ok && isBlock(path+name); name, after, ok = strings.Cut(rest, ".") {
			node, path, rest = child(node, name), path+name+".", after
		}
		name, after, _ := strings.Cut(rest, ".")
		f := fieldAt(path + name)
		if f != nil && after != "" && f.kind.Kind() == reflect.Map {
			node, rest = child(node, name), after
		} else if f != nil && after != "" && f.tag.Get("entries") != "" {
			number, of, _ := strings.Cut(after, ".")
			if n, err := strconv.Atoi(number); err != nil || strconv.Itoa(n) != number || of == "" {
				d.problems.Add(f.path, "is a list: each field has the number of its entry\nhint: count from 0, such as %s.0.server=quay.io", f.path)
				continue
			}
			node = child(node, name)
			lists[f.path] = node
			node, rest = child(node, number), of
		} else if isBlock(path + rest) { // a block has no value
			d.unknown(path + rest)
			continue
		}
		node.Content = append(node.Content, mapping.Scalar(rest), v)
	}
	return root, lists
}

// child returns the node under a key of the mapping n. It makes an empty mapping if there is none.
func child(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	made := mapping.New()
	n.Content = append(n.Content, mapping.Scalar(key), made)
	return made
}

// toList sets the value at a path to the list of a mapping whose keys are numbers from 0.
func (d *decoder) toList(path string, n *yaml.Node) {
	if n.Kind != yaml.MappingNode { // data also has a value at the path of the list
		return
	}
	var list []*yaml.Node
	for i, numbers := 0, len(n.Content)/2; i < numbers; i++ {
		list = append(list, child(n, strconv.Itoa(i)))
		if len(n.Content) > 2*numbers {
			d.problems.Add(path, "has no entry %d\nhint: number the entries from 0, without gaps", i)
			delete(d.values, path)
			return
		}
	}
	d.values[path] = value{mapping.List(list...), d.asText}
}
