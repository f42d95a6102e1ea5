// SPDX-License-Identifier: Apache-2.0

// Package apiserver knows which Secrets and ServiceAccounts the API server accepts, and what it
// stores of a Secret. It promises:
//
//   - ReadSecret and CheckServiceAccount refuse what the API server refuses when somebody creates
//     the object. Otherwise ReadSecret returns what the API server stores. The rules are those of
//     k8s.io/api, which decodes the fields, and of ValidateSecret and ValidateServiceAccount in
//     k8s.io/kubernetes/pkg/apis/core/validation. A test in testdata/kubelet compares with both.
//   - It does not judge text that somebody fills in before the API server sees it, such as
//     "${PASSWORD}". Secret.Later names such values.
//   - A Refusal quotes nothing of the object.
//
// It does not look at admission, quotas, or objects that are already in the cluster.
package apiserver

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/yaml"

	"example.com/calico-pull-secrets/internal/placeholder"
)

// A Secret is what the API server stores. The zero Secret is empty, and has no type.
type Secret struct {
	Type      string            // empty only with TypeLater
	TypeLater bool              // somebody fills in the type later
	Data      map[string][]byte // decoded; stringData wins
	Later     map[string]bool   // keys of Data whose values somebody fills in later; in Data they are empty
	Immutable bool
}

// A Refusal says why the API server refuses an object.
type Refusal struct {
	Field   string // its path, such as "metadata.labels"
	Problem string // what is wrong with the field; behind a colon and a blank how to mend it
}

// Error returns the refusal as one line.
func (r *Refusal) Error() string { return r.Field + ": " + r.Problem }

// The types of Secrets that have rules of their own, and an annotation that one needs.
const (
	typeOpaque         = "Opaque"
	typeServiceAccount = "kubernetes.io/service-account-token"
	typeBasicAuth      = "kubernetes.io/basic-auth"

	annotationServiceAccount = "kubernetes.io/service-account.name"
)

// requiredKeys are the keys that a Secret must have, by type.
var requiredKeys = map[string][]string{
	"kubernetes.io/dockercfg":        {".dockercfg"},
	"kubernetes.io/dockerconfigjson": {".dockerconfigjson"},
	"kubernetes.io/ssh-auth":         {"ssh-privatekey"},
	"kubernetes.io/tls":              {"tls.crt", "tls.key"},
}

// MaxData is the maximal size of all values of a Secret together, in bytes.
const MaxData = 1 << 20

// ReadSecret returns the Secret that the API server stores for a manifest in YAML or JSON.
// Otherwise it says why the API server refuses it. It reads the manifest as kubectl does: of two
// equal keys the last one counts, and yes, on and 0o7 have their meaning in YAML 1.1.
func ReadSecret(manifest []byte) (Secret, *Refusal) {
	object, meta, refusal := decode("Secret", manifest)
	_, encrypted := object["sops"]
	s := Secret{Data: map[string][]byte{}, Later: map[string]bool{}}
	for _, step := range []func() *Refusal{
		func() *Refusal { return s.readTypeAndImmutable(object) },
		func() *Refusal { return s.readData(object["data"], encrypted) },
		func() *Refusal { return s.readStringData(object["stringData"], encrypted) },
		meta.validate,
		func() *Refusal { return s.validate(meta) },
	} {
		if refusal == nil {
			refusal = step()
		}
	}
	if refusal != nil {
		return Secret{}, refusal
	}
	return s, nil
}

// decode returns the fields of a manifest, and its metadata, which nobody has validated yet.
func decode(kind string, manifest []byte) (object map[string]json.RawMessage, meta metadata, refusal *Refusal) {
	text, err := yaml.YAMLToJSON(manifest)
	if err != nil {
		return nil, meta, &Refusal{kind, "not valid YAML"}
	}
	if object, err = fieldsOf(text); err != nil {
		return nil, meta, &Refusal{kind, "not an object"}
	}
	meta, refusal = readMetadata(object["metadata"])
	return object, meta, refusal
}

func (s *Secret) readTypeAndImmutable(object map[string]json.RawMessage) *Refusal {
	r := fieldReader{}
	r.read(object, "type", &s.Type, wantText)
	r.read(object, "immutable", &s.Immutable, wantBool)
	switch {
	case placeholder.In(s.Type):
		s.Type, s.TypeLater = "", true
	case s.Type == "":
		s.Type = typeOpaque
	}
	return r.refusal
}

// readData reads the values in base64. With encrypted, sops decrypts them later.
func (s *Secret) readData(field json.RawMessage, encrypted bool) *Refusal {
	values, err := fieldsOf(field)
	if err != nil {
		return &Refusal{"data", "not an object of values in base64"}
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		var text string
		if json.Unmarshal(values[key], &text) == nil && (encrypted || placeholder.FillsInBase64(text)) {
			s.Data[key], s.Later[key] = nil, true
			continue
		}
		var value []byte
		if json.Unmarshal(values[key], &value) != nil {
			return &Refusal{dataField("data", key), "not base64: write plain text below stringData"}
		}
		s.Data[key] = value
	}
	return nil
}

// readStringData reads the values in plain text. They replace those of data.
func (s *Secret) readStringData(field json.RawMessage, encrypted bool) *Refusal {
	values, err := fieldsOf(field)
	if err != nil {
		return &Refusal{"stringData", "not an object of texts"}
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		var text string
		if json.Unmarshal(values[key], &text) != nil {
			return &Refusal{dataField("stringData", key), "not text: put it in quotes"}
		}
		delete(s.Later, key)
		s.Data[key] = []byte(text)
		if encrypted || placeholder.In(text) {
			s.Data[key], s.Later[key] = nil, true
		}
	}
	return nil
}

// validate returns why ValidateSecret refuses s, nil if it accepts it.
func (s *Secret) validate(meta metadata) *Refusal {
	size := 0
	for key, value := range s.Data {
		size += len(value)
		if len(validation.IsConfigMapKey(key)) > 0 && !placeholder.In(key) {
			return &Refusal{"data", "a key has other characters than letters, digits, '-', '_' and '.', or is too long"}
		}
	}
	if size > MaxData {
		return &Refusal{"data", "more than 1 MiB: take out the values that nobody needs"}
	}
	switch s.Type {
	case typeServiceAccount:
		if meta.annotations[annotationServiceAccount] == "" {
			return &Refusal{"metadata.annotations", "lacks " + annotationServiceAccount + ", which this type needs"}
		}
	case typeBasicAuth:
		if !s.has("username") && !s.has("password") {
			return &Refusal{"data", `lacks "username" and "password", one of which this type needs`}
		}
	}
	for _, key := range requiredKeys[s.Type] {
		if !s.has(key) || s.Type == "kubernetes.io/ssh-auth" && len(s.Data[key]) == 0 && !s.Later[key] {
			return &Refusal{"data", fmt.Sprintf("lacks %q, which this type needs%s", key, cure(key))}
		}
		if isDockerKey(key) && !s.Later[key] {
			var object map[string]any
			if json.Unmarshal(s.Data[key], &object) != nil {
				return &Refusal{dataField("data", key), "not a JSON object" + cure(key)}
			}
		}
	}
	return nil
}

// cure returns how to make a Secret with the key, after a colon. It is empty for other keys.
func cure(key string) string {
	if isDockerKey(key) {
		return ": make the Secret with kubectl create secret docker-registry"
	}
	return ""
}

func (s *Secret) has(key string) bool {
	_, has := s.Data[key]
	return has
}

// dataField returns the path of a value of a Secret. It names only the keys that kubelet reads: any
// other key may have a credential in it.
func dataField(field, key string) string {
	if isDockerKey(key) {
		return fmt.Sprintf("%s[%q]", field, key)
	}
	return field
}

func isDockerKey(key string) bool { return key == ".dockerconfigjson" || key == ".dockercfg" }

// fieldsOf returns the fields of a JSON object. Their names are case-sensitive. It returns none if
// the object is null or absent.
func fieldsOf(object json.RawMessage) (fields map[string]json.RawMessage, err error) {
	if len(object) == 0 {
		return nil, nil
	}
	err = json.Unmarshal(object, &fields)
	return fields, err
}

// isPlaceholderText reports whether a JSON value is a string with a placeholder.
func isPlaceholderText(value json.RawMessage) bool {
	var text string
	return json.Unmarshal(value, &text) == nil && placeholder.In(text)
}
