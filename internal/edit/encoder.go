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
	wide bool // sequences are indented below their key
	json bool // the text is JSON
}

// block returns n, a collection with entries, as whole lines, each ended by LF,
// whose first column is indent. It reports false for what the YAML library refuses.
func (e encoder) block(n *yaml.Node, indent int) (string, bool) {
	style := yaml.CompactSequenceStyle
	if e.wide {
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
			b.WriteString(strings.Repeat(" ", indent))
			b.Write(line)
		}
		b.WriteByte('\n')
	}
	return b.String(), true
}

// Block returns n, a collection with entries, as lines of block style YAML: the
// first column is indent, the line break newline, sequences start in the column
// of their key. It is an error if the YAML library refuses n.
func Block(n *yaml.Node, indent int, newline string) (string, error) {
	text, ok := encoder{}.block(n, indent)
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
