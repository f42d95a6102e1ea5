// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/function"
)

var update = flag.Bool("update", false, "write the files that are generated, for review")

// definition returns the KRMFunctionDefinition, made of metadata.yaml and the
// schema of the configuration.
func definition(t *testing.T) string {
	t.Helper()
	var m struct {
		Image, Description, License string
		Tags                        []string
		SourceURL                   string   `yaml:"sourceURL"`
		ExamplePackageURLs          []string `yaml:"examplePackageURLs"`
	}
	require.NoError(t, yaml.Unmarshal(metadata, &m))
	object := map[string]any{
		"apiVersion": "config.kubernetes.io/v1alpha1",
		"kind":       "KRMFunctionDefinition",
		"metadata":   map[string]any{"name": "calicopullsecrets.fn.kpt.dev"},
		"spec": map[string]any{
			"group":       "fn.kpt.dev",
			"description": m.Description,
			"home":        m.SourceURL,
			"tags":        m.Tags,
			"names":       map[string]any{"kind": function.Kind},
			"versions": []any{map[string]any{
				"name":       "v1alpha1",
				"idempotent": true,
				"license":    m.License,
				"examples":   m.ExamplePackageURLs,
				"runtime":    map[string]any{"container": map[string]any{"image": m.Image, "requireNetwork": false, "requireStorageMount": false}},
				"schema":     map[string]any{"openAPIV3Schema": function.ConfigSchema()},
			}},
		},
	}
	plain, err := json.Marshal(object)
	require.NoError(t, err)
	var tree any
	require.NoError(t, yaml.Unmarshal(plain, &tree))
	text, err := yaml.Marshal(tree)
	require.NoError(t, err)
	return string(text)
}

// TestWhatIsGenerated compares the files that are made from the table of fields
// with it. With -update it writes them.
func TestWhatIsGenerated(t *testing.T) {
	for name, want := range map[string]string{"schema.json": string(function.JSONSchema()), "krm-function.yaml": definition(t)} {
		if *update {
			require.NoError(t, os.WriteFile(name, []byte(want), 0o644))
		}
		got, err := os.ReadFile(name)
		require.NoError(t, err)
		require.Equal(t, want, string(got), "go test . -update writes %s", name)
	}
}

// TestMetadata has what kpt's catalog requires.
func TestMetadata(t *testing.T) {
	var m map[string]any
	require.NoError(t, yaml.Unmarshal(metadata, &m))
	for _, required := range []string{"image", "description", "tags"} {
		require.NotEmpty(t, m[required])
	}
	known := []string{"image", "description", "tags", "sourceURL", "examplePackageURLs", "emails", "license", "hidden"}
	for key := range m {
		require.Contains(t, known, key)
	}
}
