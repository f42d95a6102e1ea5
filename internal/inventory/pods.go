// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/mapping"
)

// containerLists are the fields of a pod spec with containers.
var containerLists = []string{"initContainers", "containers", "ephemeralContainers"}

// hasImages reports whether a mapping is a pod spec: it has a list of containers with an
// image.
func hasImages(n *yaml.Node) bool {
	return slices.ContainsFunc(containerLists, func(list string) bool {
		return slices.ContainsFunc(mapping.Elements(mapping.Value(n, list)), func(c *yaml.Node) bool { return mapping.Text(c, "image") != "" })
	})
}

// pod records the pod spec n.
func (at *spot) pod(n *yaml.Node, fields []string, isWhole bool) {
	p := Pod{
		Fields: fields, IsWhole: isWhole, List: listOf(n), line: at.line, listLine: lineAt(n, []string{kinds.ImagePullSecrets}),
		Account: cmp.Or(mapping.Text(n, "serviceAccountName"), mapping.Text(n, "serviceAccount")), // its deprecated alias
	}
	path := joined(fields)
	if mapping.Value(n, kinds.ImagePullSecrets) == nil {
		p.listLine = at.line
	}
	for _, list := range containerLists {
		containers := mapping.Value(n, list)
		switch {
		case mapping.IsNull(containers):
		case containers.Kind != yaml.SequenceNode || slices.ContainsFunc(containers.Content, func(c *yaml.Node) bool { return c.Kind != yaml.MappingNode }):
			p.Unreadable = append(p.Unreadable, path+"."+list)
		default:
			for i, c := range containers.Content {
				p.Images = append(p.Images, at.imageIn(c, "image", Image{Name: mapping.Text(c, "name"), Field: fmt.Sprintf("%s.%s[%d].image", path, list, i), Policy: mapping.Text(c, "imagePullPolicy")}))
			}
		}
	}
	for i, v := range mapping.Elements(mapping.Value(n, "volumes")) {
		if image := mapping.Value(v, "image"); mapping.Text(image, "reference") != "" {
			p.Images = append(p.Images, at.imageIn(image, "reference", Image{Name: mapping.Text(v, "name"), Field: fmt.Sprintf("%s.volumes[%d].image.reference", path, i), Policy: mapping.Text(image, "pullPolicy")}))
		}
	}
	if at.silent != "" {
		for _, i := range p.Images {
			if i.Image != "" && at.question.Concerns(i.Image) {
				at.count(1)
			}
		}
		return
	}
	if at.pods == nil {
		at.pods = map[string]bool{}
	}
	at.pods[path] = true
	at.reading.Pods = append(at.reading.Pods, p)
}

// imageIn completes an image with what is under the key of n, a container or the source of a volume. It
// counts one that is never pulled.
func (at *spot) imageIn(n *yaml.Node, key string, i Image) Image {
	i.Field, i.line = kept(i.Field), lineAt(n, []string{key})
	if image := mapping.Value(n, key); mapping.IsString(image) {
		i.Image = image.Value
		at.notePulled(image)
	}
	i.IsChosen = i.Image == "" && at.isOperators()
	if !i.IsPulled() && at.silent == "" && at.question.Concerns(i.Image) {
		never := *at
		never.silent = neverPulled
		never.count(1)
	}
	return i
}

// isWhole reports whether pods get the pod spec at the spot without changes. The spec
// must be in a pod template that is not laid over another. The object must have no list
// of its own that its controller adds.
func (at *spot) isWhole() bool {
	n := len(at.keys)
	if n < 2 || at.keys[n-1] != "spec" || !strings.HasSuffix(strings.ToLower(at.keys[n-2]), "template") {
		return false
	}
	isOverlay := func(key string) bool {
		key = strings.ToLower(key)
		return strings.Contains(key, "override") || strings.Contains(key, "patch") || strings.Contains(key, "overlay")
	}
	return !slices.ContainsFunc(at.keys, isOverlay) && !at.hasOwnList()
}

// hasOwnList is hasOwnList for the object of the spot. It keeps the answer, because each
// pod of the object asks.
func (at *spot) hasOwnList() bool {
	if !at.ownList.asked {
		at.ownList.asked, at.ownList.is = true, hasOwnList(at.root)
	}
	return at.ownList.is
}

// hasOwnList reports whether an object has pull Secrets outside of its pod specs. Its
// controller gives them to the pods.
func hasOwnList(n *yaml.Node) bool {
	for key, value := range mapping.Entries(n) {
		if (key.Value == "imagePullSecrets" || key.Value == "imagePullSecret") && !isPodSpec(n) || hasOwnList(value) {
			return true
		}
	}
	return slices.ContainsFunc(mapping.Elements(n), hasOwnList)
}

// isPodSpec reports whether a mapping has a list of containers.
func isPodSpec(n *yaml.Node) bool {
	return slices.ContainsFunc(containerLists, func(list string) bool { return mapping.Value(n, list) != nil })
}
