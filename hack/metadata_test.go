// SPDX-License-Identifier: Apache-2.0

// Package hack compares the files for catalogs, and the names of the project, with the program.
package hack

import (
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/config"
)

var update = flag.Bool("update", false, "write krm-function.yaml, for review")

// readMetadata reads metadata.yaml.
func readMetadata(t *testing.T, into any) {
	t.Helper()
	text, err := os.ReadFile("metadata.yaml")
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(text, into))
}

// definition returns the KRMFunctionDefinition, made from metadata.yaml and the schema of the
// configuration.
func definition(t *testing.T) string {
	t.Helper()
	var m struct {
		Image, Description, License string
		Tags                        []string
		SourceURL                   string   `yaml:"sourceURL"`
		ExamplePackageURLs          []string `yaml:"examplePackageURLs"`
	}
	readMetadata(t, &m)
	object := map[string]any{
		"apiVersion": "config.kubernetes.io/v1alpha1",
		"kind":       "KRMFunctionDefinition",
		"metadata":   map[string]any{"name": "calicopullsecrets.fn.kpt.dev"},
		"spec": map[string]any{
			"group":       "fn.kpt.dev",
			"description": m.Description,
			"home":        m.SourceURL,
			"tags":        m.Tags,
			"names":       map[string]any{"kind": config.Kind},
			"versions": []any{map[string]any{
				"name":       "v1alpha1",
				"idempotent": true,
				"license":    m.License,
				"examples":   m.ExamplePackageURLs,
				"runtime":    map[string]any{"container": map[string]any{"image": m.Image, "requireNetwork": false, "requireStorageMount": false}},
				"schema":     map[string]any{"openAPIV3Schema": config.Schema()},
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

// TestTheDefinitionHasTheSchema compares krm-function.yaml with the table of fields and with
// metadata.yaml. With -update it writes the file.
func TestTheDefinitionHasTheSchema(t *testing.T) {
	const name = "krm-function.yaml"
	want := definition(t)
	if *update {
		require.NoError(t, os.WriteFile(name, []byte(want), 0o644))
	}
	got, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, want, string(got), "go test ./hack -update writes hack/%s", name)
}

// TestMetadata checks the fields that kpt's catalog requires.
func TestMetadata(t *testing.T) {
	var m map[string]any
	readMetadata(t, &m)
	for _, required := range []string{"image", "description", "tags"} {
		require.NotEmpty(t, m[required])
	}
	known := []string{"image", "description", "tags", "sourceURL", "examplePackageURLs", "emails", "license", "hidden"}
	for key := range m {
		require.Contains(t, known, key)
	}
}

// TestTheNamesAreThoseOfTheMetadata finds the image and the address of the project in all files.
// The owner of any other name could decide what users run.
func TestTheNamesAreThoseOfTheMetadata(t *testing.T) {
	var m struct {
		Image     string
		SourceURL string `yaml:"sourceURL"`
	}
	readMetadata(t, &m)
	gomod, err := os.ReadFile("../go.mod")
	require.NoError(t, err)
	module, _, _ := strings.Cut(strings.TrimPrefix(string(gomod), "module "), "\n")
	require.Equal(t, "https://"+module, m.SourceURL)

	// A name with a host. The exception is an image that a recipe builds.
	name := regexp.MustCompile(`[A-Za-z0-9.-]+\.[a-z]+(:[0-9]+)?/[A-Za-z0-9./_-]*calico-pull-secrets\b`)
	found := 0
	require.NoError(t, filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (path == "../.git" || path == "../bin" || path == "../dist"):
			return filepath.SkipDir
		case entry.IsDir(), strings.HasSuffix(path, "rehome.sh"), strings.HasSuffix(path, "rehome_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, match := range name.FindAllString(string(text), -1) {
			found++
			if match != m.Image && match != module && !strings.Contains(match, "/OWNER/") && !strings.HasSuffix(match, "/argocd-calico-pull-secrets") {
				t.Errorf("%s names %s", path, match)
			}
		}
		return nil
	}))
	require.Greater(t, found, 100)
}
