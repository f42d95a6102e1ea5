// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// The tags that matter here, in the form that the parser gives them. mergeTag belongs to
// the merge key of YAML 1.1.
const (
	mapTag   = "!!map"
	seqTag   = "!!seq"
	strTag   = "!!str"
	floatTag = "!!float"
	nullTag  = "!!null"
	mergeTag = "!!merge"
)

// meantTag returns the tag that kubectl's parser gives n. A tag that is not YAML's own
// turns a scalar into a string. It does not change a collection.
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

// normaliseTags gives each node of a parsed tree the tag that it means. The parser does
// not report a lone exclamation mark. normaliseTags marks such nodes as tagged, and
// scalars among them become strings.
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

// hasLoneMark reports whether a lone exclamation mark is before n or after the anchor of
// n. n has no other tag. It returns false for a null that is not written: the mark may
// belong to the next node.
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
			return false // the mark belongs to the first key
		}
	}
	i := t.Start(n)
	if n.Anchor != "" && i < len(t.src) && t.src[i] == '&' {
		i = t.skipSpace(t.wordEnd(i))
	}
	return i < len(t.src) && t.src[i] == '!'
}
