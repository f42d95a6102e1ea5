// SPDX-License-Identifier: Apache-2.0

package function

import (
	"slices"
	"strings"
)

const imagePullSecrets = "imagePullSecrets"

// A fieldSpec says where the objects of a kind have their imagePullSecrets.
type fieldSpec struct {
	kind   string
	groups []string // of the API, that it is or was served from
	fields []string // that lead to what holds imagePullSecrets
	traits trait
}

// A trait is what else matters of a kind.
type trait int

const (
	// podSpec holds the list: there are images, and a ServiceAccount.
	podSpec trait = 1 << iota
	// immutable is the list once the object is in a cluster, so it is changed only
	// if a target names the kind.
	immutable
	// notRenamed are the names in the list, when kustomize gives the Secret another.
	notRenamed
)

var (
	core             = []string{""}
	apps             = []string{"apps", "extensions"}
	spec             = []string{"spec"}
	specTemplateSpec = []string{"spec", "template", "spec"}
)

// fieldSpecs are the kinds that can reference a pull Secret, from the Kubernetes
// API and that of the Tigera operator. What kustomize renames is in its
// api/internal/konfig/builtinpluginconsts/namereference.go.
var fieldSpecs = []fieldSpec{
	{"DaemonSet", apps, specTemplateSpec, podSpec},
	{"Deployment", apps, specTemplateSpec, podSpec},
	{"StatefulSet", apps, specTemplateSpec, podSpec},
	{"ReplicaSet", apps, specTemplateSpec, podSpec},
	{"ReplicationController", core, specTemplateSpec, podSpec | notRenamed},
	{"CronJob", []string{"batch"}, []string{"spec", "jobTemplate", "spec", "template", "spec"}, podSpec},
	{"Job", []string{"batch"}, specTemplateSpec, podSpec | immutable},
	{"Pod", core, spec, podSpec | immutable},
	{"PodTemplate", core, []string{"template", "spec"}, podSpec},
	{"ServiceAccount", core, nil, 0},
	{"Installation", []string{"operator.tigera.io"}, spec, notRenamed},
}

func joined(fields []string) string { return strings.Join(fields, ".") }

func kinds() []string {
	var kinds []string
	for _, s := range fieldSpecs {
		kinds = append(kinds, s.kind)
	}
	return kinds
}

// fieldSpecOf returns where r has its list, nil if it cannot have one.
func fieldSpecOf(r *resource) *fieldSpec {
	for i, s := range fieldSpecs {
		if s.kind == r.gvk.Kind && slices.Contains(s.groups, r.gvk.Group) {
			return &fieldSpecs[i]
		}
	}
	return nil
}

// apiVersion returns that in which the kind is served today.
func (s *fieldSpec) apiVersion() string { return strings.TrimPrefix(s.groups[0]+"/v1", "/") }

func (s *fieldSpec) has(t trait) bool { return s.traits&t != 0 }

// path returns the field path of the list.
func (s *fieldSpec) path() string {
	return joined(append(slices.Clone(s.fields), imagePullSecrets))
}
