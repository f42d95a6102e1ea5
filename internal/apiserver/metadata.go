// SPDX-License-Identifier: Apache-2.0

package apiserver

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode"

	"k8s.io/apimachinery/pkg/util/validation"

	"example.com/calico-pull-secrets/internal/placeholder"
)

// metadata has the fields that ValidateObjectMeta checks.
type metadata struct {
	name, generateName, namespace string
	labels, annotations           map[string]string
	finalizers                    []string
	owners                        []owner
	managers                      []manager
	generation                    int64
}

// An owner is an entry of metadata.ownerReferences.
type owner struct {
	apiVersion, kind, name, uid string
	controller                  bool
}

// A manager is an entry of metadata.managedFields.
type manager struct{ name, operation, fieldsType, subresource string }

// maxAnnotations is the maximal size of all annotations, in bytes.
const maxAnnotations = 256 << 10

// The limits of metadata.managedFields, in bytes.
const (
	maxManager     = 128
	maxSubresource = 256
)

// readMetadata decodes the metadata of an object with the API's types.
func readMetadata(object json.RawMessage) (m metadata, refusal *Refusal) {
	r := fieldReader{path: "metadata"}
	fields := r.open(object)
	r.read(fields, "name", &m.name, wantText)
	r.read(fields, "generateName", &m.generateName, wantText)
	r.read(fields, "namespace", &m.namespace, wantText)
	r.read(fields, "labels", &m.labels, wantTexts)
	r.read(fields, "annotations", &m.annotations, wantTexts)
	r.read(fields, "finalizers", &m.finalizers, "not a list of texts")
	r.read(fields, "generation", &m.generation, wantNumber)
	r.read(fields, "deletionGracePeriodSeconds", new(*int64), wantNumber)
	for _, name := range []string{"selfLink", "uid", "resourceVersion"} {
		r.read(fields, name, new(string), wantText)
	}
	for _, name := range []string{"creationTimestamp", "deletionTimestamp"} {
		r.readTime(fields, name)
	}
	for _, object := range r.list(fields, "ownerReferences") {
		m.owners = append(m.owners, r.readOwner(object))
	}
	for _, object := range r.list(fields, "managedFields") {
		m.managers = append(m.managers, r.readManager(object))
	}
	return m, r.refusal
}

const (
	wantText   = "not text: put it in quotes"
	wantTexts  = "not an object of texts: put numbers, true and false in quotes"
	wantNumber = "not a whole number"
	wantBool   = "neither true nor false: write it without quotes"
)

// A fieldReader decodes fields. The first field with a wrong type becomes the refusal.
type fieldReader struct {
	path    string
	refusal *Refusal
}

func (r *fieldReader) refuse(name, problem string) {
	if r.refusal == nil {
		r.refusal = &Refusal{strings.TrimPrefix(r.path+"."+name, "."), problem}
	}
}

// open returns the fields of an object.
func (r *fieldReader) open(object json.RawMessage) map[string]json.RawMessage {
	fields, err := fieldsOf(object)
	if err != nil && r.refusal == nil {
		r.refusal = &Refusal{r.path, "not an object"}
	}
	return fields
}

// read decodes a field into value, a pointer. The field may be absent or null.
func (r *fieldReader) read(fields map[string]json.RawMessage, name string, value any, problem string) {
	if field, has := fields[name]; has && json.Unmarshal(field, value) != nil && !isPlaceholderText(field) {
		r.refuse(name, problem)
	}
}

func (r *fieldReader) readTime(fields map[string]json.RawMessage, name string) {
	var text *string
	r.read(fields, name, &text, wantText)
	if text != nil && !placeholder.In(*text) {
		if _, err := time.Parse(time.RFC3339, *text); err != nil {
			r.refuse(name, "not a time such as 2006-01-02T15:04:05Z")
		}
	}
}

func (r *fieldReader) list(fields map[string]json.RawMessage, name string) (objects []json.RawMessage) {
	r.read(fields, name, &objects, "not a list")
	return objects
}

func (r *fieldReader) readOwner(object json.RawMessage) (o owner) {
	var controller, block *bool
	fields := r.open(object)
	for name, value := range map[string]*string{"apiVersion": &o.apiVersion, "kind": &o.kind, "name": &o.name, "uid": &o.uid} {
		r.read(fields, name, value, wantText)
	}
	r.read(fields, "controller", &controller, "neither true nor false")
	r.read(fields, "blockOwnerDeletion", &block, "neither true nor false")
	o.controller = controller != nil && *controller
	return o
}

func (r *fieldReader) readManager(object json.RawMessage) (m manager) {
	fields := r.open(object)
	for name, value := range map[string]*string{
		"manager": &m.name, "operation": &m.operation, "fieldsType": &m.fieldsType, "subresource": &m.subresource, "apiVersion": new(string),
	} {
		r.read(fields, name, value, wantText)
	}
	r.readTime(fields, "time")
	return m
}

// validate returns why ValidateObjectMeta refuses m, nil if it accepts it. An absent namespace is
// fine: kubectl fills it in.
func (m metadata) validate() *Refusal {
	switch {
	case m.name == "" && m.generateName == "":
		return &Refusal{"metadata.name", "missing"}
	case !isName(m.name) && m.name != "":
		return &Refusal{"metadata.name", "not a DNS-1123 subdomain: use only lower-case letters, digits, '-' and '.'"}
	case m.generateName != "" && (!isName(withoutDash(m.generateName)) || m.name == "" && !isName(generated(m.generateName))):
		return &Refusal{"metadata.generateName", "not the beginning of a DNS-1123 subdomain"}
	case m.namespace != "" && !placeholder.In(m.namespace) && len(validation.IsDNS1123Label(m.namespace)) > 0:
		return &Refusal{"metadata.namespace", "not a DNS-1123 label: use only lower-case letters, digits and '-'"}
	case m.generation < 0:
		return &Refusal{"metadata.generation", "less than 0"}
	}
	size := 0
	for key, value := range m.labels {
		if !placeholder.In(key) && len(validation.IsQualifiedName(key)) > 0 || !placeholder.In(value) && len(validation.IsValidLabelValue(value)) > 0 {
			return &Refusal{"metadata.labels", "a key or a value is not valid for a label: use at most 63 letters, digits, '-', '_' and '.'"}
		}
	}
	for key, value := range m.annotations {
		size += len(key) + len(value)
		if !placeholder.In(key) && len(validation.IsQualifiedName(strings.ToLower(key))) > 0 {
			return &Refusal{"metadata.annotations", "a key is not valid for an annotation: write PREFIX/NAME of letters, digits, '-', '_' and '.'"}
		}
	}
	if size > maxAnnotations {
		return &Refusal{"metadata.annotations", "more than 256 KiB"}
	}
	if !areFinalizers(m.finalizers) {
		return &Refusal{"metadata.finalizers", "not valid finalizers"}
	}
	return m.validateOwners()
}

func (m metadata) validateOwners() *Refusal {
	controllers := 0
	for _, o := range m.owners {
		if o.controller {
			controllers++
		}
		group, version, hasGroup := strings.Cut(o.apiVersion, "/")
		if !hasGroup {
			group, version = "", o.apiVersion
		}
		isEvent := group == "" && version == "v1" && o.kind == "Event" // the only kind that the API server refuses as an owner
		if version == "" || strings.Contains(version, "/") || o.kind == "" || o.name == "" || o.uid == "" || controllers > 1 || isEvent {
			return &Refusal{"metadata.ownerReferences", "not references to owners: take them out of the manifest"}
		}
	}
	for _, f := range m.managers {
		if f.operation != "Apply" && f.operation != "Update" || f.fieldsType != "" && f.fieldsType != "FieldsV1" || len(f.name) > maxManager ||
			len(f.subresource) > maxSubresource || strings.ContainsFunc(f.name, func(r rune) bool { return !unicode.IsPrint(r) }) {
			return &Refusal{"metadata.managedFields", "not what the API server writes there: take it out of the manifest"}
		}
	}
	return nil
}

// withoutDash returns the beginning of a generated name as the API server checks it. It may end
// with a dash.
func withoutDash(name string) string {
	if len(name) > 1 && strings.HasSuffix(name, "-") {
		return name[:len(name)-2] + "a"
	}
	return name
}

// generated returns a name as the API server generates it.
func generated(name string) string { return name[:min(len(name), 58)] + "abcde" }

// areFinalizers reports whether names are valid finalizers: with a domain in front, or one of
// Kubernetes' own.
func areFinalizers(names []string) bool {
	for _, name := range names {
		isOwn := slices.Contains([]string{"kubernetes", "orphan", "foregroundDeletion"}, name)
		if len(validation.IsQualifiedName(name)) > 0 || !strings.Contains(name, "/") && !isOwn {
			return false
		}
	}
	return !slices.Contains(names, "orphan") || !slices.Contains(names, "foregroundDeletion")
}

func isName(name string) bool {
	return placeholder.In(name) || len(validation.IsDNS1123Subdomain(name)) == 0
}
