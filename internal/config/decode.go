// SPDX-License-Identifier: Apache-2.0

package config

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/finding"
)

// Parse reads a configuration: function.ParseSettings says of which kinds. It returns all
// that is wrong with it; then the settings do not count.
func Parse(o *fn.KubeObject) (Settings, Problems) {
	if o == nil {
		o = fn.NewEmptyKubeObject()
	}
	var p Problems
	d := decoder{values: map[string]value{}, problems: &p}
	d.read(o)
	s := d.settings()
	return s, append(p, s.validate().without(p)...)
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
			d.spec("", spec.Value.YNode())
		}
	case kind == Kind:
		d.problems.Add("", "apiVersion %sis not that of kind %s: write %s", finding.ShowIfNear(o.GetAPIVersion(), []string{APIVersion}), Kind, APIVersion)
	case kind == "ConfigMap":
		d.onlyKeys(root.YNode(), "data")
		if data := root.Field("data"); data != nil {
			d.data(data.Value.YNode())
		}
	case o.GetName() == "function-input":
		d.problems.Add("", "the first argument has no \"=\", so kpt took it for a kind: write -- secretName=regcred")
	default:
		d.problems.Add("", "kind %sis no configuration: use %s (%s) or ConfigMap", finding.ShowIfNear(kind, kinds), Kind, APIVersion)
	}
}

// A decoder collects the values of fields by their paths.
type decoder struct {
	values   map[string]value
	blocks   []string // of fields that are there, even if empty: secret
	problems *Problems
}

// settings returns what the values make, with the defaults for those not given.
func (d *decoder) settings() Settings {
	var s Settings
	if slices.Contains(d.blocks, "secret") {
		s.Secret = &SecretSettings{}
	}
	if slices.Contains(d.blocks, "externalSecret") {
		s.External = &ExternalSettings{}
	}
	for _, f := range fields {
		v, given := d.values[f.path]
		if !given {
			if f.fallback() == "" || !d.hasDefault(f) {
				continue
			}
			v = value{&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: f.fallback()}, true}
		}
		if wrong := f.set(&s, v); wrong != "" {
			d.problems.Add(f.path, "%s", wrong)
		}
	}
	return s
}

// hasDefault reports whether the default of a field counts: the block that it is in
// is there, and nothing stands there instead of it.
func (d *decoder) hasDefault(f field) bool {
	block, _, nested := strings.Cut(f.path, ".")
	if nested && isOptional(block) && !slices.Contains(d.blocks, block) {
		return false
	}
	instead := map[string][]string{
		"secret.server": {"secret.dockerConfigFile", "secret.registries"}, "externalSecret.server": {"externalSecret.registries"},
		"externalSecret.usernameProperty": {"externalSecret.registries"}, "externalSecret.passwordProperty": {"externalSecret.registries"},
	}
	return !slices.ContainsFunc(instead[f.path], func(path string) bool { return d.values[path].node != nil })
}

// isOptional reports whether a block of fields is something to be emitted, which is
// not asked for by default.
func isOptional(block string) bool { return block == "secret" || block == "externalSecret" }

// isBlock reports whether there are fields below path.
func isBlock(path string) bool {
	return slices.ContainsFunc(fields, func(f field) bool { return strings.HasPrefix(f.path, path+".") })
}

// spec collects what the mapping n has below the path prefix.
func (d *decoder) spec(prefix string, n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		if prefix != "" || n.ShortTag() != "!!null" {
			path := strings.TrimSuffix(prefix, ".")
			if path == "" {
				path = "/spec"
			}
			d.problems.Add(path, "is not a mapping")
		}
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		path, v := prefix+n.Content[i].Value, n.Content[i+1]
		switch {
		case fieldAt(path) != nil:
			d.values[path] = value{node: v}
		case isBlock(path):
			d.blocks = append(d.blocks, path)
			d.spec(path+".", v)
		default:
			d.unknown(path)
		}
	}
}

// data collects what a ConfigMap's data has. A key below a map, such as
// secret.labels.team, is an entry of that map; secret.registries.0.server is a field
// of an entry of that list.
func (d *decoder) data(n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		if n.ShortTag() != "!!null" {
			d.problems.Add("/data", "is not a mapping")
		}
		return
	}
	lists := map[string]map[int]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		path, v := n.Content[i].Value, n.Content[i+1]
		block, _, _ := strings.Cut(path, ".")
		d.blocks = append(d.blocks, block)
		if fieldAt(path) != nil {
			d.values[path] = value{node: v, asText: true}
		} else if m, key, ok := cutMap(path); ok {
			if d.values[m].node == nil {
				d.values[m] = value{node: &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}, asText: true}
			}
			d.values[m].node.Content = append(d.values[m].node.Content, textNode(key), v)
		} else if at := entryKey().FindStringSubmatch(path); at != nil {
			number, _ := strconv.Atoi(at[2])
			if lists[at[1]] == nil {
				lists[at[1]] = map[int]*yaml.Node{}
			}
			if lists[at[1]][number] == nil {
				lists[at[1]][number] = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
			}
			lists[at[1]][number].Content = append(lists[at[1]][number].Content, textNode(at[3]), v)
		} else if list := cutList(path); list != "" {
			d.problems.Add(list, "is a list, of which each field is set by itself, with the number of its entry from 0 on: %s.0.server=quay.io", list)
		} else {
			d.unknown(path)
		}
	}
	for _, list := range slices.Sorted(maps.Keys(lists)) {
		d.entries(list, lists[list])
	}
}

// entryKey is the key of a field of an entry of a list of registries.
var entryKey = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^((?:secret|externalSecret)\.registries)\.(0|[1-9][0-9]{0,2})\.(\w+)$`)
})

// cutList returns the list of registries that a key is of, empty if it is of none.
func cutList(path string) string {
	for _, list := range []string{"secret.registries", "externalSecret.registries"} {
		if strings.HasPrefix(path, list+".") {
			return list
		}
	}
	return ""
}

// entries makes a list of the entries by their numbers, which count from 0.
func (d *decoder) entries(path string, entries map[int]*yaml.Node) {
	list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	for i := range len(entries) {
		if entries[i] == nil {
			d.problems.Add(path, "has no entry %d: entries are numbered from 0, without gaps", i)
			return
		}
		list.Content = append(list.Content, entries[i])
	}
	d.values[path] = value{node: list, asText: true}
}

func textNode(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s} }

// cutMap splits secret.labels.team into the path of a map and a key of it.
func cutMap(path string) (m, key string, ok bool) {
	for _, m := range []string{"secret.labels", "secret.annotations"} {
		if key, ok := strings.CutPrefix(path, m+"."); ok {
			return m, key, true
		}
	}
	return "", "", false
}
