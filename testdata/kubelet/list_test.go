// SPDX-License-Identifier: Apache-2.0

package kubelet

import (
	"encoding/json"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// TestListsAreReadAsByKubectl has a pull Secret with items, or in Lists. kubectl takes every object
// with items for a List, and none in a List. If it does not make the Secret, no audit may pass.
func TestListsAreReadAsByKubectl(t *testing.T) {
	const secret = `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"regcred","namespace":"n"},"type":"kubernetes.io/dockerconfigjson",` +
		`"data":{".dockerconfigjson":"eyJhdXRocyI6eyJkb2NrZXIuaW8iOnsiYXV0aCI6ImJXVTZlQT09In19fQ=="}}`
	const inList = `{"apiVersion":"v1","kind":"List","items":[` + secret + `]}`
	user := strings.Replace(workload("a", "docker.io/acme/a"), ": n\n", ": 'n'\n", 1) + "      imagePullSecrets: [{name: regcred}]\n" // n alone is false
	path := program(t)
	for text, isGreen := range map[string]bool{
		secret: true,
		inList: true,
		`{"apiVersion":"v1","kind":"SecretList","items":[` + secret + `]}`:            true,
		`{"apiVersion":"v1","kind":"List","items":[` + inList + `]}`:                  false,
		`{"apiVersion":"v1","kind":"List","items":[` + secret + `,` + inList + `]}`:   false,
		`{"apiVersion":"v1","kind":"SecretList","items":[` + inList + `]}`:            false,
		strings.TrimSuffix(secret, "}") + `,"items":[]}`:                              false,
		strings.TrimSuffix(secret, "}") + `,"items":null}`:                            false,
		`{"apiVersion":"v1","kind":"List","items":[` + secret + `],"spec":{"a":"b"}}`: true,
	} {
		if isMade := kubectlMakesSecret(t, text); isMade != isGreen {
			t.Errorf("%s: kubectl makes the Secret: %v", text, isMade)
		}
		for _, arguments := range [][]string{{"--audit"}, {"--check", "targets=docker.io"}} {
			_, stderr, ok := runProgram(t, path, user+"---\n"+text, append(arguments, "--no-config", "preflight=strict", "-")...)
			if ok != isGreen {
				t.Errorf("%s, %v: it passes: %v\n%s", text, arguments, ok, stderr)
			}
		}
	}
}

// kubectlMakesSecret reports whether kubectl makes the Secret of a text.
func kubectlMakesSecret(t *testing.T, text string) bool {
	t.Helper()
	var raw json.RawMessage
	if err := yaml.NewYAMLToJSONDecoder(strings.NewReader(text)).Decode(&raw); err != nil {
		t.Fatal(err)
	}
	object, err := runtime.Decode(unstructured.UnstructuredJSONScheme, raw)
	if err != nil {
		t.Fatal(err)
	}
	list, isList := object.(*unstructured.UnstructuredList)
	if !isList {
		return object.GetObjectKind().GroupVersionKind().Kind == "Secret"
	}
	isMade := false
	for _, item := range list.Items {
		if item.IsList() { // of which kubectl cannot make a List any more: it stops
			return false
		}
		isMade = isMade || item.GetKind() == "Secret"
	}
	return isMade
}
