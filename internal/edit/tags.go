// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// The tags that matter here, as the parser gives them. mergeTag is that of the
// merge key of YAML 1.1.
const (
	mapTag   = "!!map"
	seqTag   = "!!seq"
	strTag   = "!!str"
	floatTag = "!!float"
	nullTag  = "!!null"
	mergeTag = "!!merge"
)

// meantTag returns the tag of what kubectl's parser makes of n: any that is not of
// YAML's own types makes a string of a scalar, and nothing of a collection.
func meantTag(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return mapTag
	case yaml.SequenceNode:
		return seqTag
	case yaml.ScalarNode:
		if n.Tag == strTag {
			return n.Tag
		}
		switch n.ShortTag() {
		case "!!bool", "!!int", floatTag, nullTag, "!!timestamp", "!!binary":
			return n.Tag
		case mergeTag:
			if n.Value == "<<" {
				return n.Tag
			}
		}
		return strTag
	}
	return n.Tag
}

// normaliseTags gives the nodes of a parsed tree the tags that they mean. Those with
// a lone exclamation mark, of which the parser says nothing, are marked as tagged, and
// are strings if they are scalars.
func (t *Text) normaliseTags(n *yaml.Node) {
	if n.Style&yaml.TaggedStyle == 0 && t.hasLoneMark(n) {
		n.Style |= yaml.TaggedStyle
		if n.Kind == yaml.ScalarNode && n.Tag != mergeTag {
			n.Tag = strTag
		}
	}
	n.Tag = meantTag(n)
	for _, child := range n.Content {
		t.normaliseTags(child)
	}
}

// hasLoneMark reports whether an exclamation mark stands before n, which has no
// other tag, or behind its anchor. It passes over a null that is not written, where
// it may be that of what comes next.
func (t *Text) hasLoneMark(n *yaml.Node) bool {
	switch n.Kind {
	case yaml.AliasNode:
		return false
	case yaml.ScalarNode:
		if n.Value == "" && n.Style == 0 {
			return false
		}
	case yaml.MappingNode:
		if len(n.Content) > 0 && n.Content[0].Line == n.Line && n.Content[0].Column == n.Column {
			return false // that of its first key
		}
	}
	i := t.Start(n)
	if n.Anchor != "" && i < len(t.src) && t.src[i] == '&' {
		i = t.skipSpace(t.wordEnd(i))
	}
	return i < len(t.src) && t.src[i] == '!'
}
