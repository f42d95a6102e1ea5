// SPDX-License-Identifier: Apache-2.0

package edit_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/edit"
	"example.com/calico-pull-secrets/internal/mapping"
)

var jsonCases = map[string]string{
	"nothing":               `{}`,
	"white space around":    " \r\n\t{\r\"a\" :\n[ ] , \"b\":{}}\n\n",
	"a byte order mark":     "\uFEFF{\"a\": 1}",
	"an escaped slash":      `{"a": "x\/y", "\/": [null, true, false]}`,
	"surrogate pairs":       `{"a": "\ud83d\ude00", "b": "\ud83d", "c": "\ude00\ud83d"}`,
	"line breaks of YAML":   "{\"a\u2028\": \"x\u2029\u0085\",\n \"b\": \"é\", \"c\": [\"\u2028\", 1]}",
	"quotes in strings":     `{"a\"": "\\", "b\\\"": "{[,:]}"}`,
	"numbers of all kinds":  `{"a": [0, -0, 1, 1.50, 1e3, -1E+400, 0.1e-7, 123456789012345678901234567890]}`,
	"words that YAML knows": `{"yes": "no", "1": "null", "~": "1e3", "<<": {"a": "0x1"}}`,
	"a key there twice":     `{"a": {"b": 1}, "a": {"c": 2}}`,
	"deep nesting":          strings.Repeat(`{"a":[`, 4999) + "1" + strings.Repeat(`]}`, 4999),
	"invalid UTF-8":         "{\"a\": \"\xff\", \"b\": \"é\"}",
}

func TestJSONIsWhatTheJSONParserReads(t *testing.T) {
	for name, src := range jsonCases {
		t.Run(name, func(t *testing.T) { requireJSON(t, []byte(src)) })
	}
}

// FuzzJSON checks that an object which encoding/json accepts is read as encoding/json
// reads it.
func FuzzJSON(f *testing.F) {
	for _, src := range jsonCases {
		if len(src) < 1000 { // long texts make the fuzzer slow
			f.Add([]byte(src))
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		if !isJSON(src) {
			return
		}
		requireJSON(t, src)
	})
}

func requireJSON(t *testing.T, src []byte) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(src, []byte("\uFEFF"))))
	decoder.UseNumber()
	var want any
	require.NoError(t, decoder.Decode(&want))
	root, err := edit.Parse(src)
	require.NoError(t, err)
	text := edit.NewText(src)
	require.Equal(t, want, readValue(t, text, src, root))
}

// readValue returns the value that encoding/json makes of n. It fails the test if the
// place of n is wrong.
func readValue(t *testing.T, text *edit.Text, src []byte, n *yaml.Node) any {
	t.Helper()
	require.Equal(t, n.Line-1, text.LineOf(text.Start(n)))
	at := src[text.Start(n):]
	switch n.Kind {
	case yaml.MappingNode:
		require.Equal(t, yaml.FlowStyle, n.Style)
		require.Equal(t, byte('{'), at[0])
		object := map[string]any{}
		for key, value := range mapping.Entries(n) {
			object[readValue(t, text, src, key).(string)] = readValue(t, text, src, value)
		}
		return object
	case yaml.SequenceNode:
		require.Equal(t, yaml.FlowStyle, n.Style)
		require.Equal(t, byte('['), at[0])
		array := []any{}
		for _, child := range n.Content {
			array = append(array, readValue(t, text, src, child))
		}
		return array
	}
	switch n.Tag {
	case "!!str":
		require.Equal(t, yaml.DoubleQuotedStyle, n.Style)
		require.Equal(t, byte('"'), at[0])
		return n.Value
	case "!!null":
		require.True(t, bytes.HasPrefix(at, []byte("null")))
		return nil
	case "!!bool":
		require.True(t, bytes.HasPrefix(at, []byte(n.Value)))
		return n.Value == "true"
	}
	require.Contains(t, []string{"!!int", "!!float"}, n.Tag)
	require.True(t, bytes.HasPrefix(at, []byte(n.Value)))
	return json.Number(n.Value)
}

func TestWhatIsNoJSONObjectIsYAML(t *testing.T) {
	for name, src := range map[string]string{
		"a flow mapping":       "{a: 'b'}\n",
		"a comma at the end":   "{\"a\": 'b',}\n",
		"a comment behind":     "{\"a\": 'b'} # c\n",
		"a marker before":      "---\n{\"a\": 'b'}\n",
		"a string in a key":    "x: {\"a\": 'b'}\n",
		"a list":               "[{\"a\": 'b'}]\n",
		"a marker behind JSON": "{\"a\": \"b\"}\n---\n",
	} {
		t.Run(name, func(t *testing.T) {
			root, err := edit.Parse([]byte(src))
			require.NoError(t, err)
			var want yaml.Node
			require.NoError(t, yaml.Unmarshal([]byte(src), &want))
			require.Equal(t, want.Content[0], root)
		})
	}
	_, err := edit.Parse([]byte("x: {\"a\": \"\\/\"}\n"))
	require.Error(t, err, "not JSON, and no YAML")
}

func TestJSONThatIsTooDeepIsAnError(t *testing.T) {
	_, err := edit.Parse([]byte(strings.Repeat(`{"a":`, 20000) + "1" + strings.Repeat(`}`, 20000)))
	var syntax *edit.SyntaxError
	require.ErrorAs(t, err, &syntax)
}
