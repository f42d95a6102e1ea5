// SPDX-License-Identifier: Apache-2.0

package laws_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/util/yaml"

	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/finding"
)

// TestBytesAreConserved makes streams of pieces in any order. It checks that the audit
// finds what kubectl finds in them.
func TestBytesAreConserved(t *testing.T) {
	q := questions(t)[0]
	for n := range 3000 {
		r := rand.New(rand.NewPCG(uint64(n), 6))
		var b strings.Builder
		for range 1 + r.IntN(4) {
			b.WriteString(separators[r.IntN(len(separators))])
			b.WriteString(documents[r.IntN(len(documents))])
		}
		text := numbered(b.String())
		if r.IntN(8) == 0 {
			text = strings.ReplaceAll(text, "\n", []string{"\r", "\r\n"}[r.IntN(2)])
		}
		if r.IntN(4) == 0 {
			text = mutated(text, r)
		}
		if lost := lost(q, text); len(lost) > 0 {
			t.Errorf("kubectl finds %v, and the audit does not:\n%q", lost, text)
		}
	}
}

// TestWhatIsNoObjectIsSaid puts documents that are no objects, in any order, among others that
// are. kubectl refuses such a stream, so it must not pass.
func TestWhatIsNoObjectIsSaid(t *testing.T) {
	apart := []string{"---\n", "--- # comment\n", "---\r\n", "...\n---\n", "---\n\n# comment\n", "---\n---\n"}
	separator := func(r *rand.Rand) string { return apart[r.IntN(len(apart))] }
	for n := range 600 {
		r := rand.New(rand.NewPCG(uint64(n), 7))
		parts := []string{good, separator(r) + strayDocuments[n%len(strayDocuments)] + "\n"}
		if r.IntN(2) == 0 {
			parts = append(parts, separator(r)+"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\n")
		}
		r.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		for i, part := range parts {
			if part == good && i > 0 {
				parts[i] = separator(r) + good
			}
		}
		text := strings.Join(parts, "")
		for _, q := range provers(t) {
			q.way = way(r.IntN(int(list))) // a ResourceList is one document
			if report := q.ask(text); report.OK {
				t.Errorf("%s: kubectl refuses a document, and nothing says so:\n%q", q.name, text)
			}
		}
	}
}

// TestWhatKubectlCannotReadIsSaid breaks a document among others. If kubectl cannot read it, kubectl
// does not apply the Secret behind it either, so no mode may pass.
func TestWhatKubectlCannotReadIsSaid(t *testing.T) {
	all := provers(t)
	first, second, _ := strings.Cut(good, "---\n")
	refused := 0
	for n := range 1200 {
		r := rand.New(rand.NewPCG(uint64(n), 8))
		document := harmless[r.IntN(len(harmless))]
		for range r.IntN(3) {
			document = mutated(document, r)
		}
		text := first + "---\n" + document + "\n---\n" + second
		if n%8 == 0 {
			text = document + "\n---\n" + good
		}
		if kubectlReads(text) {
			continue
		}
		refused++
		q := all[n%len(all)]
		q.way = way(r.IntN(int(list)))
		if report := q.ask(text); report.OK {
			t.Errorf("%s: kubectl cannot read a document, and nothing says so:\n%q", q.name, text)
		}
	}
	require.Greater(t, refused, 300) // enough to mean something
}

// harmless are documents that no mode asks for, each with a place that a mutation may break.
var harmless = []string{
	"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata:\n  a: \"b\"\n  c: |\n    d\n",
	"{\"apiVersion\": \"v1\",\n\"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"m\"},\n\"data\": {\"a\": \"b\"}}\n",
	"{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"m\", \"x\": \"\\/ \\ud83d\\ude00\"}}\n",
	"{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"m\"}}\n{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"n\"}}\n",
	"{apiVersion: v1, kind: ConfigMap, metadata: {name: m}, x: [1, {a: !!int 2}, .5]}\n",
	"# a comment\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\nx: !!null ~\ny: !!float 1.0\nz: &a [b]\nv: *a\n",
	"x: &x {a: b}\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ny: {<<: *x}\n",
	"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\nx: .nan\n",
	"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\nx: !!int b\n",
	"%YAML 1.1\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\n",
	"--- {apiVersion: v1, kind: ConfigMap, metadata: {name: m}}\n",
	"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\nx: \"a\n---b\"\n",
	"\t\n", " \t# a comment\n", "...\n", "# \x01\n", "# \xE9\n", " %a\n", "\f\n", "# a comment\n\n",
}

// kubectlReads reports whether kubectl reads a text to its end.
func kubectlReads(text string) bool {
	decoder := yaml.NewYAMLOrJSONDecoder(strings.NewReader(text), 4096)
	for {
		var raw json.RawMessage
		if err := decoder.Decode(&raw); err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}

// strayDocuments are what comes into a stream by mistake.
var strayDocuments = []string{
	"404: Not Found", "<html>kind: x</html>", "Error from server (NotFound)", "text", "a: b", `{"message": "Not Found"}`, "[a]", "- a", `"text"`, "5",
	"Kind: Pod\napiVersion: v1\nmetadata: {name: p}\nspec: {containers: [{image: law}]}",
	"apiVersion: v1\nmetadata: {name: p}\nspec: {containers: [{image: law}]}",
	"kind: !!null Pod\napiVersion: v1\nmetadata: {name: p}\n",
	"kind: ~\napiVersion: v1\nmetadata: {name: m}\n", "kind: 1\napiVersion: v1\nmetadata: {name: m}\n", "kind: ConfigMap\nmetadata: {name: m}\n",
	"kind: [ConfigMap]\napiVersion: v1\nmetadata: {name: m}\n", "kind: ConfigMap\napiVersion: !!null v1\nmetadata: {name: m}\n",
	"kind: ConfigMap\napiVersion: v1\nmetadata: {name: !!int m}\n", "kind: ConfigMap\napiVersion: v1\nmetadata: {name: m}\nx: .inf\n",
	"kind: ConfigMap\napiVersion: v1\nmetadata:\n\tname: m\n", "kind: ConfigMap\napiVersion: v1\nmetadata: {name: m}\n~: x\n",
	"{\"kind\": \"ConfigMap\", /* x */\n\"apiVersion\": \"v1\", \"metadata\": {\"name\": \"m\"}}\n",
	"# x\n{a: {\nkind: ConfigMap\n}, apiVersion: v1, metadata: {name: m}}\n", "{{ include \"x\" . }}\n", "kind: ConfigMap\napiVersion: v1\nx: {{ .x }}y: z\n",
	"apiVersion: v1\nkind: !!null Pod\nmetadata: {name: p}\nspec: {containers: [{image: law}]}",
	"apiVersion: v1\n!!binary a2luZA==: Pod\nmetadata: {name: p}\nspec: {containers: [{image: law}]}",
	`{"apiVersion": "v1", // a comment` + "\n" + `"kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": [{"image": "law"}]}}`,
	"[[{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{image: law}]}}]]",
	"x: {apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{image: law}]}}",
	"\x00\x01", "\x1f\x8b\x08\x00", "\xff\xfek\x00i\x00n\x00d\x00:\x00P\x00o\x00d\x00",
}

func FuzzBytes(f *testing.F) {
	for _, separator := range separators {
		for _, document := range documents {
			f.Add(numbered(document + separator + document))
		}
	}
	// Found by fuzzing: kubectl reads the object and fails after it. For YAML the object
	// is a key.
	f.Add(`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"law"}]}}:`)
	f.Add("kind:\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{image: law}]}")
	// Found by fuzzing: text before an @ may be a credential, so it is hidden.
	f.Add("apiVersion: v1\nkind: Pod\nmetadata:\n name: A\nspec: {containers: [{image: 0@}]}")
	q := questions(f)[0]
	f.Fuzz(func(t *testing.T, text string) {
		if lost := lost(q, text); len(lost) > 0 {
			t.Errorf("kubectl finds %v, and the audit does not:\n%q", lost, text)
		}
	})
}

// documents are pods in several spellings. A number replaces #, so that they can be told
// apart.
var documents = []string{
	"apiVersion: v1\nkind: Pod\nmetadata: {name: p#}\nspec:\n  containers:\n  - name: c\n    image: law#\n",
	"apiVersion: v1\nkind: Pod\nmetadata:\n  name: p#\nspec: {containers: [{name: c, image: law#}]}\n",
	`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p#"},"spec":{"containers":[{"name":"c","image":"law#"}]}}`,
	`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p#"},"spec":{"containers":[{"name":"c","image":"law#"}]}}` + "\n",
	"{\"apiVersion\": \"v1\",\n \"kind\": \"Pod\",\n\"metadata\": {\"name\": \"p#\"},\n\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"law#\"}]}}\n",
	"apiVersion: v1\nkind: !!binary UG9k\nmetadata: {name: p#}\nspec: {containers: [{name: c, image: law#}]}\n",
	"apiVersion: v1\n!!binary a2luZA==: Pod\nmetadata: {name: p#}\nspec: {containers: [{name: c, image: law#}]}\n",
	"apiVersion: v1\n\"kind\": 'Pod'\nmetadata: {name: p#}\nspec: {\"containers\": [{name: c, \"image\": \"law#\"}]}\n",
	"apiVersion: v1\nkind: \"P\\x6fd\"\nmetadata: {name: p#}\nspec: {containers: [{name: c, \"im\\x61ge\": law#}]}\n",
	"apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: p#}\n  spec: {containers: [{name: c, image: law#}]}\n",
	`{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p#"},"spec":{"containers":[{"name":"c","image":"law#"}]}}]}`,
	"apiVersion: v1\nkind: PodList\nitems:\n- metadata: {name: p#}\n  spec: {containers: [{name: c, image: law#}]}\n",
	"x: &x {name: c, image: law#}\napiVersion: v1\nkind: Pod\nmetadata: {name: p#}\nspec: {containers: [*x]}\n",
	"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m#}\ndata: {a: b}\n",
	"# a comment\n", "", "\n\n", "a: b\n", "[]\n", "text\n", "null\n", "...\n", "# {{ x }}\n",
}

var separators = []string{
	"", "---\n", "\n---\n", "---\r\n", "--- # comment\n", "---\n\uFEFF", "\uFEFF---\n", "\uFEFF", "\n", "...\n---\n", "%YAML 1.2\n---\n", "--- ", "---\t\n", "\n--- \n", " ",
	"---\n---\n", "---\n# comment\n", "\n---\n\n\n", "--- !!map\n",
}

// numbered replaces each # by a number.
func numbered(text string) string {
	n := 0
	for strings.Contains(text, "p#") || strings.Contains(text, "law#") {
		n++
		for _, word := range []string{"law#", "p#"} {
			text = strings.Replace(text, word, fmt.Sprint(strings.TrimSuffix(word, "#"), n), 1)
		}
	}
	return text
}

// mutated changes, removes or adds one byte of a text.
func mutated(text string, r *rand.Rand) string {
	if text == "" {
		return text
	}
	at := r.IntN(len(text))
	with := []string{"\n", " ", "\t", "\r", ":", "-", "{", "}", "\"", "'", "#", "\uFEFF", "---\n", "\u0085", "\u2028", "&a ", "|", "\x00"}[r.IntN(18)]
	return text[:at] + with + text[at+r.IntN(2):]
}

// lost returns the images of pods that kubectl finds in a text and the audit loses. The
// report does not have them, and does not fail because of them.
func lost(q question, text string) (lost []string) {
	found := kubectlFinds(text)
	if len(found) == 0 {
		return nil
	}
	report := q.ask(text, good)
	for _, image := range found {
		if !slices.ContainsFunc(report.Images, func(i finding.Image) bool { return i.Image == finding.ShowImage(image) }) && !failsForOther(report) {
			lost = append(lost, image)
		}
	}
	if report.OK && len(lost) == 0 { // all pulls are anonymous, so green is wrong
		return found
	}
	return lost
}

// failsForOther reports whether the report has an error that is no verdict.
func failsForOther(report function.Report) bool {
	return slices.ContainsFunc(report.Findings, func(f finding.Finding) bool { return f.Severity == "error" && !f.IsVerdict })
}

// kubectlFinds returns the images of the pods that kubectl would hand to the API server.
// kubectl stops at the first text that it cannot read.
func kubectlFinds(text string) (images []string) {
	decoder := yaml.NewYAMLOrJSONDecoder(strings.NewReader(text), 4096)
	for {
		var raw json.RawMessage
		if err := decoder.Decode(&raw); errors.Is(err, io.EOF) || err != nil {
			return images
		}
		raw = bytes.TrimSpace(raw)
		if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
			continue
		}
		var o map[string]any // its keys keep their case, as for the API server
		if json.Unmarshal(raw, &o) != nil {
			return images
		}
		kind, _ := o["kind"].(string)
		if items, isList := o["items"].([]any); isList && (kind == "List" || kind == "PodList") {
			for _, item := range items {
				member, _ := item.(map[string]any)
				if member != nil && kind == "PodList" && member["kind"] == nil {
					member["kind"], member["apiVersion"] = "Pod", o["apiVersion"]
				}
				images = append(images, podImages(member)...)
			}
		}
		images = append(images, podImages(o)...)
	}
}

// podImages returns the images of an object, if it is a pod.
func podImages(o map[string]any) (images []string) {
	metadata, _ := o["metadata"].(map[string]any)
	spec, _ := o["spec"].(map[string]any)
	containers, _ := spec["containers"].([]any)
	if name, _ := metadata["name"].(string); o["apiVersion"] != "v1" || o["kind"] != "Pod" || name == "" {
		return nil
	}
	for _, c := range containers {
		container, _ := c.(map[string]any)
		if image, _ := container["image"].(string); image != "" {
			images = append(images, image)
		}
	}
	return images
}
