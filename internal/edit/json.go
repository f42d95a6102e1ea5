// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// isJSON reports whether kubectl takes src for JSON: an object, with nothing but
// white space and a byte order mark around it. It asks the JSON parser first for
// what begins with a brace, as YAMLOrJSONDecoder of k8s.io/apimachinery does. Not
// all JSON is YAML: an escaped slash and surrogate pairs are not.
func isJSON(src []byte) bool {
	src = bytes.TrimPrefix(src, byteOrderMark)
	first := bytes.TrimLeft(src, " \t\r\n")
	return len(first) > 0 && first[0] == '{' && json.Valid(src)
}

// parseJSON returns the tree of src, which is JSON: what the YAML parser makes of
// the same in flow style, with strings read as encoding/json reads them. A key
// that is there twice is kept.
func parseJSON(src []byte) *yaml.Node {
	text := NewText(src)
	start := text.LineStart(0)
	r := &jsonReader{text: text, i: start, at: start, line: 1, column: 1}
	return r.value()
}

// A jsonReader reads JSON that is known to be valid, and so not too deep to be
// read by recursion: encoding/json takes 10,000 levels.
type jsonReader struct {
	text         *Text
	i            int // what is read next
	at           int // of which line and column are known
	line, column int // counted from 1, in characters
}

func (r *jsonReader) value() *yaml.Node {
	r.skip()
	n := r.node()
	switch r.text.src[r.i] {
	case '{':
		n.Kind, n.Tag, n.Style = yaml.MappingNode, mapTag, yaml.FlowStyle
		r.i++
		for r.next('}') {
			n.Content = append(n.Content, r.value(), r.value())
		}
	case '[':
		n.Kind, n.Tag, n.Style = yaml.SequenceNode, seqTag, yaml.FlowStyle
		r.i++
		for r.next(']') {
			n.Content = append(n.Content, r.value())
		}
	case '"':
		n.Tag, n.Style = strTag, yaml.DoubleQuotedStyle
		n.Value = unquoteJSON(r.token(r.text.quotedEnd(r.i)))
	default:
		end := r.i
		for end < len(r.text.src) && strings.IndexByte(" \t\r\n,:]}", r.text.src[end]) < 0 {
			end++
		}
		n.Value = string(r.token(end))
		n.Tag = jsonTag(n.Value)
	}
	return n
}

// node returns a node at the next byte.
func (r *jsonReader) node() *yaml.Node {
	for r.line < r.text.Lines() && r.text.LineStart(r.line) <= r.i {
		r.at, r.column = r.text.LineStart(r.line), 1
		r.line++
	}
	if r.text.starts[r.line-1]&multibyte != 0 {
		r.column += utf8.RuneCount(r.text.src[r.at:r.i])
	} else {
		r.column += r.i - r.at
	}
	r.at = r.i
	return &yaml.Node{Kind: yaml.ScalarNode, Line: r.line, Column: r.column}
}

// token returns what stands between the next byte and end, and goes on there.
func (r *jsonReader) token(end int) []byte {
	start := r.i
	r.i = end
	return r.text.src[start:end]
}

// skip goes to the next value.
func (r *jsonReader) skip() {
	for strings.IndexByte(" \t\r\n,:", r.text.src[r.i]) >= 0 {
		r.i++
	}
}

// next reports whether there is another value before the bracket that closes its
// collection, and goes behind that if not.
func (r *jsonReader) next(bracket byte) bool {
	r.skip()
	if r.text.src[r.i] == bracket {
		r.i++
		return false
	}
	return true
}

func unquoteJSON(quoted []byte) string {
	if bytes.IndexByte(quoted, '\\') < 0 && utf8.Valid(quoted) {
		return string(quoted[1 : len(quoted)-1])
	}
	var s string
	if err := json.Unmarshal(quoted, &s); err != nil {
		return "" // it is known to be valid
	}
	return s
}

// jsonTag returns the tag that YAML has for what is no string in JSON. A number
// out of range is one here.
func jsonTag(value string) string {
	tag := (&yaml.Node{Kind: yaml.ScalarNode, Value: value}).ShortTag()
	if tag == strTag {
		return floatTag
	}
	return tag
}
