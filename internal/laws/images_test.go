// SPDX-License-Identifier: Apache-2.0

package laws_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/mapping"
)

// TestImagesAreConserved puts references into every place of every object.
func TestImagesAreConserved(t *testing.T) {
	for _, q := range questions(t) {
		t.Run(q.name, func(t *testing.T) {
			said := faults{}
			for n := range objects {
				r := rand.New(rand.NewPCG(uint64(n), 1))
				for place := range places(objectNamed(n)) {
					for range 3 {
						said.check(q, objectNamed(n), place, forms[r.IntN(len(forms))], r)
					}
				}
			}
			for n := range 300 {
				r := rand.New(rand.NewPCG(uint64(n), 2))
				o := randomObject(r)
				said.check(q, o, r.IntN(places(o)), forms[r.IntN(len(forms))], r)
			}
			said.report(t)
		})
	}
}

// TestImagesAreConservedInEachWay hands over the same objects in each way. In a ResourceList a function
// that adds says only what fails, so there only the others are asked.
func TestImagesAreConservedInEachWay(t *testing.T) {
	for way := named; way < ways; way++ {
		for _, q := range questions(t) {
			if q.way = way; way == list && q.mode == config.ModeAdd {
				continue
			}
			t.Run(fmt.Sprint(q.name, way), func(t *testing.T) {
				said := faults{}
				for n := range 400 {
					r := rand.New(rand.NewPCG(uint64(n), 8))
					o := objectNamed(n)
					said.check(q, o, r.IntN(places(o)), forms[r.IntN(len(forms))], r)
				}
				said.report(t)
			})
		}
	}
}

// TestWithoutRegistriesNothingBreaks puts references into objects, and asks a question without
// registries.
func TestWithoutRegistriesNothingBreaks(t *testing.T) {
	for _, q := range withoutRegistries(t) {
		for n := range 40 * len(forms) {
			r := rand.New(rand.NewPCG(uint64(n), 9))
			o := objectNamed(n)
			path, fits := put(o, r.IntN(places(o)), forms[n%len(forms)])
			text, ok := print(o, r, r.IntN(spellings))
			if !fits || !ok {
				continue
			}
			q.way = way(r.IntN(int(list)))
			for _, f := range q.ask(good, text).Findings {
				if strings.Contains(f.Message, "internal error") {
					t.Errorf("%s: %s: %s: %s\n%s", q.name, path, forms[n%len(forms)].name, f.Message, text)
				}
			}
		}
	}
}

// TestImagesAreConservedInManifests puts references into the objects of the cases, and of
// real manifests if CALICO_MANIFESTS is set.
func TestImagesAreConservedInManifests(t *testing.T) {
	var texts []string
	files, _ := filepath.Glob("../../testdata/cases/*/*.txtar")
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			if f.Name == "in.yaml" || strings.HasSuffix(f.Name, ".yaml") {
				texts = append(texts, string(f.Data))
			}
		}
	}
	real, _ := filepath.Glob(filepath.Join(os.Getenv("CALICO_MANIFESTS"), "*", "*.yaml"))
	if os.Getenv("CALICO_MANIFESTS") == "" {
		real = nil
	}
	for _, file := range real {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	if len(texts) < 100 {
		t.Fatal("where are the cases?")
	}
	for _, q := range questions(t) {
		t.Run(q.name, func(t *testing.T) {
			said, tried := faults{}, map[string]int{}
			for _, text := range texts {
				for _, part := range strings.Split(text, "\n---\n") {
					r := rand.New(rand.NewPCG(3, uint64(crc32.ChecksumIEEE([]byte(part))))) // the same for each text, whatever other cases exist
					var document yaml.Node
					if len(part) > 200_000 || yaml.Unmarshal([]byte(part), &document) != nil || len(document.Content) == 0 || !isObject(document.Content[0]) {
						continue
					}
					kind := mapping.Text(document.Content[0], "kind")
					if tried[kind]++; tried[kind] > 40 {
						continue
					}
					for range 3 {
						var again yaml.Node
						_ = yaml.Unmarshal([]byte(part), &again)
						said.check(q, again.Content[0], r.IntN(places(again.Content[0])), forms[r.IntN(len(forms))], r)
					}
				}
			}
			said.report(t)
		})
	}
}

func FuzzImages(f *testing.F) {
	for n := range uint64(50) {
		f.Add(n, n*7, n*3, n)
	}
	all := questions(f)
	f.Fuzz(func(t *testing.T, object, place, form, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 4))
		o := objectNamed(int(object % uint64(len(objects))))
		if object%3 == 0 {
			o = randomObject(r)
		}
		said := faults{}
		for _, q := range all {
			clone := copyOf(o)
			said.check(q, clone, int(place%uint64(places(clone))), forms[form%uint64(len(forms))], rand.New(rand.NewPCG(seed, 5)))
		}
		said.report(t)
	})
}

// isObject reports whether n is a Kubernetes object that may be in a stream.
func isObject(n *yaml.Node) bool {
	if n.Kind != yaml.MappingNode {
		return false
	}
	kind, version := mapping.Text(n, "kind"), mapping.Text(n, "apiVersion")
	return kind != "" && version != "" && kind != "ResourceList" && !strings.HasSuffix(kind, "List")
}

// A form is a way to write a reference.
type form struct {
	name string
	// key is set if the reference is the value of a key of its own.
	key, value string
	// pair is set where the key is a name, and the reference its value: of a variable.
	pair   bool
	isYAML bool // the value is no text
}

// Nothing else names this repository, so no message combines it with others.
const reference = "docker.io/law/image:v1"

var forms = []form{
	{name: "text", value: reference},
	{name: "in a text", value: "--sidecar=" + reference + ",other"},
	{name: "in a sentence", value: "first\nsecond \"" + reference + "\" third"},
	{name: "index", value: "index.docker.io/law/image"},
	{name: "registry-1", value: "registry-1.docker.io/law/image@sha256:abc"},
	{name: "port", value: "docker.io:443/law/image"},
	{name: "docker scheme", value: "docker://docker.io/law/image:v1"},
	{name: "oci scheme", value: "oci://docker.io/law/chart"},
	{name: "base64", value: base64.StdEncoding.EncodeToString([]byte("a: " + reference + "\n"))},
	{name: "base64 in lines", value: wrapped(base64.StdEncoding.EncodeToString([]byte("a text that is long enough for a line of its own, and then " + reference + "\n")))},
	{name: "base64 of a manifest", value: base64.StdEncoding.EncodeToString([]byte(podInAText))},
	{name: "manifest", value: podInAText},
	{name: "json", value: `{"metadata":{"name":"x"},"spec":{"containers":[{"image":"law/image"}]},"kind":"Pod","apiVersion":"v1"}`},
	{name: "docker scheme and a short name", value: "docker://law/image:v1"},
	{name: "gzip in base64", value: zipped("a: " + reference + "\n")},
	{name: "gzip of a manifest in base64", value: zipped(podInAText)},
	{name: "base64 in a text", value: "a: b\nc: " + base64.StdEncoding.EncodeToString([]byte("first "+reference)) + "\n"},
	{name: "gzip in base64 in a text", value: "encoding: gz+b64\ncontent: " + zipped("first "+reference) + "\n"},
	{name: "broken gzip in base64", value: zipped("a text that is lost, and " + reference + "\n")[:60]},
	{name: "base64 in lines in a text", value: "- content: |\n    " + strings.ReplaceAll(wrapped(longBase64), "\n", "\n    ") + "\n  mode: 1\n"},
	{name: "base64 in escaped lines in a text", value: `{"content": "` + strings.ReplaceAll(wrapped(longBase64), "\n", `\n`) + `"}`},
	{name: "base64 in folded lines in a text", value: "content " + strings.ReplaceAll(wrapped(longBase64), "\n", " ") + " is this"},
	{name: "gzip in base64 in lines in a text", value: "content: |\n  " + strings.ReplaceAll(wrapped(zipped("a text that is long enough for a line of its own, and more: "+reference)), "\n", "\n  ")},
	{name: "base64 in base64", value: twice("first " + reference)},
	{name: "base64 in base64 of a reference", value: twice(reference)},
	{name: "base64 in base64 in a text", value: "run --data=" + twice("first "+reference)},
	{name: "base64 in base64 in base64", value: base64.StdEncoding.EncodeToString([]byte(twice("first " + reference)))},
	{name: "base64 in base64 in lines in a text", value: "a: |\n  " + strings.ReplaceAll(wrapped(twice("a text that is long enough for a line, and then "+reference)), "\n", "\n  ")},
	{name: "base64 for URLs", value: base64.URLEncoding.EncodeToString([]byte("\xff\xfe?>~~ " + reference))},
	{name: "base64 without padding in a text", value: "/etc/a-b/" + base64.RawStdEncoding.EncodeToString([]byte("\xff\xfe?>~~ "+reference)) + ", and more"},
	{name: "base64 for URLs behind a path", value: "a/b/" + base64.RawURLEncoding.EncodeToString([]byte("\xff\xfe?>~~ "+reference))},
	{name: "the URL of data with escapes", value: "data:,run%20" + strings.NewReplacer("/", "%2F", ":", "%3A").Replace(reference) + "%0Aand%20more"},
	{name: "the URL of data", value: "data:text/plain;base64," + base64.StdEncoding.EncodeToString([]byte(reference))},
	{name: "escaped slashes", value: `{"x":"docker.io\/law\u002fimage"}`},
	{name: "key image", key: "image", value: "law/image"},
	{name: "key image_1", key: "image_1", value: "law/image"},
	{name: "key imageLocation", key: "imageLocation", value: "law/image:v1"},
	{name: "key images with short names", key: "images", value: "[law/image]", isYAML: true},
	{name: "key images with names", key: "images", value: "{a: law/image}", isYAML: true},
	{name: "key images with mappings", key: "images", value: "{a: {name: law/image, tag: v1}}", isYAML: true},
	{name: "key image with parts", key: "image", value: "{name: law/image, tag: v1}", isYAML: true},
	{name: "key image with a repository", key: "image", value: "{repository: law/image}", isYAML: true},
	{name: "key of anything with a repository and no tag", key: "zzz", value: "{repository: law/image, tag: null}", isYAML: true},
	{name: "key image with a host", key: "image", value: reference},
	{name: "key imageName", key: "imageName", value: "law/image:v1"},
	{name: "unknown key", key: "zzz", value: reference},
	{name: "variable", key: "LAW_IMAGE", value: "law/image:v1", pair: true},
	{name: "key of a text in JSON", value: `{"a": [{"agentImage" : "law/image:v1"}]}`},
	{name: "key of a text in YAML", value: "a:\n  agent-image: law/image\n"},
	{name: "key of a text in base64", value: base64.StdEncoding.EncodeToString([]byte("AGENT_IMAGE=law/image:v1\n"))},
	{name: "argument", value: "--agent.image=law/image:v1"},
}

// longBase64 has the reference in its second line, if the lines are as usual.
var longBase64 = base64.StdEncoding.EncodeToString([]byte("a text that is long enough for a line of its own, and then " + reference + "\n"))

// twice returns base64 of base64 of a text.
func twice(text string) string {
	return base64.StdEncoding.EncodeToString([]byte(base64.StdEncoding.EncodeToString([]byte(text))))
}

// wrapped breaks a text into lines, as programs write base64. The break is in the middle
// of a word.
func wrapped(text string) string { return text[:76] + "\n" + text[76:] }

// zipped returns base64 of what gzip makes of a text.
func zipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

const podInAText = "metadata: {name: x}\nspec:\n  containers:\n  - name: law\n    image: law/image\nkind: Pod\napiVersion: v1\n"

// faults are the ways in which a law fails, by kind, each with an example.
type faults map[string]map[string]string

func (f faults) report(t *testing.T) {
	t.Helper()
	for kind, all := range f {
		for what, example := range all {
			t.Errorf("%s: %s: an image reference is lost\n%s", kind, what, example)
		}
	}
}

// check puts a reference into a place of an object. It records a fault if the report does
// not notice the reference.
func (f faults) check(q question, o *yaml.Node, place int, form form, r *rand.Rand) {
	before, ok := print(o, rand.New(rand.NewPCG(9, 9)), 0)
	if !ok {
		return
	}
	emptied := copyOf(o)
	path, fits := put(o, place, form)
	if !fits {
		return
	}
	after, ok := print(o, r, r.IntN(spellings))
	if !ok {
		return
	}
	was, is := q.ask(good, before), q.ask(good, after)
	if accountOf(is).more(accountOf(was)) || isRefused(was) || hasError(is, mapping.Text(o, "kind"), path) || q.mode != config.ModeAudit && isAuthenticated(after) {
		return
	}
	if form.key == "" && q.countsMore(is, emptied, place) {
		return
	}
	kind, what := mapping.Text(o, "kind"), fmt.Sprintf("%s: %s: %s", q.name, path, form.name)
	const most = 8 // faults for each kind
	if f[kind] == nil {
		f[kind] = map[string]string{}
	}
	if len(f[kind]) < most {
		f[kind][what] = after + "\nbefore:\n" + before + accountOf(was).String() + "\nafter:\n" + accountOf(is).String()
	}
}

// countsMore compares a report with the report for the same object with an empty place. A
// silent place may have had an image before: then another image does not change its
// count.
func (q question) countsMore(report function.Report, emptied *yaml.Node, place int) bool {
	if _, fits := put(emptied, place, form{value: ""}); !fits {
		return false
	}
	text, ok := print(emptied, rand.New(rand.NewPCG(9, 9)), 0)
	return ok && accountOf(report).more(accountOf(q.ask(good, text)))
}

// isAuthenticated reports whether an audit says that kubelet pulls the reference with a
// Secret of the set. No target selects the pod. Then other modes say nothing about it.
func isAuthenticated(text string) bool {
	report := question{mode: config.ModeAudit}.ask(good, text)
	return slices.ContainsFunc(report.Images, func(i finding.Image) bool {
		return i.Verdict == "authenticated" && strings.Contains(i.Image, "law/image")
	})
}

// isRefused reports whether a set has an error that ends the run: two objects that cannot
// be in one cluster, or an object that cannot be processed.
func isRefused(report function.Report) bool {
	return slices.ContainsFunc(report.Findings, func(f finding.Finding) bool {
		return f.Severity == "error" && (f.Check == "ambiguous" || f.Check == "config" || f.Check == "unread")
	})
}

// hasError reports whether the report has an error about a field, or about the list of
// its pod. Such an error may have been there before, and then the pod is red whatever it
// pulls. For an object without a name the message names the field. No message names a key in the
// data of a Secret.
func hasError(report function.Report, kind, path string) bool {
	if field, _, found := strings.Cut(path, "."); found && kind == "Secret" && (field == "data" || field == "stringData") {
		path = field
	}
	return slices.ContainsFunc(report.Findings, func(f finding.Finding) bool {
		pod, isList := strings.CutSuffix(f.Field, "imagePullSecrets")
		isOfPod := isList && f.Kind == kind && pod != "" && strings.HasPrefix(path, pod)
		return f.Severity == "error" && (f.Field == path || strings.HasPrefix(f.Message, path+": ") || isOfPod)
	})
}

// places returns how many places an object has for references: each value in it, and the
// object itself.
func places(n *yaml.Node) int {
	count := 1
	for i, child := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			continue
		}
		count += places(child)
	}
	return count
}

// put puts a reference into the place with a number, and returns its path. It returns
// false if the form does not fit there.
func put(o *yaml.Node, place int, f form) (path string, fits bool) {
	at := 0
	var find func(n *yaml.Node, path string) (*yaml.Node, string)
	find = func(n *yaml.Node, path string) (*yaml.Node, string) {
		if at == place {
			return n, path
		}
		at++
		for i, child := range n.Content {
			step := fmt.Sprintf("%s[%d]", path, i)
			if n.Kind == yaml.MappingNode {
				if i%2 == 0 {
					continue
				}
				step = strings.TrimPrefix(path+"."+n.Content[i-1].Value, ".")
			}
			if found, path := find(child, step); found != nil {
				return found, path
			}
		}
		return nil, ""
	}
	n, path := find(o, "")
	switch {
	case n == nil || n.Kind == yaml.AliasNode || n.Anchor != "" || path == "kind", strings.Contains(n.Value, "docker.io/"): // without a kind it is no object; a value with docker.io/ already has a reference
		return path, false
	case n.Kind == yaml.MappingNode:
		if f.pair {
			if mapping.Text(n, "name") != "" || mapping.Text(n, "value") != "" {
				return path, false
			}
			n.Content = append(n.Content, pairOf(f).Content...)
			return path + ".value", true
		}
		key := f.key
		if key == "" {
			key = "law"
		}
		if mapping.Text(n, key) != "" || isSchema(path) && f.key != "" || f.isYAML && hasTexts(path) {
			return path, false
		}
		value := mapping.Scalar(f.value)
		if f.isYAML {
			value = parsed(f.value)
		}
		n.Content = append(n.Content, mapping.Scalar(key), value)
		return path + "." + key, true
	case n.Kind == yaml.SequenceNode && f.pair:
		n.Content = append(n.Content, pairOf(f))
		return path, true
	case n.Kind == yaml.SequenceNode && f.key == "":
		n.Content = append(n.Content, mapping.Scalar(f.value))
		return path, true
	case n.Kind == yaml.ScalarNode && f.key == "":
		*n = *mapping.Scalar(f.value)
		return path, true
	}
	return path, false
}

// pairOf returns a reference beside a name, as variables and parameters are written.
func pairOf(f form) *yaml.Node {
	return mapping.New(mapping.Scalar("name"), mapping.Scalar(f.key), mapping.Scalar("value"), mapping.Scalar(f.value))
}

// hasTexts reports whether the values at a path are texts: the API server takes no list or mapping
// there.
func hasTexts(path string) bool {
	return slices.Contains([]string{"data", "stringData", "binaryData", "labels", "annotations", "matchLabels", "selector", "nodeSelector", "encryptedData"}, path[strings.LastIndexByte(path, '.')+1:])
}

// isSchema reports whether the keys at a path are names of properties in a schema. There,
// "image" says nothing of the text behind it, which is no schema.
func isSchema(path string) bool {
	return path == "properties" || strings.HasSuffix(path, ".properties")
}

// spellings is the number of spellings that print knows.
const spellings = 6

// print returns an object as text in one spelling of YAML. It returns false if the object
// has no such spelling.
func print(o *yaml.Node, r *rand.Rand, spelling int) (text string, ok bool) {
	switch spelling {
	case 0:
		text, err := yaml.String(o)
		return text, err == nil
	case 1: // JSON
		var value any
		if o.Decode(&value) != nil {
			return "", false
		}
		b, err := json.Marshal(value)
		return string(b) + "\n", err == nil
	case 2, 3:
		clone := copyOf(o)
		restyle(clone, r)
		text, err := yaml.String(clone)
		return text, err == nil
	case 4:
		text, err := yaml.String(o)
		return strings.ReplaceAll(text, "\n", "\r\n"), err == nil
	}
	var b strings.Builder
	flow(&b, o, r)
	return b.String() + "\n", true
}

func copyOf(n *yaml.Node) *yaml.Node {
	clone := *n
	clone.Content = nil
	for _, child := range n.Content {
		clone.Content = append(clone.Content, copyOf(child))
	}
	return &clone
}

// restyle gives each scalar a random style.
func restyle(n *yaml.Node, r *rand.Rand) {
	n.Style = 0
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!str" {
		n.Style = []yaml.Style{0, yaml.DoubleQuotedStyle, yaml.SingleQuotedStyle, yaml.LiteralStyle, yaml.FoldedStyle, yaml.TaggedStyle}[r.IntN(6)]
	}
	for _, child := range n.Content {
		restyle(child, r)
	}
}

// flow writes a node in flow style. Strings have some characters as escapes.
func flow(b *strings.Builder, n *yaml.Node, r *rand.Rand) {
	switch n.Kind {
	case yaml.MappingNode:
		b.WriteString("{")
		for key, value := range mapping.Entries(n) {
			if r.IntN(8) == 0 {
				b.WriteString("? ")
			}
			flow(b, key, r)
			b.WriteString(" : ")
			flow(b, value, r)
			b.WriteString(",")
			if r.IntN(4) == 0 {
				b.WriteString("\n  ")
			}
		}
		b.WriteString("}")
	case yaml.SequenceNode:
		b.WriteString("[")
		for _, child := range n.Content {
			flow(b, child, r)
			b.WriteString(",")
		}
		b.WriteString("]")
	case yaml.ScalarNode:
		if n.ShortTag() != "!!str" {
			b.WriteString(n.Value)
			return
		}
		switch r.IntN(6) {
		case 0:
			b.WriteString("!!str ")
		case 1:
			fmt.Fprintf(b, "&a%d ", r.IntN(1000))
		}
		b.WriteString(`"`)
		for _, c := range []byte(n.Value) {
			switch {
			case c < ' ' || c == '"' || c == '\\' || c >= 0x7F || r.IntN(6) == 0:
				fmt.Fprintf(b, `\x%02x`, c)
			case r.IntN(40) == 0:
				b.WriteString("\\\n")
				if c == ' ' {
					b.WriteString(`\`)
				}
				b.WriteByte(c)
			default:
				b.WriteByte(c)
			}
		}
		b.WriteString(`"`)
	}
}
