// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"slices"
	"strings"
	"unique"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/imagetext"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/mapping"
)

// A walker reads one object and all objects inside it.
type walker struct {
	question imagetext.Question
	all      []Object
}

// A spot is the position of the walk: its object, its path, and its silent place.
type spot struct {
	question *imagetext.Question
	reading  *Reading
	root     *yaml.Node // the node of the object
	kind     kind
	keys     []string // the path in the object, without elements
	fields   []string // the path with elements, such as "[0]"
	line     int      // of the last field
	silent   string   // the silent place, empty if there is none
	schema   bool     // it is in a CustomResourceDefinition, and is a schema or a map of schemas
	names    bool     // its keys are names that somebody gave, not fields
	*notes
}

// notes are what a walk has found in an object so far.
type notes struct {
	pulled  map[*yaml.Node]bool // the nodes whose images it recorded
	pods    map[string]bool     // the paths of the pod specs
	ownList struct{ asked, is bool }
	// What follows from the kind of the object, as each value of it asks.
	operated bool       // see mayBeOperated
	policies [][]string // the paths of its policyParts
}

// notePulled notes that the image in n is recorded.
func (s *notes) notePulled(n *yaml.Node) {
	if s.pulled == nil {
		s.pulled = map[*yaml.Node]bool{}
	}
	s.pulled[n] = true
}

// A kind is the kind of an object, with its API version and group.
type kind struct{ apiVersion, group, kind string }

func kindOf(n *yaml.Node) kind {
	k := kind{apiVersion: mapping.Text(n, "apiVersion"), kind: mapping.Text(n, "kind")}
	if group, _, found := strings.Cut(k.apiVersion, "/"); found {
		k.group = group
	}
	return k
}

// object reads an object of a kind at a path.
func (w *walker) object(n *yaml.Node, within *Reading, path []string, k kind) {
	r := &Reading{line: n.Line, APIVersion: kept(k.apiVersion), Kind: kept(k.kind), path: path, Within: within, Spec: kinds.Of(k.group, k.kind), Copies: copiesOf(n, k.kind)}
	w.all = append(w.all, Object{r, n})
	const depth = 12 // of most objects; what is deeper takes memory for each key
	at := &spot{question: &w.question, line: n.Line, reading: r, root: n, kind: k, keys: make([]string, 0, depth), fields: make([]string, 0, depth), notes: &notes{}}
	r.IsMember = within != nil && within.IsList
	r.IsList, r.Broken = isList(n)
	if k.kind == "CalicoPullSecrets" && k.group == "fn.kpt.dev" {
		at.silent = ownConfiguration
	}
	if rendering := renderingOf(n, k); rendering != nil {
		r.Rendered, r.renderedLine = rendering, lineAt(n, []string{RenderedField})
	}
	at.operated, at.policies = mayBeOperated(r, k), policyPartsOf(k)
	if r.Spec != nil {
		holder := mapping.At(n, r.Spec.Fields...)
		r.HasPlace = mayHold(n, r.Spec.Fields)
		switch {
		case holder == nil:
		case r.Spec.Has(kinds.PodSpec) && holder.Kind == yaml.MappingNode:
			at.line = lineAt(n, r.Spec.Fields)
			at.pod(holder, r.Spec.Fields, true)
			at.line = n.Line
		case !r.Spec.Has(kinds.PodSpec):
			r.List = listOf(holder)
		}
	}
	w.mapping(n, at)
	w.operated(at)
}

// mayHold reports whether there is a mapping at a path, or whether one can be created: a
// value on the path may be missing or null.
func mayHold(n *yaml.Node, fields []string) bool {
	for _, field := range fields {
		if n = mapping.Value(n, field); mapping.IsNull(n) {
			return true
		}
		if n.Kind != yaml.MappingNode {
			return false
		}
	}
	return true
}

// kept returns a text that thousands of readings have. They share its memory.
func kept(text string) string { return unique.Make(text).Value() }

// isList reports whether an object is a List. The elements of a List are independent
// objects. broken says that an element is no object.
func isList(n *yaml.Node) (is, broken bool) {
	items := mapping.Value(n, "items")
	kind := mapping.Text(n, "kind")
	if !strings.HasSuffix(kind, "List") || kind == "ResourceList" {
		return false, false
	}
	isObject := func(n *yaml.Node) bool { return n.Kind == yaml.MappingNode }
	switch {
	case mapping.IsNull(items):
		return false, false
	case items.Kind != yaml.SequenceNode:
		return false, true
	case slices.ContainsFunc(items.Content, func(n *yaml.Node) bool { return !isObject(n) }):
		return false, true
	}
	return len(items.Content) > 0, false
}

// value reads a value.
func (w *walker) value(n *yaml.Node, at *spot) {
	switch n.Kind {
	case yaml.MappingNode:
		if isObject(n) && !at.schema {
			w.object(n, at.reading, slices.Clone(at.fields), kindOf(n))
			return
		}
		w.mapping(n, at)
	case yaml.SequenceNode:
		for i := range n.Content {
			w.element(n, i, at)
		}
	case yaml.ScalarNode:
		if !at.pulled[n] {
			w.text(n.Value, at)
		}
	}
}

// element reads an element of the sequence n.
func (w *walker) element(n *yaml.Node, i int, at *spot) {
	element, below := n.Content[i], *at
	below.fields, below.line = append(at.fields, elementOf(i)), element.Line
	if len(at.keys) == 1 && at.keys[0] == "items" && at.reading.IsList && element.Kind == yaml.MappingNode {
		w.object(element, at.reading, slices.Clone(below.fields), at.kind.member(element))
		return
	}
	if i > 0 && strings.HasPrefix(n.Content[i-1].Value, "-") { // an argument
		w.byName(n.Content[i-1].Value, element, &below)
	}
	w.value(element, &below)
}

// member returns the kind of an object of a List. An object of a DaemonSetList that has
// no kind is a DaemonSet, as for kubectl.
func (k kind) member(n *yaml.Node) kind {
	own := kindOf(n)
	if own.kind == "" && own.apiVersion == "" {
		own = kind{k.apiVersion, k.group, strings.TrimSuffix(k.kind, "List")}
	}
	return own
}

// isObject reports whether a mapping is a Kubernetes object.
func isObject(n *yaml.Node) bool {
	metadata := mapping.Value(n, "metadata")
	return mapping.Text(n, "apiVersion") != "" && mapping.Text(n, "kind") != "" && metadata != nil && metadata.Kind == yaml.MappingNode
}

// mapping reads a mapping, which may be a pod spec.
func (w *walker) mapping(n *yaml.Node, at *spot) {
	isOperators := at.isOperators()
	if !at.schema && (hasImages(n) || isOperators && at.hasChosen(n)) && !at.pods[joined(merged(at.fields))] {
		at.pod(n, merged(at.fields), at.isWhole())
	}
	if isOperators && at.isBare(n) {
		w.dark(at, Chosen, "")
	}
	w.pair(n, at)
	for key, value := range mapping.Entries(n) {
		w.field(n, key, value, at)
	}
}

// field reads a key of the mapping n, and its value.
func (w *walker) field(n, key, v *yaml.Node, at *spot) {
	below := at.below(key.Value, key.Line)
	w.text(key.Value, &below)
	switch {
	case at.names:
		w.byName(key.Value, v, &below)
	case !(at.schema && at.isMapOfSchemas()) && !at.pulled[v]:
		w.image(at.nameOf(key.Value), n, v, &below)
	}
	w.value(v, &below)
}

// nameOf returns the name of the field that the value under a key is of. A default in a schema is of
// the property.
func (at *spot) nameOf(key string) string {
	if n := len(at.keys); at.schema && key == "default" && n > 0 {
		return at.keys[n-1]
	}
	return key
}

// below returns the spot of the value of a key.
func (at *spot) below(key string, line int) spot {
	below := *at
	below.keys, below.line = append(at.keys, key), line           // neighbours may use the same memory
	if below.fields = append(at.fields, key); at.isSecretData() { // messages must not name its keys
		below.fields = at.fields
	}
	below.silent, below.schema = at.silentBelow(key)
	below.names = !at.names && at.hasNames(key)
	return below
}

// hasNames reports whether the keys of the mapping under a key are names.
func (at *spot) hasNames(key string) bool {
	switch key {
	case "labels", "annotations", "matchLabels", "nodeSelector", "encryptedData":
		return true
	case "data", "stringData", "binaryData":
		return at.kind.apiVersion == "v1" && (at.kind.kind == "ConfigMap" || at.kind.kind == "Secret") && len(at.keys) == 0
	}
	return false
}

// isSecretData reports whether the spot is the data of a Secret.
func (at *spot) isSecretData() bool {
	return at.kind.kind == "Secret" && len(at.keys) == 1 && (at.keys[0] == "data" || at.keys[0] == "stringData")
}

// text records the images in a text, also in base64.
func (w *walker) text(value string, at *spot) {
	found := w.question.Search(value)
	switch {
	case found.Manifest:
		w.dark(at, Manifest, "")
	case found.Cut:
		w.dark(at, Cut, "")
	}
	if images := found.Images; len(images) > 0 && !found.Manifest {
		others := slices.Clone(images[1:])
		slices.Sort(others)
		w.dark(at, Text, images[0], slices.Compact(others)...)
	}
}

// dark records something that may pull an image, and others of the same text.
func (w *walker) dark(at *spot, why Reason, image string, others ...string) {
	at.reading.namesImage = at.reading.namesImage || why == NoPod
	if image != "" && !w.question.Concerns(image) {
		return
	}
	if at.silent != "" {
		at.count(1)
		return
	}
	at.reading.Dark = append(at.reading.Dark, Dark{joined(at.fields), at.line, why, image, others})
}

// count adds n references to the silent place.
func (at *spot) count(n int) {
	if n == 0 {
		return
	}
	if at.reading.Silent == nil {
		at.reading.Silent = map[string]int{}
	}
	at.reading.Silent[at.silent] += n
}
