// SPDX-License-Identifier: Apache-2.0

package wire_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/prefilter"
	"example.com/calico-pull-secrets/internal/wire"
)

// pin is a typical processor. It sets a field of each DaemonSet to "yes", adds a
// ConfigMap if there is none, and reports the DaemonSets.
func pin(rl *fn.ResourceList) (bool, error) {
	rl.Results = nil
	for _, o := range rl.Items.Where(func(o *fn.KubeObject) bool { return o.GetKind() == "DaemonSet" }) {
		if pinned, _, _ := o.NestedString("spec", "pinned"); pinned != "yes" {
			if err := o.SetNestedString("yes", "spec", "pinned"); err != nil {
				return false, err
			}
		}
		rl.Results.Infof("pinned %q", o.GetName())
	}
	added := func(o *fn.KubeObject) bool { return o.GetKind() == "ConfigMap" && o.GetName() == "added" }
	if len(rl.Items.Where(added)) == 0 {
		o, err := fn.NewFromTypedObject(map[string]any{
			"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "added"},
		})
		if err != nil {
			return false, err
		}
		rl.Items = append(rl.Items, o)
	}
	return true, nil
}

// unpin removes what pin added.
func unpin(rl *fn.ResourceList) (bool, error) {
	rl.Results = nil
	for _, o := range rl.Items.Where(func(o *fn.KubeObject) bool { return o.GetKind() == "DaemonSet" }) {
		if _, err := o.RemoveNestedField("spec", "pinned"); err != nil {
			return false, err
		}
	}
	rl.Items = rl.Items.WhereNot(func(o *fn.KubeObject) bool { return o.GetKind() == "ConfigMap" && o.GetName() == "added" })
	return true, nil
}

func look(*fn.ResourceList) (bool, error) { return true, nil }

// spoil changes everything and fails.
func spoil(rl *fn.ResourceList) (bool, error) {
	rl.Results = nil
	for _, o := range rl.Items {
		_ = o.SetName("spoilt")
	}
	rl.Items = nil
	rl.Results.Errorf("it did not work")
	return false, nil
}

var (
	everything = prefilter.Interest{
		"A": nil, "ConfigMap": nil, "CustomResourceDefinition": nil, "DaemonSet": nil, "Job": nil, "ResourceList": nil, "Service": nil, "X": nil, "x": nil,
	}
	daemonSetsAndConfigMaps = prefilter.Interest{"DaemonSet": nil, "ConfigMap": nil}
	nothing                 = prefilter.Interest{}
)

const daemonSet = `- apiVersion: apps/v1   # group
  kind: DaemonSet

  metadata: {name: 'node'}
  spec:
      a:  "b"
`

const service = `- kind:   Service
  apiVersion: "v1"
  metadata: {name: s}   # comment
`

const head = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"

// pinned is daemonSet after pin.
const pinned = daemonSet + "      pinned: \"yes\"\n"

const added = "- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: added\n"

const results = "results:\n- message: pinned \"node\"\n  severity: info\n"

func TestPin(t *testing.T) {
	for name, c := range map[string]struct{ in, out string }{
		"items in block style": {
			head + "items:\n" + service + daemonSet + service,
			head + "items:\n" + service + pinned + service + added + results,
		},
		"items that are indented": {
			head + "items:\n" + indent(service+daemonSet+service),
			head + "items:\n" + indent(service+pinned+service+added) + results,
		},
		"items before everything else": {
			"items:\n" + daemonSet + "unknown: {x: 1} # kept\n" + head,
			"items:\n" + pinned + added + "unknown: {x: 1} # kept\n" + head + results,
		},
		"results of a run before": {
			head + results + "items:\n" + daemonSet,
			head + results + "items:\n" + pinned + added,
		},
		"other results of a run before": {
			head + "results:\n- message: old\nitems:\n" + daemonSet,
			head + results + "items:\n" + pinned + added,
		},
		"comments between items": {
			head + "items:\n# one\n" + service + "# two\n" + daemonSet + "  # three\n\n# four\n" + service + "# five\n",
			head + "items:\n# one\n" + service + "# two\n" + pinned + "  # three\n\n# four\n" + service + "# five\n" + added + results,
		},
		"no line break at the end": {
			head + "items:\n" + strings.TrimSuffix(daemonSet, "\n"),
			head + "items:\n" + pinned + added + strings.TrimSuffix(results, "\n"),
		},
		"an end marker": {
			head + "items:\n" + daemonSet + "...\n",
			head + "items:\n" + pinned + added + results + "...\n",
		},
		"no items": {
			head + "items: []\n",
			head + "items:\n" + added,
		},
		"items that are null": {
			head + "items: # none\n",
			head + "items: # none\n" + added,
		},
		"a list in flow style": {
			`{kind: ResourceList, apiVersion: v1, items: [{kind: DaemonSet, apiVersion: apps/v1, metadata: {name: node}, spec: {a: b}}]}`,
			`{kind: ResourceList, apiVersion: v1, items: [{kind: DaemonSet, apiVersion: apps/v1, metadata: {name: node}, spec: {a: b, pinned: "yes"}}, ` +
				`{apiVersion: v1, kind: ConfigMap, metadata: {name: added}}], results: [{message: pinned "node", severity: info}]}`,
		},
		"JSON": {
			"{\"kind\": \"ResourceList\", \"apiVersion\": \"v1\", \"items\": [\n  {\"kind\": \"DaemonSet\", \"apiVersion\": \"apps/v1\", \"metadata\": {\"name\": \"node\"}, \"spec\": {}}\n]}\n",
			"{\"kind\": \"ResourceList\", \"apiVersion\": \"v1\", \"items\": [\n  {\"kind\": \"DaemonSet\", \"apiVersion\": \"apps/v1\", \"metadata\": {\"name\": \"node\"}, \"spec\": {\"pinned\": \"yes\"}},\n" +
				"  {\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"added\"}}\n], \"results\": [{\"message\": \"pinned \\\"node\\\"\", \"severity\": \"info\"}]}\n",
		},
		"an item that refers to another": {
			head + "items:\n" + strings.Replace(service, "{name: s}", "&m {name: s}", 1) + strings.Replace(daemonSet, "{name: 'node'}", "*m", 1),
			head + "items:\n" + strings.Replace(service, "{name: s}", "&m {name: s}", 1) + strings.Replace(pinned, "{name: 'node'}", "*m", 1) + added +
				strings.Replace(results, "node", "s", 1),
		},
		"no apiVersion": {
			"kind: ResourceList\nitems:\n" + daemonSet,
			"kind: ResourceList\nitems:\n" + pinned + added + results + "apiVersion: config.kubernetes.io/v1\n",
		},
		"manifests": {
			"# licence\n---\n" + plain(service) + "---\n" + plain(daemonSet) + "# end\n---\n" + plain(service),
			"# licence\n---\n" + plain(service) + "---\n" + plain(pinned) + "# end\n---\n" + plain(service) + "---\n" + plain(added),
		},
		"manifests without a line break at the end": {
			plain(service) + "--- # next\n" + strings.TrimSuffix(plain(daemonSet), "\n"),
			plain(service) + "--- # next\n" + plain(pinned) + "---\n" + strings.TrimSuffix(plain(added), "\n"),
		},
		"manifests that end in a literal without a line break": {
			plain(daemonSet) + "---\nkind: Job\nscript: |\n  text",
			plain(pinned) + "---\n" + plain(added) + "---\nkind: Job\nscript: |\n  text",
		},
		"manifests with directives": {
			"%YAML 1.1\n---\n" + plain(service) + "...\n%YAML 1.1\n---\n" + plain(daemonSet),
			"%YAML 1.1\n---\n" + plain(service) + "...\n%YAML 1.1\n---\n" + plain(pinned) + "---\n" + plain(added),
		},
	} {
		for ending, newline := range map[string]string{"LF": "\n", "CR LF": "\r\n", "CR": "\r"} {
			for mark, bom := range map[string]string{"": "", " with a byte order mark": "\uFEFF"} {
				t.Run(name+", "+ending+mark, func(t *testing.T) {
					in := bom + strings.ReplaceAll(c.in, "\n", newline)
					want := bom + strings.ReplaceAll(c.out, "\n", newline)
					out, err := transform([]byte(in), pin, daemonSetsAndConfigMaps)
					require.NoError(t, err)
					require.True(t, out.ok)
					require.Equal(t, want, out.text)

					again, err := transform([]byte(out.text), pin, daemonSetsAndConfigMaps)
					require.NoError(t, err)
					require.Equal(t, want, again.text)

					back, err := transform([]byte(out.text), unpin, daemonSetsAndConfigMaps)
					require.NoError(t, err)
					isList := strings.Contains(c.in, "ResourceList")
					onlyLines := !isList || strings.Contains(c.in, "\nitems:\n") && strings.HasSuffix(c.in, "\n") && strings.HasPrefix(c.in, "apiVersion") && !strings.Contains(c.in, "results:")
					if onlyLines && !wasRewritten(out.results) {
						require.Equal(t, in, back.text, "what was added goes without a trace")
					}

					same, err := transform([]byte(in), look, everything)
					require.NoError(t, err)
					if name != "no apiVersion" { // the apiVersion is added, whatever the processor does
						require.Equal(t, in, same.text, "nothing was to change")
					}

					failed, err := transform([]byte(in), spoil, everything)
					require.NoError(t, err)
					require.False(t, failed.ok)
					require.Len(t, failed.results, 1)
					if !failed.isList {
						require.Empty(t, failed.text)
						return
					}
					require.NotContains(t, failed.text, "spoilt")
					require.Contains(t, failed.text, "it did not work")
				})
			}
		}
	}
}

// indent moves whole lines two columns to the right.
func indent(lines string) string {
	var b strings.Builder
	for line := range strings.Lines(lines) {
		if line != "\n" {
			b.WriteString("  ")
		}
		b.WriteString(line)
	}
	return b.String()
}

// plain returns an item as a document.
func plain(item string) string {
	var b strings.Builder
	for line := range strings.Lines(item) {
		b.WriteString(line[min(2, len(line)-1):])
	}
	return b.String()
}

func TestInputThatIsNeither(t *testing.T) {
	for name, c := range map[string]struct{ in, message string }{
		"nothing":                    {"", "input is empty: it should be a ResourceList or Kubernetes manifests"},
		"white space":                {" \n\n", "input is empty: it should be a ResourceList or Kubernetes manifests"},
		"comments":                   {"# hunter2\n---\n# hunter2\n", "input is neither a ResourceList nor Kubernetes manifests"},
		"text":                       {"hunter2", "input is neither a ResourceList nor Kubernetes manifests"},
		"values without kind":        {"password: hunter2\n", "input is neither a ResourceList nor Kubernetes manifests"},
		"no YAML":                    {"---\na: [hunter2\n", "input is neither a ResourceList nor Kubernetes manifests"},
		"no YAML that may matter":    {"kind: A\n---\nkind: X\na: [hunter2\n", "not valid YAML near line 3: did not find expected ',' or ']'"},
		"a list that is no YAML":     {head + "items:\n" + service + "- a: [hunter2\n", "not valid YAML near line 6: did not find expected ',' or ']'"},
		"latin 1":                    {"# x\n---\nkind: caf\xe9\n", "document at line 2: not valid UTF-8"},
		"a list in latin 1":          {head + "items: []\ncaf\xe9: x\n", "input is not valid UTF-8"},
		"UTF-16":                     {"\xff\xfek\x00i\x00n\x00d\x00:\x00 \x00X\x00", "document at line 1: is UTF-16"},
		"a binary":                   {"\x7fELF\x02\x01\x01\x00", "document at line 1: not a text file, or its encoding is not UTF-8 and not marked as UTF-16"},
		"a list without items":       {head, "ResourceList has no items"},
		"a list whose items are one": {head + "items: {a: hunter2}\n", "ResourceList: items is not a list"},
		"an item that is text":       {head + "items:\n" + service + "- hunter2\n", "ResourceList: items[1] is not an object"},
		"a list among manifests":     {"---\nkind: A\n---\n" + head + "items: []\n", "document at line 3: a ResourceList among other documents: it belongs on stdin, alone"},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := transform([]byte(c.in), look, everything)
			require.EqualError(t, err, c.message)
			require.Empty(t, out.text)
		})
	}
}

func TestProcessorsThatMisbehave(t *testing.T) {
	in := head + "items:\n" + service + daemonSet
	for name, process := range map[string]fn.ResourceListProcessorFunc{
		"one that moves": func(rl *fn.ResourceList) (bool, error) {
			rl.Items = append(rl.Items[1:], rl.Items[0])
			return true, nil
		},
		"one that reorders": func(rl *fn.ResourceList) (bool, error) { rl.Items.Swap(0, 1); return true, nil },
		"one with an error": func(*fn.ResourceList) (bool, error) { return true, errors.New("no") },
	} {
		t.Run(name, func(t *testing.T) {
			out, err := transform([]byte(in), process, everything)
			require.NoError(t, err)
			require.False(t, out.ok)
			require.Len(t, out.results, 1)
			require.True(t, strings.HasPrefix(out.text, in+"results:\n"), out.text)
		})
	}
}

func TestARewrittenObjectIsNamed(t *testing.T) {
	in := head + "items:\n" + daemonSet + "      list: [a, b]\n"
	replace := func(rl *fn.ResourceList) (bool, error) {
		return true, rl.Items[0].SetNestedStringSlice([]string{"c"}, "spec", "list")
	}
	out, err := transform([]byte(in), replace, everything)
	require.NoError(t, err)
	require.True(t, out.ok)
	require.Len(t, out.results, 1)
	require.Equal(t, "node", out.results[0].ResourceRef.Name)
	require.Contains(t, out.results[0].Message, "rewritten as a whole")
	require.Contains(t, out.text, "# group")
}

// FuzzTransform checks four rules on any input. The index and the parser agree. A
// processor that changes nothing returns the input. A processor that changes something
// gives the same as the SDK's own fn.Run. A second run on the output changes nothing.
func FuzzTransform(f *testing.F) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
		f.Add([]byte(strings.ReplaceAll(seed, "\n", "\r\n")))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		same, err := transform(in, look, everything)
		if err != nil {
			require.NotContains(t, err.Error(), "internal error")
		} else {
			require.True(t, same.ok)
			if root, err := yaml.Parse(string(in)); !same.isList || err == nil && root.Field("apiVersion") != nil {
				require.Equal(t, string(in), same.text)
			}
		}
		for _, interest := range []prefilter.Interest{everything, daemonSetsAndConfigMaps, nothing} {
			out := requireAgreement(t, in, pin, interest)
			requireAgreement(t, in, spoil, interest)
			if _, ok := interest["ConfigMap"]; !out.ok || !ok { // it does not see the ConfigMap that it added
				continue
			}
			again := requireAgreement(t, []byte(out.text), pin, interest)
			require.Equal(t, out.text, again.text)
			less := requireAgreement(t, []byte(out.text), unpin, interest)
			if less.ok && !wasRewritten(less.results) {
				require.Less(t, len(less.text), len(out.text))
			}
		}
		out, err := transform(in, pin, daemonSetsAndConfigMaps)
		if want, ok := sdk(in, pin); ok && err == nil && out.ok && out.isList && !wasRewritten(out.results) {
			got, _ := sdk([]byte(out.text), look)
			require.Equal(t, want, got)
		}
	})
}

// requireAgreement returns the outcome for in. It fails the test unless the parser alone
// gives the same outcome.
func requireAgreement(t *testing.T, in []byte, process fn.ResourceListProcessorFunc, interest prefilter.Interest) outcome {
	t.Helper()
	got, err := transform(in, process, interest)
	want, parserErr := transformByParser(in, process, interest)
	require.Equal(t, parserErr, err)
	if want.ok && !got.ok && strings.Contains(got.results[len(got.results)-1].Message, "cannot be rewritten") {
		return got // the item alone cannot be rewritten; the parser found a place in the whole list
	}
	if want.text != got.text && want.ok {
		requireSameLines(t, want, got)
		want.text = got.text
	}
	if wasRewritten(want.results) { // the index rewrites one object, the parser the whole list
		want.results = got.results
	}
	require.Equal(t, want, got)
	return got
}

// requireSameLines fails the test unless two outcomes mean the same and have the same
// lines. The order may differ: the index adds new objects after the comments that follow
// the items, the parser sometimes before them.
func requireSameLines(t *testing.T, want, got outcome) {
	t.Helper()
	wantRoot, err := yaml.Parse(want.text)
	require.NoError(t, err)
	gotRoot, err := yaml.Parse(got.text)
	require.NoError(t, err, "%q", got.text)
	if wasRewritten(want.results) {
		wantRoot, gotRoot = wantRoot.Field("items").Value, gotRoot.Field("items").Value
		require.Equal(t, canonical(wantRoot.YNode()), canonical(gotRoot.YNode()))
		return
	}
	require.Equal(t, canonical(wantRoot.YNode()), canonical(gotRoot.YNode()))
	lines := func(text string) []string {
		lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
		slices.Sort(lines)
		return lines
	}
	require.Equal(t, lines(want.text), lines(got.text))
}

func wasRewritten(results fn.Results) bool {
	for _, r := range results {
		if r.Tags["check"] == "encoding" {
			return true
		}
	}
	return false
}

// sdk returns the result of fn.Run for in, encoded once more. So the changes of its first
// round trip do not count. ok is false if it fails or panics: it panics on aliases, for
// example.
func sdk(in []byte, process fn.ResourceListProcessorFunc) (out string, ok bool) {
	defer func() {
		if recover() != nil {
			out, ok = "", false
		}
	}()
	if bytes.Contains(in, []byte("<<")) || bytes.ContainsAny(in, "*&") {
		return "", false
	}
	b, err := fn.Run(process, bytes.TrimPrefix(in, []byte("\uFEFF")))
	if err != nil {
		return "", false
	}
	rl, err := fn.ParseResourceList(b)
	if err != nil {
		return "", false
	}
	for _, o := range rl.Items {
		out += fmt.Sprintln(strip(o.String()))
	}
	return out + fmt.Sprint(rl.Results), true
}

// strip returns an object as a text without order, comments and style.
func strip(object string) string {
	n, err := yaml.Parse(object)
	if err != nil {
		return object
	}
	return canonical(n.YNode())
}

func canonical(n *yaml.Node) string {
	var parts []string
	step := 1
	if n.Kind == yaml.MappingNode {
		step = 2
	}
	for i := 0; i < len(n.Content); i += step {
		part := canonical(n.Content[i])
		if step == 2 {
			part += ": " + canonical(n.Content[i+1])
		}
		parts = append(parts, part)
	}
	if step == 2 {
		slices.Sort(parts)
	}
	return fmt.Sprintf("%s %q %s", n.ShortTag(), n.Value, parts)
}

// TestWhatOrchestratorsSendIsIndexed checks that the fast way is used where it should be:
// for all that kpt and kustomize write.
func TestWhatOrchestratorsSendIsIndexed(t *testing.T) {
	for _, in := range []string{
		head + "items:\n" + service + daemonSet + service,
		head + "items:\n" + indent(service+daemonSet) + "functionConfig:\n  kind: ConfigMap\n  data: {a: b}\n",
		head + "items:\n- # Source: x.yaml\n  # more\n  " + daemonSet[2:] + customResource + "results:\n- message: x\n",
		strings.ReplaceAll(head+"items:\n"+customResource+daemonSet, "\n", "\r\n"),
	} {
		require.True(t, wire.IsIndexed([]byte(in)), in)
		requireAgreement(t, []byte(in), pin, daemonSetsAndConfigMaps)
	}
}

// TestTheParserReadsWhatTheIndexCannot has texts that look like items, or like no
// items, to a reader by indentation.
func TestTheParserReadsWhatTheIndexCannot(t *testing.T) {
	for _, item := range []string{
		"- a: \"x\n- y\"\n", "- a: {b:\n1}\n- c: 2\n", "- a: 'text\n- kind: DaemonSet\n  spec: {}'\n", "- - a\n", "- a\n",
		"- a: &x 1\n- b: *x\n", "-\n  a: 1\n", "- a: [x,\n- y]\n", "- ? a\n- b: 1\n", "- a: b: c\n", "- a: 1\n b: 2\n", "- \ra: 1\n", "- # x\u2028a: 1\n", "-  \u0085 a: 1\n", "- \ta: 1\n",
		"- a: |\n  text\n  \tmore: x\n x: y\n", "- a: \"x\\\n- y: z\"\n", "- a: \x01\n", "- a: \xff\n", "---\n- a: 1\n", "...\n- a: 1\n", "- a: 1\n- {b: 1}\n",
		"- a: 1\n  a\n- b: 2\n", "- 'a: 1\n- b': 2\n", "- a: !!str\n- b: 1\n", "- a: @x\n", "- a: `x\n", "- a: %x\n", "- %x: y\n", "- a: |1\n  x\n", "- a: |x\n",
		"- a: > # x\n   y\n", "- a: \"\\q\"\n", "- a: x #y: z\n", "- a: x: #z\n", "- a:\u2028- b: 1\n", "- a: x\r- b: y\n", "- a: b\u0085- c: d\n",
		"- a: |\n   x\n  y: z\n", "- a: |\n \n\t\n   x\n", "- a:\n    - b\n   - c\n", "- a:\n  - b\n  c: d\n   e: f\n", "- a: []x\n", "- a: [x]y\n", "- a: [x, y: z]\n",
		"- a: 'x'y\n", "- a: 'x' # y\n  b: \"c\"#d\n", "- \"a\": b\n  'c' : d\n", "- a : b\n", "- a:b\n", "- a: -\n", "- a: - b\n", "- a: -b\n", "- a: ?\n", "- a: :\n", "- a: ,\n",
	} {
		for _, in := range []string{head + "items:\n" + item + daemonSet, head + "items:\n" + daemonSet + item, head + "items:\n" + indent(item+daemonSet)} {
			requireAgreement(t, []byte(in), pin, daemonSetsAndConfigMaps)
			requireAgreement(t, []byte(in), pin, nothing)
		}
	}
}

const customResource = `- apiVersion: apiextensions.k8s.io/v1
  kind: CustomResourceDefinition
  metadata:
    name: x.example.com
    annotations:
      config.kubernetes.io/index: '0'
      "quoted/key": "with \"escapes\" and: more"
  spec:
    versions:
    - name: v1
      schema:
        description: |-
          Text: with colons, "quotes", {braces} and
            - kind: DaemonSet

          # no comment
        pattern: ^(\d+)|x$
        enum: [a, "b", 'c']
        required:
        - a
        - "b"
        - -1
        empty: {}
        nothing:
        time: 12:30:00 # comment: here
        folded: >
          é “quotes”
    - name: v2
`

// seeds are texts that people have, and texts that a reader by indentation may misread.
var seeds = []string{
	head + "items:\n- # Source: x\n  " + daemonSet[2:] + customResource + "functionConfig:\n  a: b\nresults:\n- message: x\n",
	head + "items:\n" + service + daemonSet + service,
	head + "items:\n" + indent(daemonSet) + "functionConfig:\n  kind: ConfigMap\n",
	head + "items: []\n",
	head + "items:\n- a: \"x\n- y\"\n" + daemonSet,
	head + "items:\n- a: {b:\n1}\n- c: 2\n" + daemonSet,
	head + "items:\n- a: 'text\n- kind: DaemonSet\n  apiVersion: apps/v1'\n" + daemonSet,
	head + "items:\n- - a\n" + daemonSet,
	head + "items:\n-\n  kind: DaemonSet\n  apiVersion: apps/v1\n",
	head + "items:\n- |\n - kind: DaemonSet\n" + daemonSet,
	head + "items:\n- text: |+\n    - kind: DaemonSet\n\n\n" + daemonSet + "  text: |+\n    x\n\n",
	head + "\"items\":\n" + daemonSet + "results:\n- message: x\n...\n",
	head + "items: &a\n" + daemonSet + "more: *a\n",
	head + "items:\n- &a\n  kind: DaemonSet\n  apiVersion: apps/v1\n- *a\n",
	head + "items:\n" + daemonSet + "results: [{message: x}]\nlast: |\n  x\n",
	head + "items:\n# c\n" + daemonSet + "\t\n# d\n-\tkind: DaemonSet\n\tapiVersion: apps/v1\n",
	head + "items:\n" + strings.ReplaceAll(daemonSet, "\n", "\u2028"),
	head + "items:\n" + strings.ReplaceAll(daemonSet, "\n", "\u0085"),
	"\uFEFF" + head + "items:\n" + daemonSet,
	"%YAML 1.1\n--- # x\n" + head + "items:\n" + daemonSet + "...\n",
	`{"apiVersion": "v1", "kind": "ResourceList", "items": [{"apiVersion": "apps/v1", "kind": "DaemonSet"}]}`,
	"---\n" + plain(daemonSet) + "---\n" + plain(service) + "---\n",
	plain(daemonSet) + "text: |\n  ---\n  kind: x\n---\n" + plain(daemonSet),
	"? kind\n: ResourceList\n? items\n: - kind: DaemonSet\n    apiVersion: apps/v1\n",
	head + "items:\n- text: |+\n ",                                  // open: a line break would belong to the text
	"n:\nkind: ResourceList\nitems:\n-\n d:\n  a: {e}\nlast: |\n [", // found by fuzzing: a null in flow style was encoded as ''
	"kind: ResourceList\nitems:\n-\n  spec:\n  &0:\n0: |\n  0",      // found by fuzzing: nothing can be added to it
	"apiVersion:\nkind: ResourceList\nitems:\n- \rg\\bg:: \n",       // found by fuzzing: alone, the text after the CR is the item
	head + "items:\n- a: b\n- \r---\n  kind: DaemonSet\n- c: d\n",
	head + "items:\n\r<<: \n  - y: z\n",
	head + "items:\n# c\ra: b\n- y: z\n", // found by fuzzing: a field after a CR, before the first item
	head + "items:\n- <<: \n",            // found by fuzzing: a merge key without a mapping, in an item that is not of interest
	head + "items:\n- a: \n<<: \n",       // found by fuzzing: the same in the list itself
	head + "items:\n- a: \n  \n   \t\n- kind: DaemonSet\n",
	head + "items:\n  - a: {e}\n    e:\n     a\r\n  - kind: Job\r\n", // found by fuzzing: line ends of both kinds
	head + "items:\n- a: 1\n  a: 2\n" + service + "- kind: Job\n  ? [a]\n  : b\n" + daemonSet,
	"# c\n%YAML 1.1\n---\n" + plain(daemonSet) + "...\n# c\n\n%YAML 1.1\n---\n" + plain(service),
	plain(daemonSet) + "---\na: [\n---\nkind: caf\xe9\n---\n{\"kind\": \"DaemonSet\"}",
	head + "items:\n- <<: {kind: DaemonSet, apiVersion: apps/v1}\n  spec: {}\n",
}
