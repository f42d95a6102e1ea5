// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// metadata is what a catalog of functions shows.
//
//go:embed metadata.yaml
var metadata []byte

// doc returns the documentation as JSON, for programs that list functions: what
// the catalog has, and the texts that kpt's catalog takes from a README.
func doc() string {
	var fields map[string]any
	if err := yaml.Unmarshal(metadata, &fields); err != nil {
		panic(fmt.Sprintf("metadata.yaml: %v", err)) // a test reads it
	}
	fields["short"] = fields["description"]
	fields["long"] = usage
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(fields); err != nil {
		panic(fmt.Sprintf("metadata.yaml: %v", err))
	}
	return b.String()
}
