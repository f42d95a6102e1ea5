// SPDX-License-Identifier: Apache-2.0

package apiserver

import "encoding/json"

// CheckServiceAccount returns why the API server refuses the manifest of a ServiceAccount, in YAML
// or JSON; nil if it accepts the ServiceAccount. It reads the manifest as ReadSecret does.
func CheckServiceAccount(manifest []byte) *Refusal {
	object, meta, refusal := decode("ServiceAccount", manifest)
	if refusal != nil {
		return refusal
	}
	r := fieldReader{}
	r.readReferences(object, "secrets", "apiVersion", "kind", "namespace", "name", "uid", "resourceVersion", "fieldPath")
	r.readReferences(object, "imagePullSecrets", "name")
	r.read(object, "automountServiceAccountToken", new(*bool), wantBool)
	if r.refusal != nil {
		return r.refusal
	}
	return meta.validate()
}

// readReferences decodes a list of references to objects, whose fields are texts.
func (r *fieldReader) readReferences(object map[string]json.RawMessage, name string, fields ...string) {
	of := fieldReader{path: name}
	for _, reference := range r.list(object, name) {
		own := of.open(reference)
		for _, field := range fields {
			of.read(own, field, new(string), wantText)
		}
	}
	if r.refusal == nil {
		r.refusal = of.refusal
	}
}
