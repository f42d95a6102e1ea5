// SPDX-License-Identifier: Apache-2.0

package function

import (
	"encoding/base64"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/kinds"
)

// An otherPod is a pod spec in an object of a kind that the program does not know, such
// as a Rollout: a mapping that has a list of containers with images.
type otherPod struct {
	fields []string // that lead there, with elements as in results: "replicatedJobs[0]"
	spec   fn.SubObject
	// isTemplate is true if it is in a pod template, of which a controller makes pods as
	// it stands. Of others it may make more, such as a list of pull Secrets.
	isTemplate bool
}

// otherImages are where an object of a kind that the program does not know has images.
type otherImages struct {
	pods []otherPod
	// The paths of images that are in no pod spec, and of texts with manifests in them.
	images, texts []string
	unreadable    bool
}

// groupsWithoutPods are those of objects that kubelet pulls nothing for, whatever they
// say of images: roles, schemas, policies and configurations.
var groupsWithoutPods = []string{
	"rbac.authorization.k8s.io", "policy", "networking.k8s.io", "storage.k8s.io", "scheduling.k8s.io", "apiregistration.k8s.io",
	"apiextensions.k8s.io", "admissionregistration.k8s.io", "kustomize.config.k8s.io", "kpt.dev", "fn.kpt.dev", "kyverno.io",
	"operator.tigera.io", // whose Installation is known, and whose ImageSet has digests
	"templates.gatekeeper.sh", "constraints.gatekeeper.sh", "mutations.gatekeeper.sh", "image.toolkit.fluxcd.io",
}

// otherImages returns where r has images; nothing for kinds that the program knows.
func (r *resource) otherImages() (found otherImages) {
	switch {
	case fieldSpecOf(r) != nil, slices.Contains(groupsWithoutPods, r.gvk.Group), r.gvk.Kind == "ControllerRevision", // what a DaemonSet was
		r.GetAnnotation(localConfigAnnotation) == "true":
		return found
	}
	switch r.gvk.Kind {
	case "Secret": // of which no key is named
		if len(r.textsIn("data", decoded)) > 0 {
			found.texts = append(found.texts, "data")
		}
		if len(r.textsIn("stringData", asItIs)) > 0 {
			found.texts = append(found.texts, "stringData")
		}
		return found
	case "ConfigMap": // what is called image there is but a value
		found.texts = append(r.textsIn("binaryData", decoded), r.textsIn("data", asItIs)...)
		return found
	}
	var object map[string]any
	if r.As(&object) != nil {
		return otherImages{unreadable: true}
	}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if key != "metadata" && key != "status" {
			found.look(&r.SubObject, object[key], []any{key})
		}
	}
	return found
}

// textsIn returns the paths of the texts with manifests in them in a map of values of r,
// each of which is a text once it went through a function.
func (r *resource) textsIn(field string, text func(string) string) (paths []string) {
	values, _, _ := r.NestedStringMap(field) // what is none, the API server refuses
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if hasManifest(text(values[key])) {
			paths = append(paths, joined([]string{field, key}))
		}
	}
	return paths
}

func asItIs(value string) string { return value }

// decoded returns what base64 stands for, up to where it is none.
func decoded(value string) string {
	b, _ := base64.StdEncoding.DecodeString(value)
	return string(b)
}

// look adds what the value at a path of the object o has.
func (found *otherImages) look(o *fn.SubObject, value any, path []any) {
	switch value := value.(type) {
	case map[string]any:
		spec, isPod := podSpecAt(o, value, path)
		if isPod {
			found.pods = append(found.pods, otherPod{fieldsOf(path), spec, isTemplateSpec(path)})
		} else if isImage(value["image"]) {
			found.images = append(found.images, joined(append(fieldsOf(path), "image")))
		}
		for _, key := range slices.Sorted(maps.Keys(value)) {
			if !isPod || !slices.Contains(append([]string{"volumes"}, containerLists...), key) {
				found.look(o, value[key], append(slices.Clone(path), key))
			}
		}
	case []any:
		for i, element := range value {
			found.look(o, element, append(slices.Clone(path), i))
		}
	case string:
		if hasManifest(value) {
			found.texts = append(found.texts, joined(fieldsOf(path)))
		}
	}
}

// isImage reports whether what is under image names one: as a text, or in parts as in
// the values of Helm charts.
func isImage(value any) bool {
	switch value := value.(type) {
	case string:
		return value != ""
	case map[string]any:
		repository, _ := value["repository"].(string)
		return repository != ""
	}
	return false
}

// podSpecAt returns the value at a path if it is a pod spec with an image.
func podSpecAt(o *fn.SubObject, value map[string]any, path []any) (spec fn.SubObject, isPod bool) {
	for _, list := range containerLists {
		containers, _ := value[list].([]any)
		isPod = isPod || slices.ContainsFunc(containers, func(c any) bool {
			container, _ := c.(map[string]any)
			image, _ := container["image"].(string)
			return image != ""
		})
	}
	if !isPod {
		return spec, false
	}
	return subObjectAt(o, path)
}

// subObjectAt returns what is at a path of keys and indices, false if it is none that
// the SDK leads to.
func subObjectAt(o *fn.SubObject, path []any) (fn.SubObject, bool) {
	at := *o
	var keys []string
	for _, step := range path {
		switch step := step.(type) {
		case string:
			keys = append(keys, step)
		case int:
			elements, found, err := at.NestedSlice(keys...)
			if err != nil || !found || step >= len(elements) {
				return at, false
			}
			at, keys = *elements[step], nil
		}
	}
	if len(keys) == 0 {
		return at, true
	}
	sub, found, err := at.NestedSubObject(keys...)
	return sub, err == nil && found
}

// fieldsOf returns a path of keys and indices as the fields of a path in results.
func fieldsOf(path []any) (fields []string) {
	for _, step := range path {
		if index, isIndex := step.(int); isIndex && len(fields) > 0 {
			fields[len(fields)-1] += fmt.Sprintf("[%d]", index)
		} else {
			fields = append(fields, fmt.Sprint(step))
		}
	}
	return fields
}

// isTemplateSpec reports whether a path leads to the spec of a pod template.
func isTemplateSpec(path []any) bool {
	if len(path) < 2 || path[len(path)-1] != "spec" {
		return false
	}
	template, _ := path[len(path)-2].(string)
	return strings.HasSuffix(template, "emplate") // template, podTemplate
}

// hasManifest reports whether a text holds the manifest of a workload, such as a
// ConfigMap of a ClusterResourceSet does.
func hasManifest(text string) bool {
	return strings.Contains(text, "containers") && strings.Contains(text, "image") && workloadKind().MatchString(text)
}

var workloadKind = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?m)(?:^|[{,])\s*["']?kind["']?\s*:\s*["']?(?:` + strings.Join(kinds.Names(), "|") + `)`)
})

// findings says what of the images of r is not judged.
func (found otherImages) findings(r *resource, policy Policy) (all finding.List) {
	say := func(field, format string, a ...any) {
		all = append(all, r.says(finding.UnknownPull, policy.Unproven(finding.Info), field, format, a...))
	}
	if found.unreadable {
		say("", "cannot be looked into, so its images are not judged")
	}
	switch n := len(found.images); {
	case n == 1:
		say(found.images[0], "is an image in no pod spec: how it is pulled is not known here")
	case n > 1:
		say(found.images[0], "is one of %d images in no pod spec: how they are pulled is not known here", n)
	}
	for _, field := range found.texts {
		say(field, "has manifests in a text, and what is in there is not looked at: audit them as files of their own")
	}
	return all
}
