// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// An encoder writes new nodes in the style of the text around them.
type encoder struct {
	json bool // the text is JSON
}

// block returns n as whole lines that end in LF. n is a collection with entries. Its
// first column is indent. Its sequences start step columns right of their key. Deeper
// sequences, which the YAML library writes, start 0 or 2 columns right of theirs. It
// returns false if the library refuses n.
func (e encoder) block(n *yaml.Node, indent, step int) (string, bool) {
	shift := step - librarysStep(step)
	if n.Kind != yaml.MappingNode || shift == 0 {
		return block(n, indent, indent, step)
	}
	var b strings.Builder
	for i := 0; i+1 < len(n.Content); i += 2 {
		rest := indent
		if value := n.Content[i+1]; value.Kind == yaml.SequenceNode && value.Style&yaml.FlowStyle == 0 && len(value.Content) > 0 {
			rest += shift
		}
		entry := yaml.Node{Kind: n.Kind, Tag: n.Tag, Content: n.Content[i : i+2]}
		text, ok := block(&entry, indent, rest, step)
		if !ok {
			return "", false
		}
		b.WriteString(text)
	}
	return b.String(), true
}

// librarysStep returns how many columns right of its key the YAML library writes a
// sequence: 0 or 2.
func librarysStep(step int) int { return min(step, 1) * 2 }

// block returns n with its first line in column indent and all other lines in column
// rest.
func block(n *yaml.Node, indent, rest, step int) (string, bool) {
	style := yaml.CompactSequenceStyle
	if librarysStep(step) > 0 {
		style = yaml.WideSequenceStyle
	}
	raw, err := yaml.MarshalWithOptions(inBlockStyle(n), &yaml.EncoderOptions{SeqIndent: style})
	if err != nil {
		return "", false
	}
	var b strings.Builder
	for line := range bytes.Lines(raw) {
		line = bytes.TrimSuffix(line, []byte("\n"))
		if len(line) > 0 {
			b.WriteString(strings.Repeat(" ", max(indent, 0)))
			b.Write(line[max(-indent, 0):]) // a negative indent: all lines have that many spaces
		}
		b.WriteByte('\n')
		indent = rest
	}
	return b.String(), true
}

// Block returns n, a collection with entries, as lines of block style YAML. The first
// column is indent, newline ends each line, and sequences start in the column of their
// key. It returns an error if the YAML library refuses n.
func Block(n *yaml.Node, indent int, newline string) (string, error) {
	text, ok := encoder{}.block(n, indent, 0)
	if !ok {
		return "", errors.New("cannot be written as YAML")
	}
	return strings.ReplaceAll(text, "\n", newline), nil
}

// inBlockStyle returns a copy of n in block style. The nodes in it keep their style.
func inBlockStyle(n *yaml.Node) *yaml.Node {
	c := unambiguous(n)
	c.Style &^= yaml.FlowStyle
	return c
}

// unambiguous returns a copy of n with quotes around strings such as yes, on and 1:20. A
// YAML 1.1 parser, such as kubectl's, reads them as other types. The library is for YAML
// 1.2 and leaves the quotes out. In flow style unambiguous also writes "null" for a null
// that is not written: the library makes an empty string of it.
func unambiguous(n *yaml.Node) *yaml.Node {
	c := *n
	if n.Kind == yaml.ScalarNode && n.ShortTag() == strTag && n.Style == 0 && !isSurelyString(n.Value) && yaml.IsYaml1_1NonString(n) {
		c.Style = yaml.DoubleQuotedStyle
	}
	c.Content = nil
	for _, child := range n.Content {
		child = unambiguous(child)
		if n.Style&yaml.FlowStyle != 0 && isNothing(child) {
			child.Value = "null"
		}
		c.Content = append(c.Content, child)
	}
	return &c
}

// isSurelyString reports whether a YAML 1.1 parser surely reads s as a string. It saves
// most calls of that parser. The parser reads something else only in a few words and in
// texts that do not start with a letter.
func isSurelyString(s string) bool {
	if s == "" || (s[0] < 'a' || s[0] > 'z') && (s[0] < 'A' || s[0] > 'Z') {
		return false
	}
	switch strings.ToLower(s) {
	case "y", "yes", "n", "no", "on", "off", "true", "false", "null":
		return false
	}
	return true
}

// inline returns n in flow style, on one line.
func (e encoder) inline(n *yaml.Node) (string, bool) {
	if e.json {
		var b strings.Builder
		ok := writeJSON(&b, n)
		return b.String(), ok
	}
	raw, err := yaml.MarshalWithOptions(inFlowStyle(unambiguous(n)), &yaml.EncoderOptions{})
	text := strings.TrimSuffix(string(raw), "\n")
	return text, err == nil && !strings.Contains(text, "\n")
}

// inFlowStyle returns a copy of n that fits on one line.
func inFlowStyle(n *yaml.Node) *yaml.Node {
	c := &yaml.Node{Kind: n.Kind, Tag: n.Tag, Value: n.Value}
	if n.Kind != yaml.ScalarNode {
		c.Style = yaml.FlowStyle
	} else if c.Style = n.Style & (yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle); strings.ContainsAny(n.Value, "\r\n\u0085\u2028\u2029") {
		c.Style = yaml.DoubleQuotedStyle
	}
	for _, child := range n.Content {
		c.Content = append(c.Content, inFlowStyle(child))
	}
	return c
}

// quotedAs returns the scalar n with the quotes of old if both are strings, and n itself
// otherwise.
func quotedAs(n, old *yaml.Node) *yaml.Node {
	if n.Kind != yaml.ScalarNode || n.ShortTag() != strTag || old.ShortTag() != strTag {
		return n
	}
	c := *n
	c.Style = old.Style & (yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle)
	return &c
}

// looksLikeJSON reports whether root is written in the style of JSON.
func looksLikeJSON(root *yaml.Node) bool {
	return root.Kind == yaml.MappingNode && root.Style&yaml.FlowStyle != 0 &&
		len(root.Content) > 0 && root.Content[0].Style&yaml.DoubleQuotedStyle != 0
}

func writeJSON(b *strings.Builder, n *yaml.Node) bool {
	switch n.Kind {
	case yaml.ScalarNode:
		return writeJSONScalar(b, n)
	case yaml.SequenceNode:
		b.WriteByte('[')
		for i, child := range n.Content {
			if i > 0 {
				b.WriteString(", ")
			}
			if !writeJSON(b, child) {
				return false
			}
		}
		b.WriteByte(']')
	case yaml.MappingNode:
		b.WriteByte('{')
		for i := 0; i+1 < len(n.Content); i += 2 {
			if i > 0 {
				b.WriteString(", ")
			}
			key := *n.Content[i]
			key.Tag = strTag
			if !writeJSONScalar(b, &key) {
				return false
			}
			b.WriteString(": ")
			if !writeJSON(b, n.Content[i+1]) {
				return false
			}
		}
		b.WriteByte('}')
	default:
		return false
	}
	return true
}

func writeJSONScalar(b *strings.Builder, n *yaml.Node) bool {
	if n.ShortTag() != strTag {
		b.WriteString(n.Value)
		return json.Valid([]byte(n.Value))
	}
	var quoted bytes.Buffer
	encoder := json.NewEncoder(&quoted)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(n.Value)
	b.Write(bytes.TrimSuffix(quoted.Bytes(), []byte("\n")))
	return err == nil
}
