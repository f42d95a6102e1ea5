// SPDX-License-Identifier: Apache-2.0

package edit

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// isJSON reports whether kubectl reads src as JSON: an object with only white space and a
// byte order mark around it. kubectl tries the JSON parser first if the text begins with
// a brace: see YAMLOrJSONDecoder of k8s.io/apimachinery. Not all JSON is YAML: YAML has
// no escaped slash and no surrogate pairs.
func isJSON(src []byte) bool {
	src = bytes.TrimPrefix(src, byteOrderMark)
	first := bytes.TrimLeft(src, " \t\r\n")
	return len(first) > 0 && first[0] == '{' && json.Valid(src)
}

// parseJSON returns the tree of src, which must be JSON. The YAML parser would return the
// same tree for the same text in flow style. Strings are read as encoding/json reads
// them. A key that occurs twice stays.
func parseJSON(src []byte) *yaml.Node {
	text := NewText(src)
	start := text.LineStart(0)
	r := &jsonReader{text: text, i: start, at: start, line: 1, column: 1}
	return r.value()
}

// A jsonReader reads valid JSON by recursion. The depth is safe: encoding/json accepts at
// most 10,000 levels.
type jsonReader struct {
	text         *Text
	i            int // the next byte to read
	at           int // the byte at line and column
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

// node returns a new node at the next byte.
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

// token returns the text from the next byte to end, and continues at end.
func (r *jsonReader) token(end int) []byte {
	start := r.i
	r.i = end
	return r.text.src[start:end]
}

// skip moves to the next value.
func (r *jsonReader) skip() {
	for strings.IndexByte(" \t\r\n,:", r.text.src[r.i]) >= 0 {
		r.i++
	}
}

// next reports whether the collection has another value before its closing bracket. If
// not, it moves past the bracket.
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
		return "" // cannot happen: the text is valid JSON
	}
	return s
}

// jsonTag returns the YAML tag of a JSON value that is no string. A number out of range
// is a float.
func jsonTag(value string) string {
	tag := (&yaml.Node{Kind: yaml.ScalarNode, Value: value}).ShortTag()
	if tag == strTag {
		return floatTag
	}
	return tag
}
