// SPDX-License-Identifier: Apache-2.0

package edit_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/edit"
	"example.com/calico-pull-secrets/internal/mapping"
)

// requireWayBack adds to src so that it means want, removes the addition again, and
// requires src byte for byte. It reports whether it checked this: it skips a change that
// is not only an addition in place.
func requireWayBack(t *testing.T, src []byte, want *yaml.Node) bool {
	t.Helper()
	root, err := edit.Parse(src)
	require.NoError(t, err)
	before, err := edit.Expand(root)
	require.NoError(t, err)
	changes, extent, err := edit.Changes(src, root, want)
	if err != nil || extent != edit.InPlace {
		return false
	}
	for _, c := range changes {
		if c.Start != c.End {
			return false
		}
	}
	with := edit.Apply(src, changes)
	if !strings.HasSuffix(changes[0].Text, "\n") && strings.ContainsAny(string(src), "[{") && hasUnwritten(root) { // {"x"} is a mapping
		return false
	}
	back, extent, err := edit.Rewrite(with, before)
	require.NoError(t, err)
	require.Equal(t, string(src), string(back), "with it:\n%s", with)
	require.Equal(t, edit.InPlace, extent)
	return true
}

// hasUnwritten reports whether n has a null that is not written. In flow style its place
// cannot be told.
func hasUnwritten(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Value == "" && n.Style == 0 || slices.ContainsFunc(n.Content, hasUnwritten)
}

// FuzzRemove checks that removing an addition leaves no trace.
func FuzzRemove(f *testing.F) {
	for _, c := range cases {
		for step := range uint32(24) {
			f.Add([]byte(c.src), step)
		}
	}
	f.Fuzz(func(t *testing.T, src []byte, step uint32) {
		root, err := edit.Parse(src)
		if err != nil || edit.Validate(root) != nil {
			return
		}
		want, err := edit.Expand(root)
		if err == nil && mutate(want, int(step)) {
			requireWayBack(t, src, want)
		}
	})
}

// A style writes an object in one of the styles of people, kustomize, kpt, jq and
// templates.
type style struct{ random *rand.Rand }

func (s style) one(of ...string) string { return of[s.random.IntN(len(of))] }

func (s style) comment(indent string) string {
	return s.one("", "", "", "", "\n", indent+"# a comment\n", "# far left\n", indent+"    # far right\n", "\n"+indent+"# a comment\n\n")
}

func (s style) behind() string { return s.one("", "", "", "", " ", " # beside", "  # beside it") }

// sequence writes elements below a key, in block or flow style.
func (s style) sequence(key, indent string, elements ...string) string {
	switch s.random.IntN(8) {
	case 0:
		return indent + key + ": [" + strings.Join(elements, s.one(", ", ",", " , ")) + s.one("", ",", " ") + "]" + s.behind() + "\n"
	case 1:
		var b strings.Builder
		b.WriteString(indent + key + ": [" + s.behind() + "\n")
		for i, e := range elements {
			comma := ","
			if i == len(elements)-1 {
				comma = s.one("", ",")
			}
			b.WriteString(indent + "  " + e + comma + s.behind() + "\n")
		}
		return b.String() + indent + s.one("", "  ") + "]" + s.behind() + "\n"
	}
	step := s.one("", "", "  ", "    ")
	var b strings.Builder
	b.WriteString(indent + key + ":" + s.one("", "", "", " &"+key) + s.behind() + "\n")
	for _, e := range elements {
		b.WriteString(s.comment(indent + step))
		b.WriteString(indent + step + s.one("- ", "- ", "-   ") + s.element(e) + "\n")
	}
	return b.String()
}

// element writes an element after a dash. The element e is in flow style.
func (s style) element(e string) string {
	if inner := strings.Trim(e, "{}"); s.random.IntN(4) > 0 && inner != e && !strings.Contains(inner, ",") {
		return inner + s.behind()
	}
	return e + s.behind()
}

// object writes a workload.
func (s style) object() string {
	indent := s.one("  ", "  ", "    ", " ")
	var fields []string
	add := func(text string) { fields = append(fields, text) }
	deep := strings.Repeat(indent, 3)
	add(s.sequence("containers", deep, "{name: a}", "{image: docker.io/x/y:1}"))
	if s.random.IntN(2) == 0 {
		add(deep + "hostNetwork: " + s.one("true", "yes", "'true'") + s.behind() + "\n")
	}
	if s.random.IntN(3) == 0 {
		add(deep + "note: " + s.one("|\n"+deep+"  # no comment\n"+deep+"  x\n", ">-\n"+deep+"  a\n\n"+deep+"  b\n", "\"a\n"+deep+"  b\"\n", "|+\n"+deep+"  x\n\n"))
	}
	switch s.random.IntN(4) {
	case 0:
		add(s.sequence("imagePullSecrets", deep, "{name: old}"))
	case 1:
		add(s.sequence("imagePullSecrets", deep, "{name: old}", "{name: older}"))
	}
	s.random.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
	var b strings.Builder
	b.WriteString(s.comment("") + "kind: DaemonSet\n" + s.comment("") + "spec:\n" + s.comment(indent) + indent + "template:" + s.behind() + "\n" + indent + indent + "spec:\n")
	for _, field := range fields {
		b.WriteString(s.comment(deep) + field)
	}
	b.WriteString(s.comment(s.one("", indent, deep)) + s.one("", indent+"paused: true\n", "status: {}\n", s.comment("")))
	text := b.String()
	if s.random.IntN(6) == 0 {
		text = strings.TrimRight(text, "\n")
	}
	return strings.ReplaceAll(text, "\n", s.one("\n", "\n", "\n", "\r\n"))
}

// TestRemovingAnAdditionLeavesNoTrace adds something to workloads in any style
// and removes it again. That must leave no trace.
func TestRemovingAnAdditionLeavesNoTrace(t *testing.T) {
	count := 100_000
	if testing.Short() {
		count = 3_000
	}
	random := rand.New(rand.NewPCG(1, 2))
	asked := 0
	for range count {
		src := []byte(style{random}.object())
		root, err := edit.Parse(src)
		if err != nil {
			continue
		}
		want, err := edit.Expand(root)
		require.NoError(t, err)
		pod := mapping.At(want, "spec", "template", "spec")
		require.NotNil(t, pod, "%s", src)
		if secrets := mapping.Value(pod, "imagePullSecrets"); secrets != nil {
			secrets.Content = append(secrets.Content, list("name", "regcred").Content...)
		} else {
			pod.Content = append(pod.Content, mapping.Scalar("imagePullSecrets"), list("name", "regcred"))
		}
		if requireWayBack(t, src, want) {
			asked++
		}
	}
	require.Greater(t, asked, count*8/10, "too few of the objects were changed by adding alone")
}
