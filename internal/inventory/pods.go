// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/kinds"
)

// containerLists are the fields of a pod spec with containers.
var containerLists = []string{"initContainers", "containers", "ephemeralContainers"}

// hasImages reports whether a mapping is a pod spec: it has a list of containers with an
// image.
func hasImages(n *yaml.Node) bool {
	return slices.ContainsFunc(containerLists, func(list string) bool {
		containers := value(n, list)
		return containers != nil && containers.Kind == yaml.SequenceNode && slices.ContainsFunc(containers.Content, func(c *yaml.Node) bool {
			return text(c, "image") != ""
		})
	})
}

// pod records the pod spec n.
func (at *spot) pod(n *yaml.Node, fields []string, isWhole bool) {
	p := Pod{
		Fields: fields, IsWhole: isWhole, List: listOf(n), line: at.line, listLine: lineAt(n, []string{kinds.ImagePullSecrets}),
		Account: cmp.Or(text(n, "serviceAccountName"), text(n, "serviceAccount")), // its deprecated alias
	}
	path := joined(fields)
	if value(n, kinds.ImagePullSecrets) == nil {
		p.listLine = at.line
	}
	for _, list := range containerLists {
		containers := value(n, list)
		switch {
		case containers == nil, isNull(containers):
		case containers.Kind != yaml.SequenceNode || slices.ContainsFunc(containers.Content, func(c *yaml.Node) bool { return c.Kind != yaml.MappingNode }):
			p.Unreadable = append(p.Unreadable, path+"."+list)
		default:
			for i, c := range containers.Content {
				p.Images = append(p.Images, at.imageIn(c, "image", Image{Name: text(c, "name"), Field: fmt.Sprintf("%s.%s[%d].image", path, list, i), Policy: text(c, "imagePullPolicy")}))
			}
		}
	}
	if volumes := value(n, "volumes"); volumes != nil && volumes.Kind == yaml.SequenceNode {
		for i, v := range volumes.Content {
			if image := value(v, "image"); image != nil && text(image, "reference") != "" {
				p.Images = append(p.Images, at.imageIn(image, "reference", Image{Name: text(v, "name"), Field: fmt.Sprintf("%s.volumes[%d].image.reference", path, i), Policy: text(image, "pullPolicy")}))
			}
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
	if image := value(n, key); image != nil && image.Kind == yaml.ScalarNode && image.ShortTag() == "!!str" {
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
	for i := 0; i+1 < len(n.Content) && n.Kind == yaml.MappingNode; i += 2 {
		key := n.Content[i].Value
		if (key == "imagePullSecrets" || key == "imagePullSecret") && !isPodSpec(n) {
			return true
		}
		if hasOwnList(n.Content[i+1]) {
			return true
		}
	}
	return n.Kind == yaml.SequenceNode && slices.ContainsFunc(n.Content, hasOwnList)
}

// isPodSpec reports whether a mapping has a list of containers.
func isPodSpec(n *yaml.Node) bool {
	return slices.ContainsFunc(containerLists, func(list string) bool { return value(n, list) != nil })
}
