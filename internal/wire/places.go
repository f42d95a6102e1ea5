// SPDX-License-Identifier: Apache-2.0

package wire

import (
	"strconv"
	"strings"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/edit"
)

// Source returns the index of the source of o, an object of the last list. It is negative
// if o comes from no source.
func (in *Input) Source(o *fn.KubeObject) int {
	if p, ok := in.origins[o]; ok {
		return p.source
	}
	return -1
}

// Extent returns the place of o, an object of the last list, in its source. It includes
// the comments around o and excludes the marker before it. ok is false for an object of a
// ResourceList or of no source.
func (in *Input) Extent(o *fn.KubeObject) (start, end int, ok bool) {
	p, ok := in.origins[o]
	if !ok || in.list != nil {
		return 0, 0, false
	}
	return p.object.inside, p.object.end, true
}

// Line returns the line, counted from 1, of a field of o. If the field does not exist, it
// returns the line of the nearest field above it. For spec.template.spec.imagePullSecrets
// that may be spec.template.spec. The path has the form of results, with elements as [0].
// It returns 0 if o comes from no source.
func (in *Input) Line(o *fn.KubeObject, path string) int {
	p, ok := in.origins[o]
	if !ok {
		return 0
	}
	line := p.object.root.Line
	if at := lineOf(p.object.root, path); at > 0 {
		line = at
	}
	if in.list == nil {
		return line + p.object.line
	}
	if in.lines == nil {
		in.lines = edit.NewText(in.body)
	}
	return line + in.lines.LineOf(p.object.start)
}

// lineOf returns the line of the deepest existing node on the path, in the text of n. It
// returns 0 if the path has no existing node.
func lineOf(n *yaml.Node, path string) int {
	line := 0
	for _, field := range strings.FieldsFunc(strings.ReplaceAll(path, "[", ".["), func(c rune) bool { return c == '.' }) {
		for n.Kind == yaml.AliasNode {
			n = n.Alias
		}
		next := -1
		if index, err := strconv.Atoi(strings.Trim(field, "[]")); err == nil && strings.HasPrefix(field, "[") {
			if n.Kind == yaml.SequenceNode && index >= 0 && index < len(n.Content) {
				next = index
				line = n.Content[index].Line
			}
		} else if n.Kind == yaml.MappingNode {
			for i := 0; i+1 < len(n.Content); i += 2 {
				if n.Content[i].Value == field {
					next, line = i+1, n.Content[i].Line
				}
			}
		}
		if next < 0 {
			return line
		}
		n = n.Content[next]
	}
	return line
}

// Tree returns the node of o, an object of the last list; nil if o comes from no source.
func (in *Input) Tree(o *fn.KubeObject) *yaml.Node {
	if p, ok := in.origins[o]; ok {
		return p.object.tree
	}
	return nil
}

// Items returns the objects of the last list as List returned them.
func (in *Input) Items() []*fn.KubeObject { return in.items }
