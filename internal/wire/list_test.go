// SPDX-License-Identifier: Apache-2.0

package wire_test

import (
	"strings"
	"testing"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/prefilter"
	"example.com/calico-pull-secrets/internal/wire"
)

// TestUnusableListsComeOutUnchanged has lists that AsItCame can return, and
// their texts with a result.
func TestUnusableListsComeOutUnchanged(t *testing.T) {
	const said = "- message: sorry\n  severity: error\n"
	for name, c := range map[string]struct{ in, message, out string }{
		"a config that is text": {
			head + "items:\n" + service + "functionConfig: hunter2\n", "ResourceList: functionConfig is not an object",
			head + "items:\n" + service + "functionConfig: hunter2\nresults:\n" + said,
		},
		"a config that is a list, and results": {
			head + "results:\n- message: x\nitems:\n" + service + "functionConfig: []\n", "ResourceList: functionConfig is not an object",
			head + "results:\n" + said + "items:\n" + service + "functionConfig: []\n",
		},
		"a config with a key that is there twice": {
			head + "items: []\nfunctionConfig:\n  a: 1\n  a: hunter2\n", "ResourceList: functionConfig: not valid YAML near line 6: the same mapping key twice",
			head + "items: []\nfunctionConfig:\n  a: 1\n  a: hunter2\nresults:\n" + said,
		},
		"a config that is text, in flow style": {
			`{kind: ResourceList, apiVersion: v1, items: [], functionConfig: hunter2}`, "ResourceList: functionConfig is not an object",
			`{kind: ResourceList, apiVersion: v1, items: [], functionConfig: hunter2, results: [{message: sorry, severity: error}]}`,
		},
		"results that are text": {
			head + "items:\n" + service + "results: hunter2\n", "ResourceList: results is not a list of results",
			head + "items:\n" + service + "results: hunter2\n",
		},
		"results that are a mapping": {
			head + "items: []\nresults: {message: hunter2}\n", "ResourceList: results is not a list of results",
			head + "items: []\nresults: {message: hunter2}\n",
		},
		"results one of which is null": {
			head + "items: []\nresults:\n- message: x\n-\n", "ResourceList: results is not a list of results",
			head + "items: []\nresults:\n- message: x\n-\n",
		},
		"a field that is there twice": {
			head + "items: []\nitems: []\n", "not valid YAML near line 4: the same mapping key twice",
			head + "items: []\nitems: []\nresults:\n" + said,
		},
		"a field that is there twice, behind items": {
			head + "items:\n" + service + "a: 1\nresults:\n- message: x\na: 2\n", "not valid YAML near line 10: the same mapping key twice",
			head + "items:\n" + service + "a: 1\nresults:\n" + said + "a: 2\n",
		},
		"results that are there twice": {
			head + "results: []\nitems: []\nresults:\n- message: x\n", "not valid YAML near line 5: the same mapping key twice",
			head + "results:\n" + said + "items: []\nresults:\n- message: x\n",
		},
		"an anchor that contains itself": {
			head + "items:\n- &a {kind: *a}\n", "not valid YAML near line 4: an anchor that contains itself",
			head + "items:\n- &a {kind: *a}\nresults:\n" + said,
		},
		"a key that is a list": {
			head + "items: []\n? [a]\n: b\n", "not valid YAML near line 4: a mapping key that is not a scalar",
			head + "items: []\n? [a]\n: b\nresults:\n" + said,
		},
		"both": {
			head + "items: []\nresults: hunter2\nfunctionConfig: 1\n", "ResourceList: functionConfig is not an object; results is not a list of results",
			head + "items: []\nresults: hunter2\nfunctionConfig: 1\n",
		},
	} {
		for mark, bom := range map[string]string{"": "", ", with a byte order mark": "\uFEFF"} {
			t.Run(name+mark, func(t *testing.T) {
				in, err := wire.Open(stdin([]byte(bom + c.in)))
				require.EqualError(t, err, c.message)
				require.NotNil(t, in)
				require.True(t, in.IsResourceList())
				require.Equal(t, bom+c.out, join(in.AsItCame(fn.Results{{Message: "sorry", Severity: fn.Error}})))
			})
		}
	}
}

func TestInvalidListsGiveNoInput(t *testing.T) {
	for _, text := range []string{
		head, head + "items: x\n", head + "items: {}\n", head + "items:\n- x\n", head + "items:\n- kind: A\n-\n- kind: B\n", head + "items: [{}, []]\n",
		head + "items:\n- a: [\n",
	} {
		in, err := wire.Open(stdin([]byte(text)))
		require.Error(t, err, text)
		require.Nil(t, in, text)
	}
}

// TestKeysThatKubernetesRefuses has items that no API server accepts. They are errors
// only if they are of interest.
func TestKeysThatKubernetesRefuses(t *testing.T) {
	for name, c := range map[string]struct{ field, problem string }{
		"a key that is there twice":  {"  a: 1\n  a: 2\n", "not valid YAML near line 10: the same mapping key twice"},
		"deep in the object":         {"  b: {a: {c: 1, c: 2}}\n", "not valid YAML near line 9: the same mapping key twice"},
		"a key that is a collection": {"  ? [a]\n  : 2\n", "not valid YAML near line 9: a mapping key that is not a scalar"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, item := range []string{"- kind: Other\n" + c.field, "- kind: Other\n  # DaemonSet, kind: DaemonSet\n" + c.field} {
				in := head + "items:\n" + service + item + daemonSet
				out := requireAgreement(t, []byte(in), pin, daemonSetsAndConfigMaps)
				require.True(t, out.ok)
				require.Equal(t, head+"items:\n"+service+item+pinned+added+results, out.text)
			}
			in := head + "items:\n" + service + "# c\n" + "- kind: DaemonSet\n" + c.field
			out := requireAgreement(t, []byte(in), pin, daemonSetsAndConfigMaps)
			require.False(t, out.ok)
			require.True(t, strings.HasPrefix(out.text, in+"results:\n"), out.text)
			_, err := transform([]byte(in), pin, daemonSetsAndConfigMaps)
			require.EqualError(t, err, c.problem)

			stream := plain(service) + "---\n# DaemonSet, kind: DaemonSet\nkind: Other\n" + plain(c.field) + "---\n" + plain(daemonSet)
			out, err = transform([]byte(stream), pin, daemonSetsAndConfigMaps)
			require.NoError(t, err)
			require.Equal(t, plain(service)+"---\n# DaemonSet, kind: DaemonSet\nkind: Other\n"+plain(c.field)+"---\n"+plain(pinned)+"---\n"+plain(added), out.text)
		})
	}
}

func TestItemsWithAnchorsAcrossItems(t *testing.T) {
	in := head + "items:\n- &base\n  kind: DaemonSet\n  spec: &spec {a: b}\n- kind: Job\n  spec: *spec\n- *base\n"
	out, err := transform([]byte(in), look, everything)
	require.NoError(t, err)
	require.Equal(t, in, out.text)
	out, err = transform([]byte(in), pin, daemonSetsAndConfigMaps)
	require.NoError(t, err)
	require.True(t, out.ok)
	require.Contains(t, out.text, "- kind: Job\n") // the Job must not change with the DaemonSets
	again, err := transform([]byte(out.text), pin, daemonSetsAndConfigMaps)
	require.NoError(t, err)
	require.Equal(t, out, again)
	want, ok := sdk([]byte(strings.NewReplacer("&base", "", "&spec ", "", "*spec", "{a: b}", "*base", "{kind: DaemonSet, spec: {a: b}}").Replace(in)), pin)
	require.True(t, ok)
	got, ok := sdk([]byte(out.text), look)
	require.True(t, ok)
	require.Equal(t, strings.Split(want, "[")[0], strings.Split(got, "[")[0])
}

// TestListAgain lists inputs twice. The second list must forget the changes to the first.
func TestListAgain(t *testing.T) {
	for name, text := range map[string]string{
		"an indexed list": head + "items:\n" + service + daemonSet,
		"a whole list":    "items:\n" + service + daemonSet + head,
		"a flow list":     `{"kind": "ResourceList", "apiVersion": "v1", "items": [{"kind": "Service"}, {"kind": "DaemonSet"}]}`,
		"a stream":        plain(service) + "---\n" + plain(daemonSet),
	} {
		t.Run(name, func(t *testing.T) {
			in, err := wire.Open(stdin([]byte(text)))
			require.NoError(t, err)
			first, err := in.List(everything)
			require.NoError(t, err)
			require.Len(t, first.Items, 2)
			for _, o := range first.Items {
				require.NoError(t, o.SetName("spoilt"))
			}
			first.Items = append(first.Items, newObject(t))
			spoilt, err := in.Write(first)
			require.NoError(t, err)
			require.Contains(t, join(spoilt.Sources[0]), "spoilt")
			twice, err := in.Write(first)
			require.NoError(t, err)
			require.Equal(t, join(spoilt.Sources[0]), join(twice.Sources[0]), "writing changes nothing")
			require.NotContains(t, join(in.AsItCame(nil)), "spoilt")

			second, err := in.List(prefilter.Interest{"Service": nil})
			require.NoError(t, err)
			require.Len(t, second.Items, 1)
			out, err := in.Write(second)
			require.NoError(t, err)
			require.Equal(t, text, join(out.Sources[0]))
			require.Equal(t, -1, in.Source(first.Items[1]), "it is of an earlier list")
			require.Equal(t, 0, in.Source(second.Items[0]))
		})
	}
}

func TestInvalidResultsStay(t *testing.T) {
	for _, text := range []string{head + "items:\n" + service + "results: []\n", head + "results: # none\nitems:\n" + service, `{"kind": "ResourceList", "apiVersion": "v1", "items": [], "results": []}`} {
		for _, process := range []fn.ResourceListProcessorFunc{look, func(rl *fn.ResourceList) (bool, error) { rl.Results = nil; return true, nil }, func(rl *fn.ResourceList) (bool, error) { rl.Results = fn.Results{}; return true, nil }} {
			out, err := transform([]byte(text), process, everything)
			require.NoError(t, err)
			require.Equal(t, text, out.text)
		}
	}
}

// TestTheResultOfARewriteIsRepeated has a list with the result of an earlier run.
func TestTheResultOfARewriteIsRepeated(t *testing.T) {
	in := head + "items:\n" + pinned + added + results + "- message: rewritten as a whole\n  severity: info\n  tags:\n    check: encoding\n"
	out, err := transform([]byte(in), pin, daemonSetsAndConfigMaps)
	require.NoError(t, err)
	require.Equal(t, in, out.text)
	require.Len(t, out.results, 2)
}
