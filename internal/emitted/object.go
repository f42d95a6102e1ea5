// SPDX-License-Identifier: Apache-2.0

package emitted

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/names"
	"example.com/calico-pull-secrets/internal/secrets"
)

// refusal returns why the program cannot change the existing Secret to the wanted one, empty if it
// can.
func (s *Secret) refusal() string {
	var there fields
	if s.Current.As(&there) != nil {
		return "is not readable as a Secret"
	}
	maps := []struct {
		name  string
		value any
	}{{"data", there.Data}, {"stringData", there.StringData}, {"metadata.labels", there.Metadata.Labels}, {"metadata.annotations", there.Metadata.Annotations}}
	for _, m := range maps {
		if _, isMap := m.value.(map[string]any); m.value != nil && !isMap {
			return m.name + " is not a mapping"
		}
	}
	for _, m := range maps[:2] { // kpt quotes the new content if it replaces a value of another type
		value, _ := configIn(m.value)
		if _, isString := value.(string); value != nil && !isString {
			return fmt.Sprintf("%q in %s is not a string", secrets.DataKey, m.name)
		}
	}
	if kind, _ := there.Type.(string); kind != secrets.Type {
		return fmt.Sprintf("has %s, but a pull secret needs type %q, and nobody can change the type of a Secret: set another secretName, or remove this Secret", finding.ShowSecretType(kind), secrets.Type)
	}
	if there.Immutable == true && s.Content != nil && !s.hasContent() {
		return "is immutable, so the API server refuses the new content: set another secretName, or remove this Secret"
	}
	return ""
}

// hasContent reports whether the existing Secret has the content. stringData overrides data, as in
// the API server.
func (s *Secret) hasContent() bool {
	var there fields
	if s.Current.As(&there) != nil {
		return false
	}
	if value, ok := configIn(there.StringData); ok {
		return value == string(s.Content)
	}
	value, _ := configIn(there.Data)
	encoded, ok := value.(string)
	if !ok {
		return false
	}
	decoded, err := base64.StdEncoding.DecodeString(encoded)
	return err == nil && string(decoded) == string(s.Content)
}

// hasEntries reports whether a map in the metadata of o has the entries.
func hasEntries(o *inventory.Resource, entries map[string]string, field string) bool {
	current, _, _ := o.NestedStringMap("metadata", field)
	for key, value := range entries {
		if now, ok := current[key]; !ok || now != value {
			return false
		}
	}
	return true
}

// setEntries sets the entries that differ in a map in the metadata of o.
func setEntries(o *inventory.Resource, entries map[string]string, field string) error {
	if len(entries) == 0 {
		return nil
	}
	current, found, err := o.NestedStringMap("metadata", field)
	if err != nil || !found || len(current) == 0 { // null, absent or empty
		return o.SetNestedField(entries, "metadata", field)
	}
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		if current[key] == entries[key] {
			continue
		}
		if err := o.SetNestedString(entries[key], "metadata", field, key); err != nil {
			return err
		}
	}
	return nil
}

func (s *Secret) replaceContent() error {
	var there fields
	if err := s.Current.As(&there); err != nil {
		return err
	}
	if _, ok := configIn(there.StringData); ok {
		gone := []string{"stringData", secrets.DataKey}
		if len(there.StringData.(map[string]any)) == 1 {
			gone = gone[:1]
		}
		if _, err := s.Current.RemoveNestedField(gone...); err != nil {
			return err
		}
	}
	encoded := base64.StdEncoding.EncodeToString(s.Content)
	if there.Data == nil { // absent or null
		return s.Current.SetNestedField(map[string]string{secrets.DataKey: encoded}, "data")
	}
	return s.Current.SetNestedString(encoded, "data", secrets.DataKey)
}

func (s *Secret) newObject() map[string]any {
	metadata := metadataOf(s.Name, s.Namespace)
	if len(s.settings.Labels) > 0 {
		metadata["labels"] = s.settings.Labels
	}
	annotations := map[string]string{}
	maps.Copy(annotations, s.settings.Annotations)
	if s.path != "" {
		annotations[fn.PathAnnotation] = s.path
	}
	if s.settings.HashSuffix {
		annotations[names.NeedsHash] = names.Enabled
	}
	if len(annotations) > 0 {
		metadata["annotations"] = annotations
	}
	secret := map[string]any{
		"apiVersion": "v1",
		"kind":       "Secret",
		"metadata":   metadata,
		"type":       secrets.Type,
		"data":       map[string]string{secrets.DataKey: base64.StdEncoding.EncodeToString(s.Content)},
	}
	if s.settings.Immutable {
		secret["immutable"] = true
	}
	return secret
}

// fields are the fields that the function reads from an existing Secret.
type fields struct {
	Type       any `json:"type"`
	Immutable  any `json:"immutable"`
	Data       any `json:"data"`
	StringData any `json:"stringData"`
	Metadata   struct {
		Labels      any `json:"labels"`
		Annotations any `json:"annotations"`
	} `json:"metadata"`
}

// configIn returns the value of .dockerconfigjson in m, a decoded JSON object, and whether there is
// one.
func configIn(m any) (any, bool) {
	object, _ := m.(map[string]any)
	value, ok := object[secrets.DataKey]
	return value, ok
}
