// SPDX-License-Identifier: Apache-2.0

package edit_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/yaml"
	kubectl "sigs.k8s.io/yaml"

	"example.com/calico-pull-secrets/internal/edit"
	"example.com/calico-pull-secrets/internal/mapping"
)

func TestKeysThatKubernetesRefusesAreExpandedAndNotResolved(t *testing.T) {
	for name, c := range map[string]struct {
		src  string
		line int
	}{
		"a list":                     {"a: 1\n? [b]\n: 1\n", 2},
		"a mapping below a list":     {"a:\n- ? {b: c}\n  : 1\n", 2},
		"an alias of a list":         {"a: &x [b]\nc: {*x : 1}\n", 2},
		"twice":                      {"a: 1\n'a': 2\n", 2},
		"twice by a tag of its own":  {"a: 1\n!foo a: 2\n", 2},
		"twice by a lone mark":       {"'5': 1\n! 5: 2\n", 2},
		"twice by an alias":          {"a: &x b\nb: 1\n*x : 2\n", 3},
		"twice in JSON":              {"{\"a\": 1,\n\"\\u0061\": 2}", 2},
		"null":                       {"a: 1\n~: 2\n", 2},
		"twice among many":           {"a:\n  {a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, a}\n", 2},
		"twice in what is merged":    {"a: 1\n<<: {b: 1, b: 2}\n", 2},
		"a list in what is merged":   {"a: 1\n<<: {? [b] : 1}\n", 2},
		"twice in what is not taken": {"<<: {a: {b: 1,\nb: 2}}\na: 1\n", 2},
	} {
		t.Run(name, func(t *testing.T) {
			root, err := edit.Parse([]byte(c.src))
			require.NoError(t, err)
			_, err = edit.Expand(root)
			require.NoError(t, err)
			var problem *edit.SyntaxError
			require.ErrorAs(t, edit.Validate(root), &problem)
			require.Equal(t, c.line, problem.Line)
			_, err = edit.Resolve(root)
			require.ErrorAs(t, err, &problem)
		})
	}
}

func TestKeysThatOnlyLookAlikeAreValid(t *testing.T) {
	for name, src := range map[string]string{
		"other types":        "1: a\n'1': b\n1.0: c\ntrue: d\n'true': e\n'': f\n",
		"several merge keys": "<<: {a: 1}\n<<: {b: 1}\n",
		"in other mappings":  "a: {a: {a: 1}}\nb: [{a: 1}, {a: 1}]\n",
		"overridden":         "<<: {a: 2}\na: 1\n",
		"merged again":       "a: 1\n<<: {a: 1}\n<<: [{a: 1, b: 2}, {b: 3}]\n",
	} {
		t.Run(name, func(t *testing.T) {
			root, err := edit.Parse([]byte(src))
			require.NoError(t, err)
			require.NoError(t, edit.Validate(root))
			tree, err := edit.Resolve(root)
			require.NoError(t, err)
			require.NoError(t, edit.Validate(tree))
		})
	}
}

// TestValuesThatKubectlRefuses: kubectl makes JSON of a document, and then reads nothing of the
// file any more.
func TestValuesThatKubectlRefuses(t *testing.T) {
	for src, problem := range map[string]string{
		"a: !!null b":           "a value that does not fit its tag",
		"a: [!!int b]":          "a value that does not fit its tag",
		"!!int a: b":            "a value that does not fit its tag",
		"a: !!int 1.5":          "a value that does not fit its tag",
		"a: !!bool 1":           "a value that does not fit its tag",
		"a: !!timestamp b":      "a value that does not fit its tag",
		"a: !!binary b":         "a value that does not fit its tag",
		"a: !!binary 'YQ == x'": "a value that does not fit its tag",
		"a: .nan":               "a number that JSON does not have",
		"a: [-.Inf]":            "a number that JSON does not have",
		"a: !!float .NAN":       "a number that JSON does not have",
		"~: a":                  "a mapping key that is null",
		"? [a]\n: b":            "a mapping key that is not a scalar",
		"a: !!null ~":           "",
		"a: !!bool yes":         "",
		"a: !!int '5'":          "",
		"a: !!float 5":          "",
		"a: !!binary YQ==":      "",
		"a: !!timestamp 2001-01-01\nb: !!str 5\nc: !x 5\nd: ! 5\ne: !!foo 5": "",
		"a: !!int [b]\n.nan: nan\nb: '.nan'\nc: !!str .inf\nd: 1e999":        "",
		"a: 1\na: 2": "",
	} {
		root, err := edit.Parse([]byte(src))
		require.NoError(t, err, src)
		err = edit.Convertible(root)
		var said *edit.SyntaxError
		if problem == "" {
			require.NoError(t, err, src)
		} else {
			require.ErrorAs(t, err, &said, src)
			require.Equal(t, problem, said.Problem, src)
		}
		_, refusal := kubectl.YAMLToJSON([]byte(src))
		require.Equal(t, refusal != nil, err != nil, "kubectl: %s: %v", src, refusal)
	}
}

// kubectl takes the value of the lower merge key, and kustomize the other one, or neither.
func TestAKeyThatAMergeKeyBelowChangesIsThereTwice(t *testing.T) {
	for name, src := range map[string]string{
		"an own key":            "a: 1\n<<: {a: 2}\n",
		"by a list":             "a: 1\n<<: [{b: 1}, {a: 2}]\n",
		"of another merge key":  "<<: {a: 1}\n<<: {a: 2}\n",
		"by an alias":           "x: &x {a: 2}\ny:\n  a: 1\n  <<: *x\n",
		"of a merged merge key": "y:\n  <<: {a: 1, <<: {a: 2}}\n",
	} {
		t.Run(name, func(t *testing.T) {
			root, err := edit.Parse([]byte(src))
			require.NoError(t, err)
			tree, err := edit.Resolve(root)
			require.NoError(t, err)
			var problem *edit.SyntaxError
			require.ErrorAs(t, edit.Validate(tree), &problem)
		})
	}
}

func TestExpandRefusesEndlessTrees(t *testing.T) {
	for name, src := range map[string]string{
		"an anchor within itself":            "a: &x [*x]\n",
		"an anchor within itself, as a key":  "a: &x {*x : 1}\n",
		"an anchor within itself, as merged": "a: &x {<<: *x}\n",
		"a bomb":                             bomb,
	} {
		t.Run(name, func(t *testing.T) {
			root, err := edit.Parse([]byte(src))
			require.NoError(t, err)
			var problem *edit.SyntaxError
			_, err = edit.Expand(root)
			require.ErrorAs(t, err, &problem)
			_, _, err = edit.Changes([]byte(src), root, root)
			require.ErrorAs(t, err, &problem)
		})
	}
}

func TestEqualLooksAtKeysOfAnyKind(t *testing.T) {
	for name, c := range map[string]struct {
		a, b string
		want bool
	}{
		"lists":                             {"? [a]\n: 1\nb: 2\n", "b: 2\n? [a]\n: 1\n", true},
		"other lists":                       {"? [a]\n: 1\n", "? [b]\n: 1\n", false},
		"lists with other types":            {"? [1]\n: 1\n", "? ['1']\n: 1\n", false},
		"lists nested elsewhere":            {"? [[a], b]\n: 1\nc: 1\n", "c: 1\n? [[a, b]]\n: 1\n", false},
		"mappings in any order":             {"? {a: 1, b: 2}\n: 1\n", "? {b: 2, a: 1}\n: 1\n", true},
		"there twice in the same places":    {"a: 1\na: 2\n", "a: 1\na: 2\n", true},
		"there twice with other values":     {"a: 1\na: 2\n", "a: 2\na: 1\n", false},
		"there twice among others":          {"a: 1\na: 2\nb: 3\n", "b: 3\na: 1\na: 2\n", false},
		"tags of their own":                 {"!foo a: !bar {b: !baz 5}\n", "a: {b: '5'}\n", true},
		"a number and a tag of its own":     {"a: !foo 5\n", "a: 5\n", false},
		"nothing with a tag before another": {"a: &x\n! b: 1\n", "a: ~\nb: 1\n", true},
	} {
		t.Run(name, func(t *testing.T) {
			a, err := edit.Parse([]byte(c.a))
			require.NoError(t, err)
			b, err := edit.Parse([]byte(c.b))
			require.NoError(t, err)
			require.Equal(t, c.want, edit.Equal(a, b))
			require.Equal(t, c.want, edit.Equal(b, a))
		})
	}
}

func TestExpandDropsTagsThatSayNothing(t *testing.T) {
	root, err := edit.Parse([]byte("!foo a: !bar [!baz 5, ! x, !!int '5']\n"))
	require.NoError(t, err)
	tree, err := edit.Expand(root)
	require.NoError(t, err)
	text, err := edit.Block(tree, 0, "\n")
	require.NoError(t, err)
	require.Equal(t, "a: [\"5\", x, !!int '5']\n", text)
}

func TestChangesAreInOrderAndMayShareTheTree(t *testing.T) {
	src := []byte("a: {x: 1}\nb: 2\nc:\n- 3\n")
	root, err := edit.Parse(src)
	require.NoError(t, err)
	want := *root
	want.Content = append([]*yaml.Node(nil), root.Content...)
	want.Content[3] = mapping.Scalar("z")
	want.Content = append(want.Content, mapping.Scalar("d"), mapping.Scalar("z"))
	changes, extent, err := edit.Changes(src, root, &want)
	require.NoError(t, err)
	require.Equal(t, edit.InPlace, extent)
	require.Equal(t, []edit.Change{{Start: 13, End: 14, Text: "z"}, {Start: 22, End: 22, Text: "d: z\n"}}, changes)
	require.Equal(t, "a: {x: 1}\nb: z\nc:\n- 3\nd: z\n", string(edit.Apply(src, changes)))
}
