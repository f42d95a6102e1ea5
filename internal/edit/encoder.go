// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// An encoder writes new nodes in the manner of the text they go into.
type encoder struct {
	json bool // the text is JSON
}

// block returns n, a collection with entries, as whole lines, each ended by LF,
// whose first column is indent. Sequences start step columns right of their key; those
// further below, which the YAML library writes, in that column or two right of it. It
// reports false for what the library refuses.
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

// librarysStep returns how far right of its key the YAML library writes a sequence.
func librarysStep(step int) int { return min(step, 1) * 2 }

// block returns n with the first line in column indent, and the others in column rest.
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
			b.Write(line[max(-indent, 0):]) // all are indented then
		}
		b.WriteByte('\n')
		indent = rest
	}
	return b.String(), true
}

// Block returns n, a collection with entries, as lines of block style YAML: the
// first column is indent, the line break newline, sequences start in the column
// of their key. It is an error if the YAML library refuses n.
func Block(n *yaml.Node, indent int, newline string) (string, error) {
	text, ok := encoder{}.block(n, indent, 0)
	if !ok {
		return "", errors.New("cannot be written as YAML")
	}
	return strings.ReplaceAll(text, "\n", newline), nil
}

// inBlockStyle returns a copy of n whose own style is block. What is in it keeps
// its style.
func inBlockStyle(n *yaml.Node) *yaml.Node {
	c := unambiguous(n)
	c.Style &^= yaml.FlowStyle
	return c
}

// unambiguous returns a copy of n with quotes around the strings that a YAML 1.1
// parser, such as kubectl's, would not take for strings: yes, on, 1:20. The
// library leaves them out, being one for YAML 1.2. A null in flow style that is
// not written is, because the library makes an empty string of it.
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

// isSurelyString spares asking the YAML 1.1 parser about most strings: what it
// takes for something else is one of a few words or does not start with a letter.
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

// inFlowStyle returns a copy of n in which nothing needs a line of its own.
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

// quotedAs returns the scalar n with the quotes of old, if both are strings.
func quotedAs(n, old *yaml.Node) *yaml.Node {
	if n.Kind != yaml.ScalarNode || n.ShortTag() != strTag || old.ShortTag() != strTag {
		return n
	}
	c := *n
	c.Style = old.Style & (yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle)
	return &c
}

// looksLikeJSON reports whether root is written as JSON writes it.
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
