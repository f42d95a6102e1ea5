// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif" // its source has the schema
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"example.com/calico-pull-secrets/internal/needs"
)

// sarifSchema returns the schema of SARIF 2.1.0 that OASIS publishes, from the source of a library.
// (The library does not write what it read, and calls valid results invalid.)
func sarifSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	dir, err := needs.Command(t, "go", "list", "-f", "{{.Dir}}", "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif").Output()
	require.NoError(t, err)
	source, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "schema.go"))
	require.NoError(t, err)
	_, text, found := strings.Cut(string(source), "`")
	require.True(t, found)
	text, _, _ = strings.Cut(text, "`")
	require.Contains(t, text, "Static Analysis Results Format (SARIF) Version 2.1.0 JSON Schema")
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("sarif.json", document))
	s, err := c.Compile("sarif.json")
	require.NoError(t, err)
	return s
}

// TestSARIFIsValid validates the output of --output sarif: with findings, without findings, and for
// unreadable input.
func TestSARIFIsValid(t *testing.T) {
	s := sarifSchema(t)
	for _, arguments := range [][]string{
		{"--audit", "../../examples"}, {"--audit", "../../examples/manifests/calico.yaml", "audit.registries=*"}, {"--check", "../../examples/manifests"},
		{"--check", "targets=calico", "../shapes"}, {"--check", "none.yaml"}, {"--each", "--audit", "../shapes", "../../examples/manifests"},
	} {
		var stderr bytes.Buffer
		cmd := needs.Command(t, "calico-pull-secrets", append(arguments, "--output=sarif")...)
		cmd.Stderr = &stderr
		text, err := cmd.Output()
		if len(text) == 0 {
			require.NoError(t, err, stderr.String())
		}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		require.NoError(t, err, arguments)
		require.NoError(t, s.Validate(document), arguments)
	}
}
