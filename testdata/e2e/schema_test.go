// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/needs"
)

// configSchema returns the schema that the program prints, ready to validate.
func configSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	b, err := needs.Command(t, "calico-pull-secrets", "--schema").Output()
	require.NoError(t, err)
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("schema.json", document))
	s, err := c.Compile("schema.json")
	require.NoError(t, err)
	return s
}

// valid reports whether a configuration validates against the schema.
func valid(t *testing.T, s *jsonschema.Schema, config string) bool {
	t.Helper()
	n, err := yaml.Parse(config)
	require.NoError(t, err)
	b, err := n.MarshalJSON()
	require.NoError(t, err)
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	require.NoError(t, err)
	return s.Validate(document) == nil
}

// TestEveryExampleIsValid validates the configuration of every example.
func TestEveryExampleIsValid(t *testing.T) {
	s := configSchema(t)
	found := 0
	require.NoError(t, filepath.WalkDir("../../examples", func(path string, _ fs.DirEntry, err error) error {
		require.NoError(t, err)
		if filepath.Ext(path) != ".yaml" {
			return nil
		}
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		if strings.Contains(string(b), "\nkind: CalicoPullSecrets\n") {
			found++
			require.True(t, valid(t, s, string(b)), path)
		}
		return nil
	}))
	require.GreaterOrEqual(t, found, 8)
}

// TestTheSchemaAndTheProgramAgree checks the configurations of the command line's cases, as a
// CalicoPullSecrets. If the program refuses a configuration, the schema must, too, unless only the
// program can know.
func TestTheSchemaAndTheProgramAgree(t *testing.T) {
	s := configSchema(t)
	files, err := filepath.Glob("../cases/*/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	agreed := map[bool]int{}
	for _, file := range files {
		subject := filepath.Base(filepath.Dir(file))
		archive, err := txtar.ParseFile(file)
		require.NoError(t, err)
		var title string
		var arguments []string
		for _, f := range archive.Files {
			text := string(f.Data)
			switch {
			case f.Name == "run":
				title, arguments = command(text)
				continue
			case f.Name != "exit" || len(arguments) == 0:
				continue
			}
			good := text == "0\n"
			if text == "1\n" { // the resources make it fail
				continue
			}
			if !good && subject != "settings" && subject != "servers" {
				continue
			}
			config, ok := typed(t, arguments)
			if !ok {
				continue // flags and files
			}
			name := subject + "/" + strings.TrimSuffix(filepath.Base(file), ".txtar") + ": " + title
			if onlyTheProgramKnows(name) {
				continue
			}
			t.Run(name, func(t *testing.T) {
				require.Equal(t, good, valid(t, s, config), config)
				agreed[good]++
			})
		}
	}
	require.Greater(t, agreed[true], 10)
	require.Greater(t, agreed[false], 8)
}

// command returns the title and the arguments of a case's command. It returns none if the command
// reads files.
func command(text string) (title string, arguments []string) {
	if strings.HasPrefix(text, "# ") {
		title, text, _ = strings.Cut(text[2:], "\n")
	}
	_, text, _ = strings.Cut(text, "calico-pull-secrets")
	text, _, _ = strings.Cut(text, "<")
	for _, word := range regexp.MustCompile(`'[^']*'|[^\s'\\]+`).FindAllString(text, -1) {
		arguments = append(arguments, strings.Trim(word, "'"))
	}
	return title, arguments
}

// onlyTheProgramKnows reports whether no schema can express the fault of a case.
func onlyTheProgramKnows(name string) bool {
	for _, part := range []string{"a target of a kind without pull Secrets", "a pattern that is not valid", "one field twice", "settings/hints: ", "settings/slips-of-"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// typed returns arguments as a CalicoPullSecrets, or false if one is no setting.
func typed(t *testing.T, arguments []string) (string, bool) {
	t.Helper()
	spec := map[string]any{}
	for _, argument := range arguments {
		path, value, ok := strings.Cut(argument, "=")
		if !ok || strings.HasPrefix(argument, "-") {
			return "", false
		}
		at := spec
		names := strings.Split(path, ".")
		if strings.HasPrefix(path, "secret.labels.") || strings.HasPrefix(path, "secret.annotations.") {
			names = strings.SplitN(path, ".", 3)
		}
		for _, name := range names[:len(names)-1] {
			if _, there := at[name].(map[string]any); !there {
				at[name] = map[string]any{}
			}
			at = at[name].(map[string]any)
		}
		switch last := names[len(names)-1]; value {
		case "true", "false":
			at[last] = value == "true"
		default:
			at[last] = value
		}
	}
	b, err := json.Marshal(map[string]any{"apiVersion": "fn.kpt.dev/v1alpha1", "kind": "CalicoPullSecrets", "spec": numbered(spec)})
	require.NoError(t, err)
	return string(b), true
}

// numbered returns a value with maps turned into lists, if their keys are 0, 1 and so on.
func numbered(value any) any {
	m, ok := value.(map[string]any)
	if !ok {
		return value
	}
	list := make([]any, len(m))
	for key, v := range m {
		m[key] = numbered(v)
		if i, err := strconv.Atoi(key); err == nil && i < len(list) && list != nil {
			list[i] = m[key]
		} else {
			list = nil
		}
	}
	if len(list) > 0 {
		return list
	}
	return m
}
