// SPDX-License-Identifier: Apache-2.0

package prefilter

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/edit"
	"example.com/calico-pull-secrets/internal/form"
)

// kindsAreWritten are ways to write a DaemonSet with the word calico-node in it, or a
// List with such an object.
var kindsAreWritten = map[string]string{
	"a key and a value":                      "kind: DaemonSet\nmetadata: {name: calico-node}\n",
	"quotes":                                 "\"kind\": 'DaemonSet'\nname: \"calico-node\"\n",
	"JSON":                                   `{"kind":"DaemonSet","name":"calico-node"}`,
	"JSON with white space":                  "{ \"kind\" :\n\t\"DaemonSet\" , \"name\": \"calico-node\"}",
	"JSON with an escape in the kind":        `{"kind":"Daemon\u0053et","name":"calico-node"}`,
	"JSON with an escape in the key":         `{"\u006bind":"DaemonSet","name":"calico-node"}`,
	"JSON with an escape in the word":        `{"kind":"DaemonSet","name":"calico\u002dnode"}`,
	"YAML's other escapes":                   "\"k\\x69nd\": \"Daemon\\U00000053et\"\nname: calico-node\n",
	"an escaped line break in the key":       "? \"ki\\\n  nd\"\n: DaemonSet\nname: calico-node\n",
	"an escaped line break in the kind":      "kind: \"Daemon\\\r\n  Set\"\nname: calico-node\n",
	"an escaped NEL in the word":             "kind: DaemonSet\nname: \"calico\\\u0085-node\"\n",
	"an explicit key":                        "? kind\n: DaemonSet\n? name\n: calico-node\n",
	"an explicit key that ends in NEL":       "? kind\u0085: DaemonSet\u0085name: calico-node\n",
	"an explicit key that ends in LS":        "? kind\u2028: DaemonSet\nname: calico-node\n",
	"an explicit key and a comment":          "? kind # c\n: DaemonSet\nname: calico-node\n",
	"an explicit key, comments, blank lines": "? kind\n\n# c: x\n  # d\n: # e\n  DaemonSet\nname: calico-node\n",
	"a comment that ends in CR":              "? kind # c\r: # d\r  DaemonSet\rname: calico-node\r",
	"a comment that ends in PS":              "? kind # c\u2029: DaemonSet\nname: calico-node\n",
	"a literal key":                          "? |-\n  kind\n: DaemonSet\nname: calico-node\n",
	"a folded key":                           "? >2-\n  kind\n: >-\n  DaemonSet\nname: calico-node\n",
	"a literal value":                        "kind: |-\n  DaemonSet\nname: calico-node\n",
	"a literal value that keeps its end":     "kind: |2+ # c\n  DaemonSet\n\nname: calico-node\n",
	"a tag on the key":                       "!!str kind: DaemonSet\nname: calico-node\n",
	"a tag on the value":                     "kind: !!str DaemonSet\nname: calico-node\n",
	"a tag of one's own on the value":        "kind: !own\n  DaemonSet\nname: calico-node\n",
	"an anchor on the value":                 "kind: &k DaemonSet\nname: calico-node\n",
	"an anchor and a tag on the value":       "kind: &k !<tag:yaml.org,2002:str> \"DaemonSet\"\nname: calico-node\n",
	"an anchor on the key":                   "&k kind: DaemonSet\nname: calico-node\n",
	"an alias as key":                        "x: &k kind\n*k : DaemonSet\nname: calico-node\n",
	"an alias of a literal as key":           "x: &k |-\n  kind\n*k : DaemonSet\nname: calico-node\n",
	"an alias of a quoted key on a new line": "x: &k\n  \"kind\"\n? *k\n: DaemonSet\nname: calico-node\n",
	"an alias as value":                      "x: &v DaemonSet\nkind: *v\nname: calico-node\n",
	"an alias as value in flow style":        "{x: &v DaemonSet,kind: *v,name: calico-node}\n",
	"a merge key":                            "<<: {kind: DaemonSet}\nname: calico-node\n",
	"a merge key with an alias":              "x: &x {kind: DaemonSet}\n<<: *x\nname: calico-node\n",
	"a tab before the colon":                 "{\"kind\"\t:\tDaemonSet, name: calico-node}\n",
	"flow style over lines":                  "{\n  ? kind\n  : # c\n    DaemonSet,\n  name: calico-node\n}\n",
	"a List":                                 "kind: List\nitems:\n-\n- kind: DaemonSet\n  name: calico-node\n",
	"a List of a kind":                       "kind: DaemonSetList\nitems:\n- name: calico-node\n",
	"the word as key":                        "kind: DaemonSet\ncalico-node: x\n",
	"the word in a text":                     "kind: DaemonSet\nx: |\n  a calico-node b\n",
	"a byte order mark":                      "\uFEFFkind: DaemonSet\nname: calico-node\n",
	"UTF-16":                                 utf16("kind: DaemonSet\nname: calico-node\n"),
}

func utf16(text string) string {
	b := []byte{0xFF, 0xFE}
	for _, c := range []byte(text) {
		b = append(b, c, 0)
	}
	return string(b)
}

func TestNoWayToWriteAKindIsMissed(t *testing.T) {
	for name, text := range kindsAreWritten {
		t.Run(name, func(t *testing.T) {
			root, err := edit.Parse([]byte(text))
			require.NoError(t, err)
			tree, err := edit.Expand(root)
			require.NoError(t, err)
			for _, interest := range []Interest{{"DaemonSet": nil}, {"DaemonSet": {"other", "calico-node"}}, {"": {"calico-node"}}} {
				require.True(t, interest.Filter().Matters(tree))
				require.True(t, interest.Filter().MayMatter([]byte(text)))
			}
			require.False(t, Interest{"Deployment": nil, "DaemonSet": {"other"}, "Set": nil}.Filter().Matters(tree))
		})
	}
}

// TestWhatCannotMatterIsNotParsed checks that the filter does refuse texts.
func TestWhatCannotMatterIsNotParsed(t *testing.T) {
	s := Interest{"DaemonSet": {"calico-node"}, "Installation": nil, "PodTemplate": nil}.Filter()
	require.False(t, Interest{"": {"ame:"}}.Filter().MayMatter([]byte("kind: X\nx: a name of \"a name\" b\nz: name-a")))
	require.True(t, Interest{"": {"ame:"}}.Filter().MayMatter([]byte("{\"kind\": \"X\", \"first name\" : 1}")))
	for name, text := range map[string]string{
		"nothing":                            "",
		"another kind":                       "kind: Service\nname: calico-node\n",
		"the kind without the word":          "kind: DaemonSet\nname: other\n",
		"a kind that only starts like one":   "kind: Pod\nname: calico-node\n",
		"the kind elsewhere":                 "kind: Service\nx: DaemonSet calico-node\n",
		"a schema":                           "kind: CustomResourceDefinition\nproperties:\n  kind:\n    description: 'kind is a DaemonSet’s calico-node'\n    type: string\n",
		"a pattern":                          "kind: X\npattern: ^(\\d+)\\.[a-z]*$|\\n\nname: calico-node DaemonSet Installation\n",
		"what looks like an anchor or alias": "kind: X\nx: R&D && a *b* 2>&1 $&x\nname: calico-node DaemonSet\n",
		"an anchor without aliases":          "kind: &a X\nx: DaemonSet calico-node\n",
		"a kind behind a word":               "kindly: DaemonSet\nname: calico-node\n",
	} {
		t.Run(name, func(t *testing.T) { require.False(t, s.MayMatter([]byte(text))) })
	}
}

func TestWordsThatAreNoKeys(t *testing.T) {
	require.False(t, Interest{"": {"mplate:"}}.Filter().MayMatter([]byte("kind: X\ntext: a template of a template of it")))
	require.True(t, Interest{"": {"mplate:"}}.Filter().MayMatter([]byte("kind: X\nx: &k template\n*k : y\n")))
}

// tokens are the parts of the fuzzer's texts. From single bytes it would hardly ever write YAML.
var tokens = []string{
	"\n", "\n  ", " ", "a", "b", "key", "a: ", "key: x", "- ", "'", "\"", "\\", "''", "|", ">", "|\n    ", "#", " #", "{", "}", "[", "]", ", ", "&a ", "*a", "<<: ",
	"\t", "\r", "\r\n", "\u0085", "\u2028", "\u00a0", "é", "“", "\x00", "\x7f", "\xff", "\ufeff", "---", "\n---", "...", "null", "%", "@", "`", "~", "?", "? ", ":", ": ",
	"kind", "kind: ", "\nkind: ", "? kind", "\n: ", "\"kind\"", "'kind'", "DaemonSet", "\"DaemonSet\"", "DaemonSetList", "calico-node", "\nname: calico-node",
	"&a ", "&b ", "*a ", "*b", "*a : ", "\nx: &a ", "\n<<: *a", "!!str ", "!own ", "! ", "\\x6b", "\\u0044", "\\\n", "\\/", "# c\n", " # c", "\u2029", "\n? ", "|-\n  ", ">-\n  ", "|2+\n  ",
	"{kind: DaemonSet}", "{? kind : DaemonSet}", "{\"kind\":", "\"DaemonSet\"}", ",", "items:\n- ", "\n- kind: ", "%YAML 1.1\n---\n", "--- ", "...\n",
}

// FuzzInterest checks that the filter accepts each text that is of interest for the
// parser, alone and among other texts.
func FuzzInterest(f *testing.F) {
	for _, text := range kindsAreWritten {
		f.Add(text, []byte{})
	}
	for i := range tokens {
		f.Add("kind: DaemonSet\nname: calico-node", []byte{byte(i), byte(i)})
	}
	f.Fuzz(func(t *testing.T, text string, choices []byte) {
		var b strings.Builder
		for i, c := range choices {
			if i == len(choices)/2 {
				b.WriteString(text)
			}
			b.WriteString(tokens[int(c)%len(tokens)])
		}
		if len(choices) == 0 {
			b.WriteString(text)
		}
		text = b.String()
		root, err := edit.Parse([]byte(text))
		if err != nil {
			return
		}
		tree, err := edit.Expand(root)
		if err != nil {
			return
		}
		for _, interest := range []Interest{{"DaemonSet": nil}, {"D": nil}, {"DaemonSet": {"other", "calico-node"}}, {"DaemonSet": {"x"}, "kind": {"a"}}, {"": {"ame:"}}} {
			s := interest.Filter()
			if !s.Matters(tree) {
				continue
			}
			require.True(t, s.MayMatter([]byte(text)), "%v: %q", interest, text)
			if !form.IsMarkedUTF16([]byte(text)) {
				require.True(t, s.MayMatter([]byte("kind: 'x\\'\n---\n"+text+"\n---\nkind: y\n")), "%v: %q", interest, text)
			}
		}
	})
}

// BenchmarkWordsThatAreNoKeys searches a key in a text with n words that look like its end. The time
// must grow as n.
func BenchmarkWordsThatAreNoKeys(b *testing.B) {
	s := Interest{"": {"mplate:"}}.Filter()
	for _, n := range []int{10_000, 20_000, 40_000} {
		text := []byte("kind: X\ntext: " + strings.Repeat("a template of ", n))
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			for b.Loop() {
				s.MayMatter(text)
			}
		})
	}
}

// TestCommentsAreReadOnce has thousands of keys in one comment, or before one without an end. Each once
// read the rest of the text, for minutes.
func TestCommentsAreReadOnce(t *testing.T) {
	filter := Interest{"Pod": nil}.Filter()
	for _, text := range []string{
		"kind:" + strings.Repeat(" # kind:", 200_000), strings.Repeat(`"kind":/*`, 200_000), strings.Repeat(`"kind":/*`, 200_000) + "*/", strings.Repeat(`"kind"://`, 200_000),
		strings.Repeat(`"kind"://`, 200_000) + "\n", strings.Repeat("kind: !", 200_000), strings.Repeat("kind: &a ", 200_000), strings.Repeat("kind:\n#kind:\n", 200_000),
	} {
		started := time.Now()
		require.False(t, filter.MayMatter([]byte(text)))
		require.Less(t, time.Since(started), 3*time.Second, "%.20q", text)
	}
}
