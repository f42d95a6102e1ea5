// SPDX-License-Identifier: Apache-2.0

package wire_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/prefilter"
	"example.com/calico-pull-secrets/internal/wire"
)

const pod = "kind: DaemonSet\nmetadata: {name: node}\nspec: {a: b}\n"

const podPinned = "kind: DaemonSet\nmetadata: {name: node}\nspec: {a: b, pinned: \"yes\"}\n"

const addedDocument = "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: added\n"

// addedOpen is addedDocument without a final line break. It follows a text without one.
var addedOpen = strings.TrimSuffix(addedDocument, "\n")

func TestStreams(t *testing.T) {
	for name, c := range map[string]struct{ in, out string }{
		"NEL":                             {strings.ReplaceAll(pod, "\n", "\u0085"), strings.ReplaceAll(podPinned+addedDocument, "\n", "\u0085")},
		"LS":                              {strings.ReplaceAll(pod, "\n", "\u2028"), strings.ReplaceAll(podPinned+addedDocument, "\n", "\u2028")},
		"PS":                              {strings.ReplaceAll(pod, "\n", "\u2029"), strings.ReplaceAll(podPinned+addedDocument, "\n", "\u2029")},
		"an end marker":                   {pod + "...\n", podPinned + "...\n" + addedDocument},
		"an end marker without its break": {pod + "...", podPinned + "...\n" + addedOpen},
		"a comment without its break":     {pod + "# c", podPinned + "# c\n" + addedOpen},
		"an empty document at the end":    {pod + "---\n", podPinned + "---\n" + addedDocument},
		"an open literal": {
			pod + "text: |+\n  x\n\n", podPinned + "text: |+\n  x\n\n" + addedDocument,
		},
		"an open literal without its break": {
			pod + "text: |+\n  x", strings.TrimPrefix(addedDocument, "---\n") + "---\n" + podPinned + "text: |+\n  x",
		},
		"an open literal behind directives": {
			pod + "...\n%YAML 1.1\n---\ntext: |\n  x", podPinned + "...\n" + addedDocument + "...\n%YAML 1.1\n---\ntext: |\n  x",
		},
		"an open literal behind directives at the start": {
			"%YAML 1.1\n---\n" + pod + "text: |\n  x", addedDocument + "...\n%YAML 1.1\n---\n" + podPinned + "text: |\n  x",
		},
		"an open literal behind a comment and directives": {
			"# c\n%YAML 1.1\n---\n" + pod + "text: |\n  x", addedDocument + "...\n# c\n%YAML 1.1\n---\n" + podPinned + "text: |\n  x",
		},
		"several documents with directives": {
			"%YAML 1.1\n---\n" + pod + "...\n# c\n%TAG ! tag:x,2000:\n---\n" + pod + "...\n",
			"%YAML 1.1\n---\n" + podPinned + "...\n# c\n%TAG ! tag:x,2000:\n---\n" + podPinned + "...\n" + addedDocument,
		},
		"JSON behind markers": {
			"---\n{\"kind\": \"DaemonSet\", \"url\": \"a\\/b\", \"spec\": {}}\n---\n{\"kind\": \"DaemonSet\", \"spec\": {\"a\": 1}}",
			"---\n{\"kind\": \"DaemonSet\", \"url\": \"a\\/b\", \"spec\": {\"pinned\": \"yes\"}}\n---\n{\"kind\": \"DaemonSet\", \"spec\": {\"a\": 1, \"pinned\": \"yes\"}}\n" + addedOpen,
		},
		"a document that is no object":        {pod + "---\njust text\n---\n- kind: DaemonSet\n", podPinned + "---\njust text\n---\n- kind: DaemonSet\n" + addedDocument},
		"a document without kind":             {pod + "---\nx: {kind: DaemonSet}\n", podPinned + "---\nx: {kind: DaemonSet}\n" + addedDocument},
		"a text that only says so":            {pod + "---\nkind: Job\ntext: |\n  kind: DaemonSet\n  a: [\n", podPinned + "---\nkind: Job\ntext: |\n  kind: DaemonSet\n  a: [\n" + addedDocument},
		"a broken document of another kind":   {"kind: Service\na: [\n---\n" + pod, "kind: Service\na: [\n---\n" + podPinned + addedDocument},
		"what is no UTF-8, of another kind":   {"kind: caf\xe9\n---\n" + pod, "kind: caf\xe9\n---\n" + podPinned + addedDocument},
		"a List with an empty element":        {"kind: List\nitems:\n- \n- kind: DaemonSet\n---\n" + pod, "kind: List\nitems:\n- \n- kind: DaemonSet\n---\n" + podPinned + addedDocument},
		"a marker that is none":               {pod + "---x: 1\n---\n" + pod, podPinned + "---x: 1\n---\n" + podPinned + addedDocument},
		"white space before the first line":   {"\n  \n" + pod, "\n  \n" + podPinned + addedDocument},
		"a marker with an object on its line": {"--- {kind: DaemonSet, spec: {a: b}}\n", "--- {kind: DaemonSet, spec: {a: b, pinned: \"yes\"}}\n" + addedDocument},
	} {
		for mark, bom := range map[string]string{"": "", ", with a byte order mark": "\uFEFF"} {
			t.Run(name+mark, func(t *testing.T) {
				want := bom + c.out
				out, err := transform([]byte(bom+c.in), pin, daemonSetsAndConfigMaps)
				require.NoError(t, err)
				require.True(t, out.ok)
				require.Equal(t, want, out.text)
				again, err := transform([]byte(out.text), pin, daemonSetsAndConfigMaps)
				require.NoError(t, err)
				require.Equal(t, want, again.text)
				back, err := transform([]byte(out.text), unpin, daemonSetsAndConfigMaps)
				require.NoError(t, err)
				require.Equal(t, bom+c.in, back.text)
			})
		}
	}
}

// file returns a source with a name and a text. It is not stdin.
func file(name, text string) wire.Source {
	return wire.Source{Name: name, Read: func() ([]byte, error) { return []byte(text), nil }}
}

func TestFiles(t *testing.T) {
	home := file("home.yaml", "  ")
	home.ForNew = true
	kept := file("kept.yaml", "kind: Service\n")
	kept.Keep = true
	sources := []wire.Source{file("a.yaml", plain(service)), file("b.yaml", "\uFEFF"+pod), kept, home, file("c.yaml", pod+"---\n"+pod)}
	in, err := wire.Open(sources)
	require.NoError(t, err)
	require.False(t, in.IsResourceList())
	require.Nil(t, in.Config())
	rl, err := in.List(daemonSetsAndConfigMaps)
	require.NoError(t, err)
	require.True(t, rl.FunctionConfig.IsEmpty())
	require.Len(t, rl.Items, 3)
	require.Equal(t, []int{1, 4, 4}, []int{in.Source(rl.Items[0]), in.Source(rl.Items[1]), in.Source(rl.Items[2])})
	_, err = pin(rl)
	require.NoError(t, err)
	out, err := in.Write(rl)
	require.NoError(t, err)
	require.Nil(t, out.Sources[0].Text, "nothing in it is of interest")
	require.Equal(t, "\uFEFF"+podPinned, join(out.Sources[1]))
	require.Equal(t, "kind: Service\n", join(out.Sources[2]))
	require.Equal(t, "  \n"+addedDocument, join(out.Sources[3]))
	require.Equal(t, podPinned+"---\n"+podPinned, join(out.Sources[4]))
	require.Empty(t, out.Added)
	require.Len(t, out.News, 1)
	require.Same(t, rl.Items[1], out.Sources[4].Changes[0].Object)
	require.Empty(t, in.AsItCame(rl.Results).Text, "of manifests nothing comes out")

	in, err = wire.Open([]wire.Source{file("a.yaml", pod)})
	require.NoError(t, err)
	rl, err = in.List(daemonSetsAndConfigMaps)
	require.NoError(t, err)
	_, err = pin(rl)
	require.NoError(t, err)
	out, err = in.Write(rl)
	require.NoError(t, err)
	require.Equal(t, strings.TrimPrefix(addedDocument, "---\n"), string(out.Added))
}

// TestTextsThatAreFree checks that List frees the texts without objects of interest, and
// no others.
func TestTextsThatAreFree(t *testing.T) {
	var mu sync.Mutex
	var freed []string
	source := func(text string) wire.Source {
		s := file(text, text)
		s.Free = func(text []byte) { // on several cores
			mu.Lock()
			defer mu.Unlock()
			freed = append(freed, string(text))
		}
		return s
	}
	home, kept := source("# home\n"), source("# kept\n")
	home.ForNew, kept.Keep = true, true
	in, err := wire.Open([]wire.Source{source(pod), source("# nothing\n"), source("kind: DaemonSe # t\n"), home, kept})
	require.NoError(t, err)
	rl, err := in.List(daemonSetsAndConfigMaps)
	require.NoError(t, err)
	require.Len(t, rl.Items, 1)
	require.ElementsMatch(t, []string{"# nothing\n", "kind: DaemonSe # t\n"}, freed)
	out, err := in.Write(rl)
	require.NoError(t, err)
	require.Equal(t, []string{pod, "", "", "# home\n", "# kept\n"}, []string{
		join(out.Sources[0]), join(out.Sources[1]), join(out.Sources[2]), join(out.Sources[3]), join(out.Sources[4]),
	})
}

func TestDistilledObjectsKeepTheirPlaces(t *testing.T) {
	s := file("x.yaml", "# first\n---\n"+pod)
	in, err := wire.Open([]wire.Source{s})
	require.NoError(t, err)
	in.Distil(func(*yaml.Node) (any, *yaml.Node) { return nil, nil })
	rl, err := in.List(daemonSetsAndConfigMaps)
	require.NoError(t, err)
	require.Len(t, rl.Items, 1)
	require.Equal(t, 0, in.Source(rl.Items[0]))
	require.Equal(t, 3, in.Line(rl.Items[0], ""))
}

func TestErrorsNameTheSource(t *testing.T) {
	for name, c := range map[string]struct {
		source  wire.Source
		message string
	}{
		"no YAML":                   {file("x.yaml", pod+"---\nkind: DaemonSet\na: {hunter2: [}\n"), "x.yaml:5: not valid YAML: did not find expected node content"},
		"JSON behind a marker":      {file("x.yaml", pod+"---\n{\"kind\": \"DaemonSet\",\n \"a\": @hunter2}\n"), "x.yaml:6: not valid YAML: found character that cannot start any token"},
		"a key that is there twice": {file("x.yaml", pod+"---\n# c\nkind: DaemonSet\nkind: DaemonSet\n"), "x.yaml:7: not valid YAML: the same mapping key twice"},
		"lines that end in CR":      {file("x.yaml", strings.ReplaceAll(pod+"---\nkind: DaemonSet\nkind: DaemonSet\n", "\n", "\r")), "x.yaml:6: not valid YAML: the same mapping key twice"},
		"a ResourceList":            {file("x.yaml", head+"items:\n"+daemonSet), "x.yaml: document at line 1: a ResourceList among other documents: it belongs on stdin, alone"},
		"UTF-16":                    {file("x.yaml", "\xff\xfek\x00"), "x.yaml: document at line 1: is UTF-16"},
		"latin 1":                   {file("x.yaml", pod+"---\nkind: DaemonSet # \xe9\n"), "x.yaml: document at line 4: not valid UTF-8"},
		"what cannot be read":       {wire.Source{Name: "x.yaml", Read: func() ([]byte, error) { return nil, errors.New("permission denied") }}, "x.yaml: permission denied"},
		"what makes a panic":        {wire.Source{Name: "x.yaml", Read: func() ([]byte, error) { panic("hunter2") }}, "x.yaml: internal error, please report it with the kinds of objects in the input"},
	} {
		t.Run(name, func(t *testing.T) {
			in, err := wire.Open([]wire.Source{file("a.yaml", pod), c.source, file("b.yaml", pod)})
			require.NoError(t, err)
			_, err = in.List(daemonSetsAndConfigMaps)
			require.EqualError(t, err, c.message)
		})
	}
	for name, read := range map[string]func() ([]byte, error){
		"permission denied": func() ([]byte, error) { return nil, errors.New("permission denied") },
		"internal error, please report it with the kinds of objects in the input": func() ([]byte, error) { panic("hunter2") },
	} {
		in, err := wire.Open([]wire.Source{{Read: read}})
		require.EqualError(t, err, name)
		require.Nil(t, in)
	}
}

func TestUnread(t *testing.T) {
	texts := []string{
		"kind: Service\na: [\n---\n" + pod + "---\nkind: DaemonSet\nx: 1\na: [\n",
		"{{- if .Values.calico }}\nkind: DaemonSet\nname: {{ .Values.name }}\n{{- end }}\n",
		head + "items:\n" + daemonSet,
		"kind: DaemonSet\nkind: ConfigMap\n",
		"\xff\xfek\x00",
		"a: [ hunter2",
	}
	var sources []wire.Source
	for i, text := range texts {
		s := file(fmt.Sprint(i), text)
		s.Found = true
		sources = append(sources, s)
	}
	in, err := wire.Open(sources)
	require.NoError(t, err)
	rl, err := in.List(daemonSetsAndConfigMaps)
	require.NoError(t, err)
	require.Len(t, rl.Items, 1, "what can be parsed in a source is there")
	var told []string
	for _, u := range in.Unread() {
		require.NotContains(t, u.Problem.Error(), "hunter2")
		told = append(told, fmt.Sprint(u.Source, ":", u.Line, " ", u.Kinds, " ", u.Template))
	}
	require.Equal(t, []string{
		"0:10 [DaemonSet] false", "1:1 [DaemonSet] true", "2:1 [DaemonSet] false", "3:2 [DaemonSet ConfigMap] false", "4:1 [ConfigMap DaemonSet] false",
	}, told)
	out, err := in.Write(rl)
	require.NoError(t, err)
	require.Equal(t, texts[0], join(out.Sources[0]))

	_, err = in.List(prefilter.Interest{"Job": nil})
	require.NoError(t, err)
	require.Len(t, in.Unread(), 1, "of the last list: UTF-16 may be anything")
}

func TestLine(t *testing.T) {
	const object = "kind: DaemonSet\nspec:\n  template:\n    containers:\n    - image: a\n    - name: x\n      image: b\n"
	item := "- " + strings.ReplaceAll(strings.TrimSuffix(object, "\n"), "\n", "\n  ") + "\n"
	for name, c := range map[string]struct {
		text   string
		before int // the number of lines before the object
	}{
		"a stream":                  {"# c\n---\nkind: Service\n---\n\n" + object, 5},
		"the first document":        {object, 0},
		"JSON":                      {"---\n{\"kind\": \"DaemonSet\",\n \"spec\":\n {\"template\":\n {\"containers\":\n [{\"image\": \"a\"},\n {\"name\": \"é\",\n \"image\": \"b\"}]}}}\n", 1},
		"an indexed list":           {head + "items:\n" + service + item, 6},
		"an indexed list, comments": {head + "items:\n" + service + "- # c\n  # d\n  " + item[2:], 8},
		"a whole list":              {"items:\n" + service + item + head, 4},
		"a list in flow style":      {"{kind: ResourceList, apiVersion: v1, items: [{kind: A}, {kind: DaemonSet,\nspec: {\n template: {\ncontainers: [\n{image: a},{name: x,\n\nimage: b}]}}}]}", 0},
	} {
		for ending, newline := range map[string]string{"LF": "\n", "CR LF": "\r\n", "CR": "\r", "NEL": "\u0085", "LS": "\u2028"} {
			for mark, bom := range map[string]string{"": "", ", with a byte order mark": "\uFEFF"} {
				if name == "JSON" && ending != "LF" && ending != "CR LF" {
					continue
				}
				t.Run(name+", "+ending+mark, func(t *testing.T) {
					in, err := wire.Open(stdin([]byte(bom + strings.ReplaceAll(c.text, "\n", newline))))
					require.NoError(t, err)
					rl, err := in.List(daemonSetsAndConfigMaps)
					require.NoError(t, err)
					o := rl.Items[len(rl.Items)-1]
					require.Equal(t, "DaemonSet", o.GetKind())
					for path, line := range map[string]int{
						"": 1, "x": 1, "spec": 2, "spec.x.y": 2, "spec.template.x": 3, "spec.template.containers": 4,
						"spec.template.containers[0].image": 5, "spec.template.containers[1].image": 7, "spec.template.containers[2].image": 4,
					} {
						require.Equal(t, c.before+line, in.Line(o, path), path)
					}
					require.Zero(t, in.Line(fn.NewEmptyKubeObject(), "kind"))
				})
			}
		}
	}
}

func TestExtent(t *testing.T) {
	text := "# a\nkind: Service\n---\n# b\n" + pod + "# c\n---\nkind: ConfigMap"
	for _, bom := range []string{"", "\uFEFF"} {
		in, err := wire.Open(stdin([]byte(bom + text)))
		require.NoError(t, err)
		rl, err := in.List(everything)
		require.NoError(t, err)
		var parts []string
		for _, o := range rl.Items {
			start, end, ok := in.Extent(o)
			require.True(t, ok)
			parts = append(parts, (bom + text)[start:end])
		}
		require.Equal(t, []string{"# a\nkind: Service\n", "# b\n" + pod + "# c\n", "kind: ConfigMap"}, parts)
		_, _, ok := in.Extent(newObject(t))
		require.False(t, ok)
	}
	in, err := wire.Open(stdin([]byte(head + "items:\n" + daemonSet)))
	require.NoError(t, err)
	rl, err := in.List(everything)
	require.NoError(t, err)
	_, _, ok := in.Extent(rl.Items[0])
	require.False(t, ok, "a list is one document")
}

func TestJoin(t *testing.T) {
	for name, c := range map[string]struct {
		texts []string
		out   string
	}{
		"none":                       {nil, ""},
		"one":                        {[]string{"\uFEFF" + pod}, "\uFEFF" + pod},
		"two":                        {[]string{pod, pod}, pod + "---\n" + pod},
		"one that has a marker":      {[]string{pod, "--- # c\n" + pod}, pod + "--- # c\n" + pod},
		"a marker that is none":      {[]string{pod, "---x: 1\n"}, pod + "---\n---x: 1\n"},
		"no final line break":        {[]string{strings.TrimSuffix(pod, "\n"), pod}, pod + "---\n" + pod},
		"byte order marks":           {[]string{"\uFEFF" + pod, "\uFEFF" + pod}, "\uFEFF" + pod + "---\n" + pod},
		"directives":                 {[]string{"%YAML 1.1\n---\n" + pod, "%YAML 1.1\n---\n" + pod}, "%YAML 1.1\n---\n" + pod + "...\n%YAML 1.1\n---\n" + pod},
		"directives after a comment": {[]string{pod, "\n# c\n%YAML 1.1\n---\n" + pod}, pod + "...\n\n# c\n%YAML 1.1\n---\n" + pod},
		"empty texts":                {[]string{"", pod, "\n", "\uFEFF \n", pod, ""}, pod + "---\n" + pod},
		"only comments":              {[]string{"# a\n", pod, "# b", pod}, "# a\n---\n" + pod + "---\n# b\n---\n" + pod},
		"a literal that is closed":   {[]string{"kind: DaemonSet\ntext: |+\n  x\n\n", pod}, "kind: DaemonSet\ntext: |+\n  x\n\n---\n" + pod},
		"an end marker":              {[]string{pod + "...", "---\n" + pod}, pod + "...\n---\n" + pod},
		"CR LF":                      {[]string{"kind: A\r\nb: c", "kind: B\n"}, "kind: A\r\nb: c\r\n---\r\nkind: B\n"},
		"CR":                         {[]string{"kind: A\rb: c", "kind: B\n"}, "kind: A\rb: c\r---\rkind: B\n"},
		"JSON":                       {[]string{`{"kind": "A"}`, `{"kind": "DaemonSet"}`}, "{\"kind\": \"A\"}\n---\n{\"kind\": \"DaemonSet\"}"},
		"broken":                     {[]string{"kind: [", pod}, "kind: [\n---\n" + pod},
	} {
		t.Run(name, func(t *testing.T) {
			var texts [][]byte
			objects := 0
			for _, text := range c.texts {
				texts = append(texts, []byte(text))
				objects += strings.Count(text, "DaemonSet")
			}
			joined, _, err := wire.Join(texts)
			require.NoError(t, err)
			require.Equal(t, c.out, string(joined))
			if objects > 0 {
				in, err := wire.Open(stdin(joined))
				require.NoError(t, err)
				rl, err := in.List(daemonSetsAndConfigMaps)
				require.NoError(t, err)
				require.Len(t, rl.Items, objects)
			}
		})
	}
	for _, open := range []string{"kind: A\ntext: |+\n  x", "---\nkind: A\ntext: |\n  x", "kind: B\n---\nkind: A\ntext: >\n  x"} {
		_, number, err := wire.Join([][]byte{[]byte(pod), []byte(open), nil, []byte(pod)})
		require.EqualError(t, err, "ends in a literal without a final line break, so nothing can follow it in a stream")
		require.Equal(t, 1, number)
		last, _, err := wire.Join([][]byte{[]byte(pod), []byte(open)})
		require.NoError(t, err, "nothing follows it")
		require.True(t, bytes.HasSuffix(last, []byte(open)))
	}
}

// TestManySourcesAtOnce is for the race detector.
func TestManySourcesAtOnce(t *testing.T) {
	var sources []wire.Source
	for i := range 500 {
		text := plain(service)
		if i%3 == 0 {
			text = fmt.Sprintf("# é %d\n", i) + pod
		}
		s := file(fmt.Sprintf("%d.yaml", i), text)
		s.Found, s.ForNew = i%2 == 0, i == 499
		sources = append(sources, s)
	}
	in, err := wire.Open(sources)
	require.NoError(t, err)
	for range 2 {
		rl, err := in.List(daemonSetsAndConfigMaps)
		require.NoError(t, err)
		require.Len(t, rl.Items, 167)
		_, err = pin(rl)
		require.NoError(t, err)
		out, err := in.Write(rl)
		require.NoError(t, err)
		for i, o := range rl.Items[:167] {
			require.Equal(t, 3*i, in.Source(o), "in the order of the sources")
			require.Equal(t, fmt.Sprintf("# é %d\n", 3*i)+podPinned, join(out.Sources[3*i]))
		}
	}
}
