// SPDX-License-Identifier: Apache-2.0

package kubectl_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/util/yaml"

	"example.com/calico-pull-secrets/internal/edit"
	"example.com/calico-pull-secrets/internal/kubectl"
)

// metadata has the fields of ObjectMeta of k8s.io/apimachinery that manifests have, with their types.
type metadata struct {
	Name, GenerateName, Namespace string
	Labels, Annotations           map[string]string
}

// TestMetadataIsReadAsByKubectl decodes metadata as kubectl does.
func TestMetadataIsReadAsByKubectl(t *testing.T) {
	for text, want := range map[string]string{
		"{name: a}": "", "{name: 5}": "metadata.name", "{name: yes}": "metadata.name", "{name: !!str 5}": "", "{name: ! yes}": "", "{name: 'no'}": "",
		"{name: 2001-01-01}": "", "{name: !!binary YQ==}": "", "{name: a, namespace: 5}": "metadata.namespace", "{generateName: [a]}": "metadata.generateName",
		"null": "", "{}": "", "[]": "metadata", "a": "metadata", "5": "metadata",
		"{labels: null}": "", "{labels: []}": "metadata.labels", "{labels: a}": "metadata.labels", "{labels: {a: b, c: d}}": "",
		"{labels: {a: 1}}": "metadata.labels", "{labels: {a: on}}": "metadata.labels", "{labels: {a: Y}}": "metadata.labels", "{labels: {a: null}}": "",
		"{labels: {a: }}": "", "{labels: {a: {}}}": "metadata.labels", "{annotations: {a: 1.5}}": "metadata.annotations", "{annotations: {a: 'true'}}": "",
		"{annotations: {a: true}}": "metadata.annotations", "{annotations: {a: 1:30}}": "", "{annotations: {a: \"off\"}}": "", "{foo: 5}": "",
	} {
		require.Equal(t, want, refused(t, "metadata: "+text).Field, text)
		var object struct{ Metadata metadata }
		var raw json.RawMessage
		require.NoError(t, yaml.NewYAMLToJSONDecoder(strings.NewReader("metadata: "+text)).Decode(&raw))
		require.Equal(t, want != "", json.Unmarshal(raw, &object) != nil, "kubectl: %s", text)
	}
}

// refused returns why kubectl refuses an object.
func refused(t *testing.T, text string) kubectl.Refusal {
	root, err := edit.Parse([]byte(text))
	require.NoError(t, err)
	return kubectl.Refused(root, false)
}

func TestMetadataInAList(t *testing.T) {
	for text, want := range map[string]string{
		"kind: List\nitems: [{apiVersion: v1, kind: A, metadata: {name: a}}, {apiVersion: v1, kind: A, metadata: {labels: {a: 1}}}]": "metadata.labels",
		"kind: Other\nitems: [{metadata: {labels: {a: 1}}}]":                                                                         "",
		"kind: List\nitems: null": "",
		"kind: PodList\nmetadata: {}\nitems: [{apiVersion: v1, kind: Pod, metadata: a}]": "metadata",
		"kind: List\nitems: [{kind: Pod, metadata: {name: a}}]":                          "items",
		"kind: List\nitems: [{apiVersion: v1, metadata: {name: a}}]":                     "items",
	} {
		require.Equal(t, want, refused(t, text).Field, text)
	}
}

func TestMarkersThatKubectlRefuses(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, "---": 0, "---\n": 0, "--- # a\na: b\n": 0, "a: b\n": 0, "---\t\r\n": 0, "a: b\n%c\n": 0, "# a\n...\n": 0,
		"--- x": 1, "---x\na: b\n": 1, "---#x\na: b\n": 1, "a: \"b\n---#c\"\n": 2, "a: b\n---x\n": 2, "a: \"b\n--- c\"\n": 2, "%YAML 1.1\n---\n": 1, "\n# a\n%YAML 1.1\n---\na: b\n": 3,
	} {
		line, problem := kubectl.BadMarker([]byte(text), nil)
		require.Equal(t, want, line, "%q", text)
		require.Equal(t, want == 0, problem == "", "%q", text)
	}
	line, _ := kubectl.BadMarker([]byte("---\n%YAML 1.1\n"), []byte("a: b\n"))
	require.Equal(t, 2, line)
	line, _ = kubectl.BadMarker([]byte("%YAML 1.1\n---\na: b\n"), []byte("a: b\n...\n"))
	require.Zero(t, line, "behind the marker of an end")
}

// TestMarksThatKubectlMisreads has a byte order mark in the last document of a stream. kubectl must
// read that as without the mark, or the program must refuse it.
func TestMarksThatKubectlMisreads(t *testing.T) {
	const mark = "\uFEFF"
	for text, want := range map[string]int{
		"a: b\n---\n" + mark + "c: d\n": 0, "a: b\n---\n" + mark + "{c: d}\n": 0, "a: b\n--- # x\n" + mark + "c: d\n": 0, "a: b\n---\nc: d" + mark + "\n": 0,
		"a: b\n---\n# a\n---\n" + mark + "c: d\n": 0, "---\n" + mark + "c: d\n": 2, "a: b\n---\n---\n" + mark + "{c: d}\n": 2, mark + "c: d\n": 1,
		"a: b\n---\n# x\n" + mark + "c: d\n": 3, "a: b\n---\n" + mark + mark + "c: d\n": 2, "a: b\n---\nc: d\r" + mark + "e: f\n": 2, "a: b\n---\n\n" + mark + "c: d\n": 3,
	} {
		documents := strings.SplitAfter(text, "\n")
		var parts []string // as wire splits them
		for _, line := range documents {
			if len(parts) == 0 || strings.HasPrefix(line, "---") && (len(parts) > 1 || parts[0] != "") {
				parts = append(parts, "")
			}
			parts[len(parts)-1] += line
		}
		var before []byte
		if last := len(parts) - 1; last > 0 {
			before = []byte(parts[last-1])
		}
		line, _ := kubectl.BadMarker([]byte(parts[len(parts)-1]), before)
		require.Equal(t, want, line, "%q", text)
		if line == 0 && !strings.Contains(text, "d"+mark) {
			require.Equal(t, decoded(strings.ReplaceAll(text, mark, "")), decoded(text), "%q", text)
		}
	}
}

// decoded returns the documents that kubectl reads, as JSON, and the error behind them.
func decoded(text string) (all []string) {
	for decoder := yaml.NewYAMLOrJSONDecoder(strings.NewReader(text), 4096); ; {
		var raw json.RawMessage
		if err := decoder.Decode(&raw); err != nil {
			return append(all, err.Error())
		}
		if len(raw) > 0 && string(raw) != "null" { // which kubectl passes over
			all = append(all, string(raw))
		}
	}
}

func TestJSONIsFoundAsByKubectl(t *testing.T) {
	for text, want := range map[string]int{
		"{}": 2, " \n{}\n": 4, "{} # a": 2, "{}\n...\n": 2, "{}{": 2, "{a: b}": 0, "a: b": 0, "": 0, "\uFEFF{}": 0, "[]": 0, "# a\n{}": 0, "{": 0, "\u00a0{}": 0,
		strings.Repeat(" ", 4095) + "{}": 4097, strings.Repeat(" ", 4096) + "{}": 0,
	} {
		require.Equal(t, want, kubectl.JSON([]byte(text)), "%.20q", text)
	}
	for text, want := range map[string]int{
		"\n": 0, "\n \n": 0, " # a\n#\n": 0, "\r\n\r\n": 0, "\t\n": 0, "...\n": 1, "\n# a\n ...\n": 2, "\n%YAML 1.1\n": 2, " a: b\n": 1, "\n\t\n": 2, "\n\n# \x01\n": 3,
	} {
		require.Equal(t, want, kubectl.BehindJSON([]byte("{}"+text)), "%q", text)
		isRead := slices.Equal(decoded("{}"+text+"---\na: b\n"), []string{"{}", `{"a":"b"}`, "EOF"})
		require.Equal(t, want == 0, isRead, "kubectl: %q", text)
	}
}

func TestListsThatKubectlRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"kind: List\nitems: [{apiVersion: v1, kind: A}]":           "",
		"kind: List\nitems: []":                                    "",
		"kind: List":                                               "",
		"kind: A\nspec: {items: []}":                               "",
		"kind: A\nitems: [{kind: A}]":                              "has items and is no List",
		"kind: Secret\nitems:":                                     "has items and is no List",
		"kind: list\nitems: []":                                    "has items and is no List",
		"kind: List\nitems: [{kind: A}, {kind: AList, items: []}]": "has a List in a List",
		"kind: List\nitems: [{apiVersion: v1, kind: A, spec: {items: [{a: b}]}}]": "",
		"kind: List\nItems: [{kind: List, items: []}]":                            "",
	} {
		require.Equal(t, want, refused(t, text).Problem, text)
	}
}

// TestProblemsThatOnlyKubectlHas has documents that the parser of the program takes.
func TestProblemsThatOnlyKubectlHas(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := byte('b'); c <= 'e'; c++ {
		bomb += fmt.Sprintf("%c: &%c [%s*%c]\n", c, c, strings.Repeat(fmt.Sprintf("*%c,", c-1), 8), c-1)
	}
	for text, want := range map[string]int{
		"a: b\n# c\n\t# d\n": 3, "a: b\n# c\n \t\n# d\n": 3, "---\na: b\n# c\n\t# d\n": 4, "# c\n\t# d\na: b\n": 2, bomb: 1, "---\n" + bomb: 2,
		"a: |\n  # c\n  \t# d\n": 0, "a:\tb\t# c\n": 0, "a: \"b\n\tc\"\n": 0, "a: [b,\n\tc]\n": 0, "a: &a b\nc: *a\n": 0, "": 0, "a: \"\t&x *x\"\n": 0,
	} {
		_, err := edit.ParseYAML([]byte(text))
		require.True(t, err == nil || errors.Is(err, edit.ErrEmpty), text)
		line, problem := kubectl.Unreadable([]byte(text))
		require.Equal(t, want, line, "%q", text)
		require.Equal(t, want > 0, problem != "", "%q", text)
		require.Equal(t, want > 0, kubectlStops("---\n"+text+"---\n"), "kubectl: %q", text)
	}
}

// kubectlStops reports whether kubectl does not read a text to its end.
func kubectlStops(text string) bool {
	all := decoded(text)
	return all[len(all)-1] != "EOF"
}
