// SPDX-License-Identifier: Apache-2.0

// Package kinds says which kinds of the Kubernetes API and of the Tigera operator can reference
// pull Secrets, and where. It sees no objects.
package kinds

import (
	"slices"
	"strings"
)

// ImagePullSecrets is the name of the list. A Spec has the fields above it.
const ImagePullSecrets = "imagePullSecrets"

// Installation is the kind from which the Tigera operator installs Calico, with its group.
const (
	Installation  = "Installation"
	OperatorGroup = "operator.tigera.io"
)

// ExternalSecret is the kind from which External Secrets makes a Secret, with its group.
const (
	ExternalSecret      = "ExternalSecret"
	ExternalSecretGroup = "external-secrets.io"
)

// A Spec says where the objects of a kind have their imagePullSecrets.
type Spec struct {
	Kind    string
	Groups  []string // API groups that serve or served the kind, today's first
	Version string   // in which the API serves it today
	Fields  []string // the path to the field that holds imagePullSecrets
	Traits  Trait
}

// A Trait is a property of a kind.
type Trait int

const (
	// PodSpec: a pod spec holds the list, so there are images and a ServiceAccount.
	PodSpec Trait = 1 << iota
	// Immutable: the API server refuses changes of the list in a cluster. So the program changes it
	// only if a target names the kind.
	Immutable
	// NotRenamed: kustomize does not correct names in the list when it renames a Secret.
	NotRenamed
	// Operated: an operator gives the list to the pods that it makes. So the program changes it
	// only if a target names the kind and the object.
	Operated
)

var (
	core             = []string{""}
	apps             = []string{"apps", "extensions"}
	spec             = []string{"spec"}
	specTemplateSpec = []string{"spec", "template", "spec"}
)

// specs has the kinds of the Kubernetes API and of the Tigera operator that can reference a pull
// Secret. NotRenamed is from kustomize's api/internal/konfig/builtinpluginconsts/namereference.go.
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

// Names returns the kinds of the Kubernetes API, and Installation.
func Names() []string {
	var names []string
	for _, s := range specs {
		names = append(names, s.Kind)
	}
	return names
}

// Of returns the Spec of a kind of a group. It returns nil for an unknown kind, which may still
// have pod templates.
func Of(group, kind string) *Spec {
	if s := Named(kind); s != nil && slices.Contains(s.Groups, group) {
		return s
	}
	return operated(group, kind)
}

// Named is Of for a kind of any group. It does not know custom kinds.
func Named(kind string) *Spec {
	if i := slices.IndexFunc(specs, func(s Spec) bool { return s.Kind == kind }); i >= 0 {
		return &specs[i]
	}
	return nil
}

// APIVersion returns the version in which the API serves the kind today, with its group.
func (s *Spec) APIVersion() string { return strings.TrimPrefix(s.Groups[0]+"/"+s.Version, "/") }

// Has reports whether the kind has a trait.
func (s *Spec) Has(t Trait) bool { return s.Traits&t != 0 }

// Path returns the field path of the list.
func (s *Spec) Path() string {
	return strings.Join(append(slices.Clone(s.Fields), ImagePullSecrets), ".")
}

// shortNames has kubectl's short names. Meant also takes kinds in lower case and in plural.
var shortNames = map[string]string{
	"ds": "DaemonSet", "deploy": "Deployment", "sts": "StatefulSet", "rs": "ReplicaSet", "rc": "ReplicationController", "cj": "CronJob", "po": "Pod", "sa": "ServiceAccount",
}

// Meant returns the kind that a user means. It returns given unchanged if there is no such kind, as
// for a regular expression.
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

// IsPattern reports whether the given kind is a regular expression.
func IsPattern(given string) bool { return strings.ContainsAny(given, "*+?[(|") }
