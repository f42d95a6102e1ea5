// SPDX-License-Identifier: Apache-2.0

package kubectl_test

import (
	"encoding/json"
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
		root, err := edit.Parse([]byte("metadata: " + text))
		require.NoError(t, err)
		require.Equal(t, want, kubectl.BadMetadata(root), text)
		var object struct{ Metadata metadata }
		var raw json.RawMessage
		require.NoError(t, yaml.NewYAMLToJSONDecoder(strings.NewReader("metadata: "+text)).Decode(&raw))
		require.Equal(t, want != "", json.Unmarshal(raw, &object) != nil, "kubectl: %s", text)
	}
}

func TestMetadataInAList(t *testing.T) {
	for text, want := range map[string]string{
		"kind: List\nitems: [{metadata: {name: a}}, {metadata: {labels: {a: 1}}}]": "metadata.labels",
		"kind: Other\nitems: [{metadata: {labels: {a: 1}}}]":                       "",
		"kind: List\nitems: null":                                                  "",
		"kind: PodList\nmetadata: {}\nitems: [{metadata: a}]":                      "metadata",
	} {
		root, err := edit.Parse([]byte(text))
		require.NoError(t, err)
		require.Equal(t, want, kubectl.BadMetadata(root), text)
	}
}

func TestMarkersThatKubectlRefuses(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, "---": 0, "---\n": 0, "--- # a\na: b\n": 0, "a: b\n": 0, "---\t\r\n": 0, "a: b\n%c\n": 0, "# a\n...\n": 0,
		"--- x": 1, "---x\na: b\n": 1, "a: b\n---x\n": 2, "a: \"b\n--- c\"\n": 2, "%YAML 1.1\n---\n": 1, "\n# a\n%YAML 1.1\n---\na: b\n": 3,
	} {
		line, problem := kubectl.BadMarker([]byte(text), true)
		require.Equal(t, want, line, "%q", text)
		require.Equal(t, want == 0, problem == "", "%q", text)
	}
	line, _ := kubectl.BadMarker([]byte("---\n%YAML 1.1\n"), false)
	require.Equal(t, 2, line)
	line, _ = kubectl.BadMarker([]byte("%YAML 1.1\n---\na: b\n"), false)
	require.Zero(t, line, "behind the marker of an end")
}
