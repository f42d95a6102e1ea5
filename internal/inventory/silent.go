// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"slices"

	"example.com/calico-pull-secrets/internal/mapping"
)

// The silent places. An image reference there pulls nothing. All other places count.
const (
	managedFields    = "managedFields"
	lastApplied      = "last-applied-configuration"
	status           = "status"
	revision         = "ControllerRevision"
	pullSecret       = "pull Secret"
	ownConfiguration = "configuration"
	schemaText       = "schema"
	policy           = "policy"
	expression       = "expression"
	pipeline         = "Kptfile"
	imageRepository  = "ImageRepository"
	neverPulled      = "imagePullPolicy"
	helmRelease      = "Helm release"
)

// AllowAnonymous is the key of the annotation that allows anonymous pulls for images of
// an object. It names images, but nothing pulls them.
const AllowAnonymous = "calico-pull-secrets/allow-anonymous"

// A SilentPlace is a place where nothing is pulled: its name and the reason.
type SilentPlace struct{ Name, Reason string }

// SilentPlaces returns all silent places.
func SilentPlaces() []SilentPlace {
	return []SilentPlace{
		{managedFields, "metadata.managedFields: it says who set which field"},
		{lastApplied, "the annotation kubectl.kubernetes.io/last-applied-configuration: an older state of the object"},
		{status, "status: it says what a controller observed"},
		{revision, "the data of a ControllerRevision: an older state of a DaemonSet or StatefulSet"},
		{pullSecret, "the content of a pull Secret: the program reads it as a credential"},
		{ownConfiguration, "a CalicoPullSecrets, and the annotation calico-pull-secrets/allow-anonymous: the configuration of this program"},
		{schemaText, "description, title, example and pattern in the schema of a CustomResourceDefinition: text for people"},
		{policy, "the parts of a policy that match or validate, not those that generate or mutate: Kyverno, Gatekeeper, ValidatingAdmissionPolicy"},
		{expression, "expressions of rules: alerts, CEL"},
		{pipeline, "the pipeline of a Kptfile: the machine that runs kpt pulls these images; kubelet does not"},
		{imageRepository, "the image of an ImageRepository: Flux only lists its tags; kubelet does not pull it"},
		{neverPulled, "a container whose imagePullPolicy is Never: kubelet pulls nothing"},
		{helmRelease, "the Secret in which Helm stores a release: a record of what Helm installed"},
	}
}

// silentBelow returns the silent place of the value of a key, empty if it is in
// none. It also returns whether the value is a schema.
func (at *spot) silentBelow(key string) (silent string, isSchema bool) {
	if at.silent != "" {
		return at.silent, false
	}
	if n := len(at.keys); key == AllowAnonymous && n > 1 && at.keys[n-1] == "annotations" && at.keys[n-2] == "metadata" {
		return ownConfiguration, false
	}
	switch at.kind.kind {
	case "CustomResourceDefinition":
		if at.kind.group == "apiextensions.k8s.io" {
			return at.inSchema(key)
		}
	case "Secret":
		if at.kind.apiVersion == "v1" && slices.Equal(at.keys, []string{"data"}) && key == "release" && mapping.Text(at.root, "type") == "helm.sh/release.v1" {
			return helmRelease, false
		}
		if at.kind.apiVersion == "v1" && len(at.keys) == 1 && (at.keys[0] == "data" || at.keys[0] == "stringData") && isPayload(mapping.Text(at.root, "type"), key) {
			return pullSecret, false
		}
	}
	switch path := append(at.keys, key); {
	case slices.Equal(path, []string{"metadata", "managedFields"}):
		return managedFields, false
	case slices.Equal(path, []string{"metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"}):
		return lastApplied, false
	case slices.Equal(path, []string{"status"}):
		return status, false
	case at.kind.kind == "ControllerRevision" && at.kind.group == "apps" && slices.Equal(path, []string{"data"}):
		return revision, false
	case at.kind.group == "kpt.dev" && at.kind.kind == "Kptfile" && slices.Equal(path, []string{"pipeline"}):
		return pipeline, false
	case at.kind.group == "image.toolkit.fluxcd.io" && at.kind.kind == "ImageRepository" && slices.Equal(path, []string{"spec", "image"}):
		return imageRepository, false
	case slices.ContainsFunc(at.policies, func(p []string) bool { return slices.Equal(p, path) }):
		return policy, false
	case isExpression(at.kind, path):
		return expression, false
	}
	return "", false
}

// isPayload reports whether a key of a Secret of this type has registries and
// credentials.
func isPayload(secretType, key string) bool {
	return secretType == "kubernetes.io/dockerconfigjson" && key == ".dockerconfigjson" || secretType == "kubernetes.io/dockercfg" && key == ".dockercfg"
}

// inSchema is silentBelow for a CustomResourceDefinition.
func (at *spot) inSchema(key string) (silent string, isSchema bool) {
	isRoot := key == "openAPIV3Schema"
	switch {
	case len(at.keys) == 0 && key == "status":
		return status, false
	case len(at.keys) == 1 && at.keys[0] == "metadata" && key == "managedFields":
		return managedFields, false
	case len(at.keys) == 2 && at.keys[1] == "annotations" && key == "kubectl.kubernetes.io/last-applied-configuration":
		return lastApplied, false
	case !at.schema && !isRoot:
		if n := len(at.keys); n > 1 && at.keys[n-1] == "x-kubernetes-validations" && (key == "rule" || key == "messageExpression") {
			return expression, false
		}
		return "", false
	case isRoot, at.isMapOfSchemas():
		return "", true
	case slices.Contains([]string{"description", "title", "example", "pattern"}, key):
		return schemaText, false
	case slices.Contains([]string{"properties", "patternProperties", "definitions", "items", "additionalProperties", "allOf", "anyOf", "oneOf", "not"}, key):
		return "", true
	}
	return "", false
}

// isMapOfSchemas reports whether the keys at the spot, which is in a schema, are names. A
// property may be called properties, so every second mapping has names.
func (at *spot) isMapOfSchemas() bool {
	isMap := false
	for i := len(at.keys) - 1; i >= 0 && slices.Contains([]string{"properties", "patternProperties", "definitions"}, at.keys[i]); i-- {
		isMap = !isMap
	}
	return isMap
}

// policyParts are the parts of a policy that match or validate. They are paths of keys,
// by API group, for one kind or for all.
var policyParts = []struct {
	group, kind string
	paths       [][]string
}{
	{"kyverno.io", "", [][]string{
		{"spec", "rules", "match"}, {"spec", "rules", "exclude"}, {"spec", "rules", "validate"}, {"spec", "rules", "preconditions"}, {"spec", "rules", "verifyImages"},
		{"spec", "match"}, {"spec", "exclude"}, {"spec", "conditions"},
	}},
	{"policies.kyverno.io", "", [][]string{
		{"spec", "matchConstraints"}, {"spec", "matchConditions"}, {"spec", "matchImageReferences"}, {"spec", "validations"}, {"spec", "variables"},
	}},
	{"admissionregistration.k8s.io", "ValidatingAdmissionPolicy", [][]string{
		{"spec", "matchConstraints"}, {"spec", "matchConditions"}, {"spec", "validations"}, {"spec", "variables"}, {"spec", "auditAnnotations"},
	}},
	{"admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding", [][]string{{"spec", "matchResources"}}},
	{"admissionregistration.k8s.io", "MutatingAdmissionPolicy", [][]string{{"spec", "matchConstraints"}, {"spec", "matchConditions"}}},
	{"admissionregistration.k8s.io", "ValidatingWebhookConfiguration", [][]string{{"webhooks", "matchConditions"}}},
	{"admissionregistration.k8s.io", "MutatingWebhookConfiguration", [][]string{{"webhooks", "matchConditions"}}},
	{"constraints.gatekeeper.sh", "", [][]string{{"spec", "match"}, {"spec", "parameters"}}},
	{"templates.gatekeeper.sh", "", [][]string{{"spec", "targets", "rego"}, {"spec", "targets", "libs"}, {"spec", "targets", "code"}}},
	{"mutations.gatekeeper.sh", "", [][]string{{"spec", "match"}, {"spec", "applyTo"}}},
}

// policyPartsOf returns the paths for objects of a kind.
func policyPartsOf(k kind) (paths [][]string) {
	for _, part := range policyParts {
		if part.group == k.group && (part.kind == "" || part.kind == k.kind) {
			paths = append(paths, part.paths...)
		}
	}
	return paths
}

// isExpression reports whether the value at a path is an expression.
func isExpression(k kind, path []string) bool {
	return k.group == "monitoring.coreos.com" && k.kind == "PrometheusRule" && slices.Equal(path, []string{"spec", "groups", "rules", "expr"})
}
