// SPDX-License-Identifier: Apache-2.0

// Package kinds says which kinds of the Kubernetes API, and of the Tigera operator's, can
// reference pull Secrets, and where in their objects. It knows no object.
package kinds

import (
	"slices"
	"strings"
)

// ImagePullSecrets is the field that has the list, below the fields of a Spec.
const ImagePullSecrets = "imagePullSecrets"

// Installation is the kind from which the Tigera operator installs Calico, in its group.
const (
	Installation  = "Installation"
	OperatorGroup = "operator.tigera.io"
)

// ExternalSecret is the kind from which External Secrets makes a Secret, in its group.
const (
	ExternalSecret      = "ExternalSecret"
	ExternalSecretGroup = "external-secrets.io"
)

// A Spec says where the objects of a kind have their imagePullSecrets.
type Spec struct {
	Kind    string
	Groups  []string // of the API, that it is or was served from, today's first
	Version string   // in which it is served today
	Fields  []string // that lead to what holds imagePullSecrets
	Traits  Trait
}

// A Trait is what else matters of a kind.
type Trait int

const (
	// PodSpec holds the list: there are images, and a ServiceAccount.
	PodSpec Trait = 1 << iota
	// Immutable is the list once the object is in a cluster, so it is changed only
	// if a target names the kind.
	Immutable
	// NotRenamed are the names in the list, when kustomize gives the Secret another.
	NotRenamed
	// Operated is a list that an operator gives to the pods which it makes, so it is changed
	// only if a target names the kind and the object.
	Operated
)

var (
	core             = []string{""}
	apps             = []string{"apps", "extensions"}
	spec             = []string{"spec"}
	specTemplateSpec = []string{"spec", "template", "spec"}
)

// specs are the kinds that can reference a pull Secret, from the Kubernetes
// API and that of the Tigera operator. What kustomize renames is in its
// api/internal/konfig/builtinpluginconsts/namereference.go.
var specs = []Spec{
	{"DaemonSet", apps, "v1", specTemplateSpec, PodSpec},
	{"Deployment", apps, "v1", specTemplateSpec, PodSpec},
	{"StatefulSet", apps, "v1", specTemplateSpec, PodSpec},
	{"ReplicaSet", apps, "v1", specTemplateSpec, PodSpec},
	{"ReplicationController", core, "v1", specTemplateSpec, PodSpec | NotRenamed},
	{"CronJob", []string{"batch"}, "v1", []string{"spec", "jobTemplate", "spec", "template", "spec"}, PodSpec},
	{"Job", []string{"batch"}, "v1", specTemplateSpec, PodSpec | Immutable},
	{"Pod", core, "v1", spec, PodSpec | Immutable},
	{"PodTemplate", core, "v1", []string{"template", "spec"}, PodSpec},
	{"ServiceAccount", core, "v1", nil, 0},
	{Installation, []string{OperatorGroup}, "v1", spec, NotRenamed},
}

// Names returns the kinds of the Kubernetes API and the Installation.
func Names() []string {
	var names []string
	for _, s := range specs {
		names = append(names, s.Kind)
	}
	return names
}

// Of returns what a kind of a group has, nil if it is not known to reference a Secret: it may
// have pod templates all the same.
func Of(group, kind string) *Spec {
	if s := Named(kind); s != nil && slices.Contains(s.Groups, group) {
		return s
	}
	return operated(group, kind)
}

// Named is Of for a kind of any group.
func Named(kind string) *Spec {
	for i, s := range specs {
		if s.Kind == kind {
			return &specs[i]
		}
	}
	return nil
}

// APIVersion returns that in which the kind is served today.
func (s *Spec) APIVersion() string { return strings.TrimPrefix(s.Groups[0]+"/"+s.Version, "/") }

// Has reports whether the kind has a trait.
func (s *Spec) Has(t Trait) bool { return s.Traits&t != 0 }

// Path returns the field path of the list.
func (s *Spec) Path() string {
	return strings.Join(append(slices.Clone(s.Fields), ImagePullSecrets), ".")
}

// shortNames are the kinds as kubectl takes them, beside those in lower case and in
// plural.
var shortNames = map[string]string{
	"ds": "DaemonSet", "deploy": "Deployment", "sts": "StatefulSet", "rs": "ReplicaSet", "rc": "ReplicationController", "cj": "CronJob", "po": "Pod", "sa": "ServiceAccount",
}

// Meant returns the kind that a user means, and what was given if there is no such kind,
// as for a regular expression.
func Meant(given string) string {
	lower, _, _ := strings.Cut(strings.ToLower(given), ".") // daemonsets.apps
	if kind := shortNames[lower]; kind != "" {
		return kind
	}
	for _, kind := range Names() {
		if k := strings.ToLower(kind); (lower == k || lower == k+"s") && !IsPattern(given) {
			return kind
		}
	}
	return given
}

// IsPattern reports whether what was given for a kind is a regular expression.
func IsPattern(given string) bool { return strings.ContainsAny(given, "*+?[(|") }
