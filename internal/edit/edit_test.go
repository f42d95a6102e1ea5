// SPDX-License-Identifier: Apache-2.0

package edit_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/edit"
)

// A rewriteCase has a text and the text that it should mean. It also has the text that
// Rewrite should return, if that is a different one.
type rewriteCase struct {
	name   string
	src    string
	want   string
	out    string // empty: the same as want
	extent edit.Extent
}

const pod = "kind: Pod\nspec:\n  containers:\n  - name: a\n"

var cases = []rewriteCase{
	{
		name:   "a text that means the tree already is returned as it is",
		src:    "b: 'x'   # why\n\na:   [ 1,2 ]",
		want:   "a: [1, 2]\nb: x\n",
		out:    "b: 'x'   # why\n\na:   [ 1,2 ]",
		extent: edit.Nothing,
	},
	{
		name:   "a key is added after the last line of its mapping",
		src:    "spec:\n  a: 1\n  b:\n    c: 2\nstatus: {}\n",
		want:   "spec:\n  a: 1\n  b:\n    c: 2\n  d: 3\nstatus: {}\n",
		extent: edit.InPlace,
	},
	{
		name:   "a new sequence is in the column of its key, like its neighbours",
		src:    pod,
		want:   pod + "  imagePullSecrets:\n  - name: regcred\n",
		extent: edit.InPlace,
	},
	{
		name:   "a new sequence is right of its key, like its neighbours",
		src:    "spec:\n  containers:\n    - name: a\n",
		want:   "spec:\n  containers:\n    - name: a\n  imagePullSecrets:\n    - name: regcred\n",
		extent: edit.InPlace,
	},
	{
		name:   "sequences in the same mapping decide, not those around it",
		src:    "kind: List\nitems:\n- kind: Pod\n  spec:\n    containers:\n      - name: a\n",
		want:   "kind: List\nitems:\n- kind: Pod\n  spec:\n    containers:\n      - name: a\n    imagePullSecrets:\n      - name: regcred\n",
		extent: edit.InPlace,
	},
	{
		name:   "sequences before it do not decide",
		src:    "metadata:\n  finalizers:\n    - a\nspec:\n  containers:\n  - name: a\n    args:\n      - b\n",
		want:   "metadata:\n  finalizers:\n    - a\nspec:\n  containers:\n  - name: a\n    args:\n      - b\n  imagePullSecrets:\n  - name: regcred\n",
		extent: edit.InPlace,
	},
	{
		name:   "without neighbours, the nearest collection around it decides",
		src:    "a:\n- b\nspec:\n  c:\n    - d\n  template:\n    spec: {}\n    other:\n      e: f\n",
		want:   "a:\n- b\nspec:\n  c:\n    - d\n  template:\n    spec: {}\n    other:\n      e: f\n      list:\n        - g\n",
		extent: edit.InPlace,
	},
	{
		name:   "a sequence in place of nothing has the indentation of its neighbours, too",
		src:    "items:\n- spec:\n    list: # none\n    containers:\n      - name: a\n",
		want:   "items:\n- spec:\n    list: # none\n      - b\n    containers:\n      - name: a\n",
		extent: edit.InPlace,
	},
	{
		name:   "a new sequence is four columns right of its key, like its neighbours",
		src:    "spec:\n    containers:\n        - name: a\n",
		want:   "spec:\n    containers:\n        - name: a\n    imagePullSecrets:\n        - name: regcred\n    more:\n        - x: |\n            y\n\n            z\n",
		extent: edit.InPlace,
	},
	{
		name:   "a new sequence is one column right of its key, like its neighbours",
		src:    "list:\n - a\n",
		want:   "list:\n - a\nother:\n - b: c\n   d: e\n",
		extent: edit.InPlace,
	},
	{
		name:   "an element is added after the others",
		src:    "secrets:\n- name: a # first\n\n# about the rest\nrest: 1\n",
		want:   "secrets:\n- name: a # first\n- name: b\n\n# about the rest\nrest: 1\n",
		extent: edit.InPlace,
	},
	{
		name:   "a comment in the column of the entries stays before the new entry",
		src:    "spec:\n  list:\n  - a\n  # - b\nnext: 1\n",
		want:   "spec:\n  list:\n  - a\n  new: 1\nnext: 1\n",
		out:    "spec:\n  list:\n  - a\n  # - b\n  new: 1\nnext: 1\n",
		extent: edit.InPlace,
	},
	{
		name:   "a comment on the next entry stays with it",
		src:    "list:\n- a\n# about next\nnext: 1\n",
		want:   "list:\n- a\n- b\n# about next\nnext: 1\n",
		extent: edit.InPlace,
	},
	{
		name:   "a missing final line break stays missing",
		src:    "a: 1",
		want:   "a: 1\nb: 2",
		extent: edit.InPlace,
	},
	{
		name:   "CR LF stays CR LF",
		src:    "a: 1\r\nb:\r\n- x\r\n",
		want:   "a: 1\r\nb:\r\n- x\r\n- z\r\n",
		extent: edit.InPlace,
	},
	{
		name:   "an indented document keeps its indentation",
		src:    "  a: 1\n  b:\n    c: 2\n",
		want:   "  a: 1\n  b:\n    c: 2\n    d: 3\n",
		extent: edit.InPlace,
	},
	{
		name:   "a literal may look like comments and keys",
		src:    "spec:\n  script: |\n    # not a comment\n    key: value\n\n  \nnext: 1\n",
		want:   "spec:\n  script: |\n    # not a comment\n    key: value\n  new: 1\n\n  \nnext: 1\n",
		extent: edit.InPlace,
	},
	{
		name:   "a literal that keeps its last line breaks keeps them",
		src:    "spec:\n  script: |+\n    text\n\n\nnext: 1\n",
		want:   "spec:\n  script: |+\n    text\n\n\n  new: 1\nnext: 1\n",
		extent: edit.InPlace,
	},
	{
		name:   "a plain scalar may have several lines",
		src:    "spec:\n  text: one\n    two # three\n  # four\nnext: 1\n",
		want:   "spec:\n  text: one two\n  new: 1\nnext: 1\n",
		out:    "spec:\n  text: one\n    two # three\n  # four\n  new: 1\nnext: 1\n",
		extent: edit.InPlace,
	},
	{
		name:   "the lines of a quoted scalar may start anywhere",
		src:    "spec:\n  text: \"one\n\n two\\\"\n    # three: 'x\"\nnext: 1\n",
		want:   "spec:\n  text: \"one\n\n two\\\"\n    # three: 'x\"\n  new: 1\nnext: 1\n",
		extent: edit.InPlace,
	},
	{
		name:   "null becomes a list in its place",
		src:    "spec:\n  imagePullSecrets: null # none yet\n  b: 1\n",
		want:   "spec:\n  imagePullSecrets: # none yet\n  - name: a\n  b: 1\n",
		extent: edit.InPlace,
	},
	{
		name:   "nothing becomes a list in its place",
		src:    "spec:\n  imagePullSecrets:\n  b: 1\n",
		want:   "spec:\n  imagePullSecrets:\n  - name: a\n  b: 1\n",
		extent: edit.InPlace,
	},
	{
		name:   "an empty list becomes a list in its place",
		src:    "spec:\n  imagePullSecrets: []\n  list:\n    - b\n",
		want:   "spec:\n  imagePullSecrets:\n    - name: a\n  list:\n    - b\n",
		extent: edit.InPlace,
	},
	{
		name:   "a list in flow style gets its element in that line",
		src:    "spec:\n  imagePullSecrets: [ {name: a} ] # two\n",
		want:   "spec:\n  imagePullSecrets: [ {name: a}, {name: b} ] # two\n",
		extent: edit.InPlace,
	},
	{
		name:   "JSON stays JSON",
		src:    `{"spec": {"list": ["a\"]", {"b": "}"}], "n": 1.50}}`,
		want:   `{"spec": {"list": ["a\"]", {"b": "}"}, {"name": "regcred"}], "n": 1.50}}`,
		extent: edit.InPlace,
	},
	{
		name:   "JSON with a line for each entry gets a line",
		src:    "{\n  \"spec\": {\n    \"list\": [\n      {\"b\": 1}\n    ]\n  }\n}\n",
		want:   "{\n  \"spec\": {\n    \"list\": [\n      {\"b\": 1},\n      {\"c\": 2}\n    ]\n  }\n}\n",
		extent: edit.InPlace,
	},
	{
		name:   "a scalar is replaced with its quotes",
		src:    "data:\n  a: 'x'  # old\n  b: y\n",
		want:   "data:\n  a: 'z'  # old\n  b: y\n",
		extent: edit.InPlace,
	},
	{
		name:   "a scalar of several lines is replaced by one",
		src:    "data:\n  a: >-\n    x\n    y\n  b: y\n",
		want:   "data:\n  a: z\n  b: y\n",
		extent: edit.InPlace,
	},
	{
		name:   "an alias that means the same stays",
		src:    "a: &x\n- 1\nb: *x\n",
		want:   "a: &x\n- 1\nb: *x\nc: 1\n",
		extent: edit.InPlace,
	},
	{
		name:   "an alias that must mean more becomes a list of its own",
		src:    "a: &x\n- 1\nb: *x # as a\nc: 1\n",
		want:   "a: &x\n- 1\nb: # as a\n- 1\n- 2\nc: 1\n",
		extent: edit.InPlace,
	},
	{
		name:   "a change of an anchor does not change its aliases",
		src:    "a: &x\n- 1\nb: *x\n",
		want:   "a:\n- 1\n- 2\nb:\n- 1\n",
		extent: edit.Reencoded,
	},
	{
		name:   "a merged entry that changes is overridden",
		src:    "base: &x\n  list: [a]\nspec:\n  <<: *x\n  own: 1\n",
		want:   "base: &x\n  list: [a]\nspec:\n  <<: *x\n  own: 1\n  list: [a, b]\n",
		extent: edit.InPlace,
	},
	{
		name:   "an anchor on a line of its own is no obstacle",
		src:    "list: &x\n  - a\nnext: 1\n",
		want:   "list: &x\n  - a\n  - b\nnext: 1\n",
		extent: edit.InPlace,
	},
	{
		name:   "dashes on lines of their own are no obstacle",
		src:    "list:\n-\n  name: a\n-\n  name: b\n",
		want:   "list:\n-\n  name: a\n-\n  name: b\n- name: c\n",
		extent: edit.InPlace,
	},
	{
		name:   "a removed entry takes its line, and nothing else",
		src:    "# head\na: 'x' # why\nb: 2\n# foot\n",
		want:   "# head\na: 'x' # why\n# foot\n",
		extent: edit.InPlace,
	},
	{
		name:   "a removed entry takes the comments in and beside it, and others stay",
		src:    "a: 1 # of a\n# above\nb: # beside\n# in it\n- name: x # of x\n# below\nc: 2\n",
		want:   "a: 1\nc: 2\n",
		out:    "a: 1 # of a\n# above\n# below\nc: 2\n",
		extent: edit.Uncommented,
	},
	{
		name:   "a removed element takes its lines",
		src:    "list:\n  - name: a # a\n  -\n    name: b\n\n  - &c name: c\nnext: 1\n",
		want:   "list:\n  - name: a\n\n  - name: c\nnext: 1\n",
		out:    "list:\n  - name: a # a\n\n  - &c name: c\nnext: 1\n",
		extent: edit.InPlace,
	},
	{
		name:   "one object of a list is removed while another changes",
		src:    "items:\n- kind: DaemonSet\n  spec: {a: b}\n- kind: Secret\n  text: |\n    # x\n- kind: Service\n",
		want:   "items:\n- kind: DaemonSet\n  spec: {a: c}\n- kind: Service\n",
		extent: edit.InPlace,
	},
	{
		name:   "an emptied block list becomes []",
		src:    "kind: ResourceList # list\nitems: # of items\n  # one\n- kind: Secret\n# results\nresults: [1]\n",
		want:   "kind: ResourceList\nitems: []\nresults: [1]\n",
		out:    "kind: ResourceList # list\nitems: [] # of items\n# results\nresults: [1]\n",
		extent: edit.Uncommented,
	},
	{
		name:   "an emptied flow list becomes []",
		src:    "a: [1, # one\n  2]\n",
		want:   "a: []\n",
		extent: edit.InPlace,
	},
	{
		name:   "an entry after a dash is removed, and the next takes its place",
		src:    "list:\n- a:\n  - x\n  b: 1\n- c: 1\n",
		want:   "list:\n- b: 1\n- c: 1\n",
		extent: edit.InPlace,
	},
	{
		name:   "removed entries in flow style take one comma",
		src:    "{a: 1, b: 2, c: [x, y,], d: [ x, y ], e: [\n  x, # of x\n  y # of y\n], f: [\n  x\n  , y\n]}\n",
		want:   "{a: 1, c: [x], d: [x], e: [x], f: [x]}\n",
		out:    "{a: 1, c: [x,], d: [ x ], e: [\n  x # of x\n], f: [\n  x\n]}\n",
		extent: edit.Uncommented,
	},
	{
		name:   "removed first entries in flow style take their lines",
		src:    "a: [\n  # of x\n  x,\n  # of y\n  y,\n]\nb: [x, y]\nc: {x: 1,\n  y: 2}\n",
		want:   "a: [y]\nb: [y]\nc: {y: 2}\n",
		out:    "a: [\n  # of x\n  # of y\n  y,\n]\nb: [y]\nc: {y: 2}\n",
		extent: edit.InPlace,
	},
	{
		name:   "JSON loses an entry and stays JSON",
		src:    "{\n  \"a\": [\n    {\n      \"name\": \"x\"\n    },\n    {\n      \"name\": \"y\"\n    }\n  ],\n  \"b\": [1],\n  \"c\": [2]\n}\n",
		want:   "{\"a\": [{\"name\": \"x\"}], \"b\": [1]}\n",
		out:    "{\n  \"a\": [\n    {\n      \"name\": \"x\"\n    }\n  ],\n  \"b\": [1]\n}\n",
		extent: edit.InPlace,
	},
	{
		name:   "removing an anchor that is used elsewhere rewrites the object",
		src:    "a: &x [1]\nb: *x\n",
		want:   "b: [1]\n",
		extent: edit.Reencoded,
	},
	{
		name:   "removing a key that a merge key adds rewrites the object",
		src:    "a: &x {b: 1}\nc:\n  <<: *x\n  d: 1\n",
		want:   "a: {b: 1}\nc:\n  d: 1\n",
		out:    "a: {b: 1}\nc:\n  d: 1\n",
		extent: edit.Reencoded,
	},
	{
		name:   "without a final line break, removing the last entry leaves none",
		src:    "a: 1\nb:\n- name: x",
		want:   "a: 1",
		extent: edit.InPlace,
	},
	{
		name:   "a document between markers keeps them",
		src:    "# before\n---\na: 1\n...\n# behind\n",
		want:   "# before\n---\na: 1\nb: 2\n...\n# behind\n",
		extent: edit.InPlace,
	},
	{
		name:   "a literal that keeps its last line breaks ends the document",
		src:    "spec:\n  script: |+\n    text\n\n",
		want:   "spec:\n  script: |+\n    text\n\n  new: 1\n",
		extent: edit.InPlace,
	},
	{
		name:   "a literal that keeps its last line breaks is replaced at the end",
		src:    "data:\n  a: |+\n    e30=\n",
		want:   "data:\n  a: z\n",
		extent: edit.InPlace,
	},
	{
		name:   "a commented-out entry stays with its list at the end of the document",
		src:    "spec:\n  list:\n  - name: a\n  # - name: b\n",
		want:   "spec:\n  list:\n  - name: a\n  new: 1\n",
		out:    "spec:\n  list:\n  - name: a\n  # - name: b\n  new: 1\n",
		extent: edit.InPlace,
	},
	{
		name:   "a commented-out field stays with its object",
		src:    "spec:\n  path: /x\n    # type: Directory\n\n# about next\nnext: 1\n",
		want:   "spec:\n  path: /x\n  new: 1\nnext: 1\n",
		out:    "spec:\n  path: /x\n    # type: Directory\n  new: 1\n\n# about next\nnext: 1\n",
		extent: edit.InPlace,
	},
	{
		name:   "a commented-out field before another document stays, too",
		src:    "spec:\n  path: /x\n  # type: Directory\n...\n",
		want:   "spec:\n  path: /x\n  new: 1\n",
		out:    "spec:\n  path: /x\n  # type: Directory\n  new: 1\n...\n",
		extent: edit.InPlace,
	},
	{
		name:   "comments in flow style stay with their entries",
		src:    "spec: {\n  a: b, # one\n  c: d # two\n}\n",
		want:   "spec: {\n  a: b,\n  c: d,\n  e: f\n}\n",
		out:    "spec: {\n  a: b, # one\n  c: d, # two\n  e: f\n}\n",
		extent: edit.InPlace,
	},
	{
		name:   "a final comma stays, and the new last entry has one, too",
		src:    "list: [\n  {name: a}, # one\n]\n",
		want:   "list: [\n  {name: a},\n  {name: b}\n]\n",
		out:    "list: [\n  {name: a}, # one\n  {name: b},\n]\n",
		extent: edit.InPlace,
	},
	{
		name:   "a comment on the last line is not written twice",
		src:    "a: &x [1]\nb: *x\nc: abc # why\n",
		want:   "a: [1, 2]\nb: [1]\nc: abc # why\n",
		extent: edit.Reencoded,
	},
	{
		name:   "line ends are those of the neighbours",
		src:    "a: 1\r\nspec:\n  b: 1\n",
		want:   "a: 1\r\nspec:\n  b: 1\n  c: 1\n",
		extent: edit.InPlace,
	},
	{
		name:   "an empty value with an anchor ends the document",
		src:    "a: 1\nb: &x\n",
		want:   "a: 1\nb:\nc: 1\n",
		out:    "a: 1\nb: &x\nc: 1\n",
		extent: edit.InPlace,
	},
	{
		name:   "an alias to more than a few nodes is no reason to rewrite the object",
		src:    "a: &x [" + strings.Repeat("b,", 2000) + "]\nb: *x\n",
		want:   "a: &x [" + strings.Repeat("b,", 2000) + "]\nb: *x\nc: 1\n",
		extent: edit.InPlace,
	},
	{
		name:   "a null in flow style stays one in a rewritten object",
		src:    "a: {e}\nb: |\n text",
		want:   "a: {e: null}\nb: text\nc: ~",
		extent: edit.Reencoded,
	},
	{
		name:   "characters of several bytes do not shift places",
		src:    "é: {\"ü\": [ \"€\" ], x: 1}\nb: 1\n",
		want:   "é: {\"ü\": [ \"€\", \"a\" ], x: 1}\nb: 1\n",
		extent: edit.InPlace,
	},
	{
		name:   "an empty list on the next line gives its line to the entries",
		src:    "imagePullSecrets:\n  []\n",
		want:   "imagePullSecrets:\n- name: regcred\n",
		extent: edit.InPlace,
	},
	{
		name:   "an empty list on the next line of the last key gives its line",
		src:    "metadata:\n  name: a\nimagePullSecrets:\n  []",
		want:   "metadata:\n  name: a\nimagePullSecrets:\n- name: regcred",
		extent: edit.InPlace,
	},
	{
		name:   "an empty list on the next line gives its line, with CR LF too",
		src:    "a:\r\n  list:\r\n      [ ]  \r\nb: 1\r\n",
		want:   "a:\r\n  list:\r\n  - name: x\r\nb: 1\r\n",
		extent: edit.InPlace,
	},
	{
		name:   "an empty mapping on the next line gives its line, comments stay",
		src:    "a:\n  # none\n\n  {}\n  # behind\nb: 1\n",
		want:   "a:\n  c: 1\nb: 1\n",
		out:    "a:\n  # none\n\n  c: 1\n  # behind\nb: 1\n",
		extent: edit.InPlace,
	},
	{
		name:   "null on the next line gives its line",
		src:    "a:\n    ~\nb: 1\n",
		want:   "a:\n- c: 1\nb: 1\n",
		extent: edit.InPlace,
	},
	{
		name:   "a comment after an empty list on the next line stays",
		src:    "a: # key\n  [] # none yet\nb: 1\n",
		want:   "a:\n- c\nb: 1\n",
		out:    "a: # key\n  # none yet\n- c\nb: 1\n",
		extent: edit.InPlace,
	},
	{
		name:   "a list of several lines with nothing in it becomes one in block style",
		src:    "a: [\n]\nb:\n  [\n  ]\nc: 1\n",
		want:   "a:\n- x\nb:\n- z\nc: 1\n",
		extent: edit.InPlace,
	},
	{
		name:   "an empty element is replaced after its dash",
		src:    "list:\n- {}\n-\n-   []\n- ~ # why\n-\n  {}\n",
		want:   "list:\n- a: 1\n  b: 2\n- c: 1\n-   - d\n    - e\n- f: 1\n- g: 1\n",
		out:    "list:\n- a: 1\n  b: 2\n- c: 1\n-   - d\n    - e\n- # why\n  f: 1\n-\n  g: 1\n",
		extent: edit.InPlace,
	},
	{
		name:   "an empty last element is replaced, and the line break stays missing",
		src:    "list:\n- a\n-",
		want:   "list:\n- a\n- b: 1\n  c: 2",
		extent: edit.InPlace,
	},
	{
		name:   "JSON may escape a slash",
		src:    `{"a": "x\/y", "list": []}`,
		want:   `{"a": "x/y", "list": ["\\/"]}`,
		out:    `{"a": "x\/y", "list": ["\\/"]}`,
		extent: edit.InPlace,
	},
	{
		name:   "JSON may have surrogate pairs, and others",
		src:    `{"a": "\ud83d\ude00 \ud83d", "list": ["\u2028"], "b": 1}`,
		want:   `{"a": "😀 �", "list": ["\u2028", {"b": "\u2028"}], "b": 1}`,
		out:    `{"a": "\ud83d\ude00 \ud83d", "list": ["\u2028", {"b": "\u2028"}], "b": 1}`,
		extent: edit.InPlace,
	},
	{
		name:   "JSON may have any line break of YAML in a string",
		src:    "{\"a\": \"\u2028x\u0085\", \"list\": [\n 1 ], \"b\": \"x\u2028y\"}",
		want:   `{"a": "\u2028x\u0085", "list": [1, 2], "b": "x\u2028y"}`,
		out:    "{\"a\": \"\u2028x\u0085\", \"list\": [\n 1,\n 2 ], \"b\": \"x\u2028y\"}",
		extent: edit.InPlace,
	},
	{
		name:   "JSON stays JSON where a line of its own seems to end within a string",
		src:    "{\"list\": [\n1], \"b\": \"x\u2028y\"}",
		want:   `{"list": [1, 2], "b": "x\u2028y"}`,
		out:    "{\"list\": [\n1,\n2], \"b\": \"x\u2028y\"}",
		extent: edit.InPlace,
	},
	{
		name:   "an empty JSON object stays JSON",
		src:    " {} \n",
		want:   `{"a": [null]}`,
		out:    " {\"a\": [null]} \n",
		extent: edit.InPlace,
	},
	{
		name:   "JSON that is rewritten stays JSON",
		src:    "{\"a\": [\"\\/\", 2, 3], \"c\": 1E400}\n",
		want:   "{\"a\": [4, \"/\"], \"c\": 1E400}\n",
		extent: edit.Reencoded,
	},
	{
		name:   "a byte order mark before JSON stays",
		src:    "\uFEFF{\"a\": [\"\\/\"]}",
		want:   "\uFEFF{\"a\": [\"/\", 1]}",
		out:    "\uFEFF{\"a\": [\"\\/\", 1]}",
		extent: edit.InPlace,
	},
	{
		name:   "a byte order mark before YAML does not shift places",
		src:    "\uFEFFa: {x: [1]}\n",
		want:   "\uFEFFa: {x: [1, 2]}\n",
		extent: edit.InPlace,
	},
	{
		name:   "a key with a tag of its own is the key",
		src:    "!foo kind: !foo DaemonSet\n!foo list:\n- a\n",
		want:   "kind: DaemonSet\nlist:\n- a\n- b\n",
		out:    "!foo kind: !foo DaemonSet\n!foo list:\n- a\n- b\n",
		extent: edit.InPlace,
	},
	{
		name:   "a tag of its own does not change a collection",
		src:    "spec: !foo\n  list: !bar\n  - a\n  map: !<tag:x,2000:y> {a: !z b}\n",
		want:   "spec:\n  list:\n  - a\n  - b\n  map: {a: b, c: d}\n  new: 1\n",
		out:    "spec: !foo\n  list: !bar\n  - a\n  - b\n  map: !<tag:x,2000:y> {a: !z b, c: d}\n  new: 1\n",
		extent: edit.InPlace,
	},
	{
		name:   "a tag of its own makes a string, and so does a lone mark",
		src:    "a: !foo 5\nb: ! 5\nc: &x ! true\nd: [! 5, ! {a: ! 1}]\n",
		want:   "a: '5'\nb: '5'\nc: 'true'\nd: ['5', {a: '1', b: 2}]\ne: 5\n",
		out:    "a: !foo 5\nb: ! 5\nc: &x ! true\nd: [! 5, ! {a: ! 1, b: 2}]\ne: 5\n",
		extent: edit.InPlace,
	},
	{
		name:   "an explicit key has its neighbours in its column",
		src:    "spec:\n  ? list\n  :\n  - a\n  ? b\n  : 1\nnext: 1\n",
		want:   "spec:\n  list: [a, b]\n  b: 1\n  c: 1\nnext: 1\n",
		out:    "spec:\n  ? list\n  :\n  - a\n  - b\n  ? b\n  : 1\n  c: 1\nnext: 1\n",
		extent: edit.InPlace,
	},
	{
		name:   "an explicit key with an anchor on its mapping has its neighbours in its column",
		src:    "spec: &x\n  ? list\n  : []\nnext: &y\n  ?\n    a\n  :\n    b\n",
		want:   "spec:\n  list:\n  - a\n  c: 1\nnext:\n  a: b\n  c: d\n",
		out:    "spec: &x\n  ? list\n  :\n  - a\n  c: 1\nnext: &y\n  ?\n    a\n  :\n    b\n  c: d\n",
		extent: edit.InPlace,
	},
	{
		name:   "a key without a value is the last of its mapping",
		src:    "spec:\n  ? a\n  ? b\n\n# next\nnext: 1\n",
		want:   "spec:\n  a:\n  b:\n  c: 1\nnext: 1\n",
		out:    "spec:\n  ? a\n  ? b\n  c: 1\n\n# next\nnext: 1\n",
		extent: edit.InPlace,
	},
	{
		name:   "quoted keys and aliases as keys are found",
		src:    "a: &k list\n\"b\\x6Ec\\N\": [x]\n*k : [y]\n",
		want:   "a: list\n\"bnc\\N\": [x, 1]\nlist: [y, 2]\n",
		out:    "a: &k list\n\"b\\x6Ec\\N\": [x, 1]\n*k : [y, 2]\n",
		extent: edit.InPlace,
	},
	{
		name:   "a key with line breaks of any kind is added",
		src:    "a: 1\n",
		want:   "a: 1\n? \"b\\N\"\n: 1\n? \"c\\Ld\"\n: \"e\\P\"\n? \"f\\ng\"\n: \"\\r\"\n",
		extent: edit.InPlace,
	},
	{
		name:   "keys that are collections, or there twice, are no obstacle where nothing changes",
		src:    "items:\n- ? [a]\n  : 1\n  ? {b: c, d: e}\n  : 2\n- f: 1\n  f: 2\n- g: 1\n",
		want:   "items:\n- ? [a]\n  : 1\n  ? {d: e, b: c}\n  : 2\n- f: 1\n  f: 2\n- g: 1\n  h: 1\n",
		out:    "items:\n- ? [a]\n  : 1\n  ? {b: c, d: e}\n  : 2\n- f: 1\n  f: 2\n- g: 1\n  h: 1\n",
		extent: edit.InPlace,
	},
	{
		name:   "a key that is a collection is no obstacle beside a merge key",
		src:    "a: &x {b: 1}\nc:\n  ? [*x]\n  : 1\n  <<: *x\n",
		want:   "a: {b: 1}\nc:\n  ? [{b: 1}]\n  : 1\n  b: 1\n  d: 1\n",
		out:    "a: &x {b: 1}\nc:\n  ? [*x]\n  : 1\n  <<: *x\n  d: 1\n",
		extent: edit.InPlace,
	},
	{
		name:   "an object beside an empty element of its list is changed in place",
		src:    "kind: List\nitems:\n- # none\n- a: 1\n-\n- null\n- b: 1\n-\n",
		want:   "kind: List\nitems:\n-\n- a: 1\n  c: 1\n-\n-\n- b: 1\n  c: 1\n-\n",
		out:    "kind: List\nitems:\n- # none\n- a: 1\n  c: 1\n-\n- null\n- b: 1\n  c: 1\n-\n",
		extent: edit.InPlace,
	},
	{
		name:   "an entry is added after - {}",
		src:    "imagePullSecrets:\n- name: a\n- {}\nkind: ServiceAccount\n",
		want:   "imagePullSecrets:\n- name: a\n- {}\n- name: b\nkind: ServiceAccount\n",
		extent: edit.InPlace,
	},
	{
		name:   "an entry is added after - name:",
		src:    "imagePullSecrets:\n- name: a\n- name:\nkind: ServiceAccount\n",
		want:   "imagePullSecrets:\n- name: a\n- name:\n- name: b\nkind: ServiceAccount\n",
		extent: edit.InPlace,
	},
	{
		name:   "an entry is added after - name: ''",
		src:    "imagePullSecrets:\n- name: a\n- name: \"\"\nkind: ServiceAccount\n",
		want:   "imagePullSecrets:\n- name: a\n- name: \"\"\n- name: b\nkind: ServiceAccount\n",
		extent: edit.InPlace,
	},
	{
		name:   "an entry is added after -",
		src:    "imagePullSecrets:\n- name: a\n-\nkind: ServiceAccount\n",
		want:   "imagePullSecrets:\n- name: a\n-\n- name: b\nkind: ServiceAccount\n",
		extent: edit.InPlace,
	},
	{
		name:   "an entry is added after - ~",
		src:    "imagePullSecrets:\n- name: a\n- ~\nkind: ServiceAccount\n",
		want:   "imagePullSecrets:\n- name: a\n- ~\n- name: b\nkind: ServiceAccount\n",
		extent: edit.InPlace,
	},
	{
		name:   "an entry is added after - # none",
		src:    "imagePullSecrets:\n- name: a\n- # none\nkind: ServiceAccount\n",
		want:   "imagePullSecrets:\n- name: a\n-\n- name: b\nkind: ServiceAccount\n",
		out:    "imagePullSecrets:\n- name: a\n- # none\n- name: b\nkind: ServiceAccount\n",
		extent: edit.InPlace,
	},
}

func TestRewrite(t *testing.T) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			root, err := edit.Parse([]byte(c.want))
			require.NoError(t, err)
			want, err := edit.Expand(root)
			require.NoError(t, err)

			out, extent, err := edit.Rewrite([]byte(c.src), want)
			require.NoError(t, err)
			if c.out == "" {
				c.out = c.want
			}
			require.Equal(t, c.out, string(out))
			require.Equal(t, c.extent, extent)

			again, extent, err := edit.Rewrite(out, want)
			require.NoError(t, err)
			require.Equal(t, string(out), string(again))
			require.Equal(t, edit.Nothing, extent)
		})
	}
}

func TestErrorsQuoteNothingOfTheSource(t *testing.T) {
	for name, src := range map[string]string{
		"unknown anchor":       "password: *hunter2\n",
		"unknown escape":       "password: \"hunter2\\q\"\n",
		"no key":               "a: 1\nhunter2\n",
		"tab":                  "a:\n\thunter2: 1\n",
		"control character":    "password: hunter2\x01\n",
		"key twice":            "hunter2: 1\nhunter2: 2\n",
		"merge of a scalar":    "<<: hunter2\n",
		"key of a list":        "? [hunter2]\n: 1\n",
		"anchor within itself": "hunter2: &hunter2 [*hunter2]\n",
		"two documents":        "hunter2: 1\n---\nhunter2: 2\n",
		"bomb":                 bomb,
	} {
		t.Run(name, func(t *testing.T) {
			root, err := edit.Parse([]byte(src))
			if err == nil {
				_, err = edit.Resolve(root)
			}
			require.Error(t, err)
			require.NotContains(t, err.Error(), "hunter2")
			require.NotContains(t, err.Error(), "\n")
		})
	}
}

// bomb expands to 10^9 nodes.
const bomb = `a: &a [x,x,x,x,x,x,x,x,x,x]
b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]
c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]
d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]
e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]
f: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]
g: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f,*f]
h: &h [*g,*g,*g,*g,*g,*g,*g,*g,*g,*g]
i: &i [*h,*h,*h,*h,*h,*h,*h,*h,*h,*h]
`
