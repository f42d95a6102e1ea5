// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/mapping"
)

// Many operators create pods, but their objects do not name the images: Grafana,
// RabbitmqCluster, Kafka. Three things show that pods come from an object. First: it has
// a container without an image. Second: it has a pod template without a container. The
// name of the template says so, or it has a field that only pods have. Labels alone prove
// nothing: they may be for a Secret, a volume claim or a node. Third: the kind is known
// for its pods (kinds.ChoosesImage). For any other object nobody knows whether pods come from
// it: see docs/limits.md.

// amenders are API groups for policies, schemas and measurements. Their objects have
// containers of pods that others create. An entry with a slash names one kind of a group.
var amenders = map[string]bool{
	"kyverno.io": true, "policies.kyverno.io": true, "mutations.gatekeeper.sh": true, "constraints.gatekeeper.sh": true, "templates.gatekeeper.sh": true,
	"admissionregistration.k8s.io": true, "apiextensions.k8s.io": true, "metrics.k8s.io": true, "policy.karmada.io": true, "apps.kruise.io/WorkloadSpread": true,
}

// isOperators reports whether an operator may choose images for the object at the spot.
func (at *spot) isOperators() bool { return at.operated && at.silent == "" && !at.schema }

// mayBeOperated reports whether an operator may choose images for an object. Kubernetes' own
// kinds are excluded: the API server refuses their pods without an image. An object that
// somebody renders later is dark as a whole.
func mayBeOperated(r *Reading, k kind) bool {
	return r.Rendered == nil && (r.Spec == nil || r.Spec.Has(kinds.Operated)) && !amenders[k.group] && !amenders[k.group+"/"+k.kind]
}

// hasChosen reports whether the mapping n, at the spot, has a container whose image an
// operator chooses. Other APIs have lists called containers, too, for example of a blob
// storage.
func (at *spot) hasChosen(n *yaml.Node) bool {
	return slices.ContainsFunc(containerLists, func(list string) bool {
		return slices.ContainsFunc(mapping.Elements(mapping.Value(n, list)), func(c *yaml.Node) bool {
			return mapping.Text(c, "name") != "" && (list != "containers" || at.template() != "" || hasAny(c, containerFields))
		})
	})
}

// containerFields are fields of a container. Hardly any other object with a name has
// them.
var containerFields = []string{
	"args", "command", "env", "envFrom", "imagePullPolicy", "lifecycle", "livenessProbe", "ports", "readinessProbe", "resizePolicy", "resources",
	"securityContext", "startupProbe", "terminationMessagePath", "terminationMessagePolicy", "tty", "volumeDevices", "volumeMounts", "workingDir",
}

// podFields are fields of a pod spec. No other spec in a template has them: not that of a
// node, a volume claim, a machine or a Secret.
var podFields = []string{
	"affinity", "automountServiceAccountToken", "containers", "dnsPolicy", "hostNetwork", "imagePullSecrets", "initContainers", "nodeSelector", "priorityClassName",
	"restartPolicy", "runtimeClassName", "schedulerName", "securityContext", "serviceAccount", "serviceAccountName", "tolerations", "topologySpreadConstraints",
}

func hasAny(n *yaml.Node, keys []string) bool {
	return slices.ContainsFunc(keys, func(key string) bool { return mapping.Value(n, key) != nil })
}

// template says what the mapping at the spot is, by the keys on its path. It returns
// "spec" for the spec of a template, "pod" for a pod template, "container" for Strimzi's
// container template. Otherwise it returns an empty string.
func (at *spot) template() string {
	n := len(at.keys)
	if n == 0 {
		return ""
	}
	last, isBelow := strings.ToLower(at.keys[n-1]), n > 1 && strings.HasSuffix(strings.ToLower(at.keys[n-2]), "template")
	switch {
	case strings.HasSuffix(last, "podtemplate"), isBelow && last == "pod":
		return "pod"
	case isBelow && last == "spec" && !strings.HasSuffix(strings.ToLower(at.keys[n-2]), "podtemplate"): // podTemplate and its spec are one place
		return "spec"
	case isBelow && strings.HasSuffix(last, "container"):
		return "container"
	}
	return ""
}

// isBare reports whether the mapping n, at the spot, is a pod template or a part of one,
// without an image for any container.
func (at *spot) isBare(n *yaml.Node) bool {
	if hasContainer(n) {
		return false
	}
	switch at.template() {
	case "spec":
		return hasAny(n, podFields)
	case "container":
		return hasAny(n, containerFields) && mapping.Value(n, "image") == nil
	case "pod":
		spec := mapping.Value(n, "spec")
		return len(n.Content) > 0 && (spec == nil || !hasContainer(spec))
	}
	return false
}

// hasContainer reports whether a pod spec has a list of containers that is not empty.
func hasContainer(n *yaml.Node) bool {
	return slices.ContainsFunc(containerLists, func(list string) bool {
		containers := mapping.Value(n, list)
		return containers != nil && len(containers.Content) > 0
	})
}

// operated runs after the walk over an object. It records that an operator creates pods
// from the object, if the object names no image.
func (w *walker) operated(at *spot) {
	r := at.reading
	if !kinds.ChoosesImage(at.kind.group, at.kind.kind) || at.silent != "" || r.namesImage || r.Spec == nil && at.isMadeElsewhere() {
		return
	}
	isChosen := func(p Pod) bool { return slices.ContainsFunc(p.Images, func(i Image) bool { return i.IsChosen }) }
	if !slices.ContainsFunc(r.Pods, isChosen) && !slices.ContainsFunc(r.Dark, func(d Dark) bool { return d.Why == Chosen }) {
		r.Dark = append(r.Dark, Dark{Field: "spec", line: r.line, Why: Chosen})
	}
}

// isMadeElsewhere reports whether the object is about pods that the operator does not make, or has the
// image of its container, which has the name of the kind. Both are known of a Grafana.
func (at *spot) isMadeElsewhere() bool {
	return mapping.At(at.root, "spec", "external") != nil || slices.ContainsFunc(at.reading.Pods, func(p Pod) bool {
		return slices.ContainsFunc(p.Images, func(i Image) bool { return !i.IsChosen && strings.EqualFold(i.Name, at.kind.kind) })
	})
}
