// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"example.com/calico-pull-secrets/internal/finding"
)

// jsonSchema returns the schema that --schema=audit prints. Here it allows only the fields that it
// names.
func jsonSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	code, stdout, stderr := call(t, "--schema=audit")
	require.Equal(t, exitOK, code, stderr)
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(stdout))
	require.NoError(t, err)
	closeObjects(document)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("audit.json", document))
	s, err := c.Compile("audit.json")
	require.NoError(t, err)
	return s
}

// closeObjects makes each object of a schema allow only its named properties.
func closeObjects(schema any) {
	switch s := schema.(type) {
	case []any:
		for _, element := range s {
			closeObjects(element)
		}
	case map[string]any:
		if s["type"] == "object" && s["additionalProperties"] == nil {
			s["additionalProperties"] = false
		}
		for _, value := range s {
			closeObjects(value)
		}
	}
}

// TestJSONIsAsTheSchemaSays validates the JSON document of each case. ok must be true if and only
// if nothing fails.
func TestJSONIsAsTheSchemaSays(t *testing.T) {
	schema := jsonSchema(t)
	var ids []string
	for _, check := range finding.Checks() {
		ids = append(ids, check.ID)
	}
	documents := map[string]int{}
	for _, file := range caseFiles(t) {
		archive, err := txtar.ParseFile(file)
		require.NoError(t, err)
		_, runs := readCase(t, archive)
		for _, r := range runs {
			for _, section := range r.want {
				text := string(section.Data)
				if section.Name != "stdout" || !strings.HasPrefix(text, "{\n  \"version\"") {
					continue
				}
				value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
				require.NoError(t, err, "%s: %s", file, r.title)
				require.NoError(t, schema.Validate(value), "%s: %s", file, r.title)
				var d struct {
					Mode     string
					OK       bool
					Counts   struct{ Failing int }
					Findings []struct{ Check string }
				}
				require.NoError(t, json.Unmarshal(section.Data, &d))
				require.Equal(t, d.OK, d.Counts.Failing == 0, "%s: %s", file, r.title)
				for _, f := range d.Findings {
					require.True(t, slices.Contains(ids, f.Check), "%s: no check is called %s", file, f.Check)
				}
				documents[d.Mode]++
			}
		}
	}
	require.Positive(t, documents["audit"])
	require.Positive(t, documents["check"])
}
