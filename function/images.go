// SPDX-License-Identifier: Apache-2.0

package function

import (
	"slices"

	"calico-pull-secrets/internal/registry"
)

// imagesOf returns the repositories that any of the pods pull from, each once.
func imagesOf(references []*reference) []string {
	var images []string
	seen := map[string]bool{}
	for _, r := range references {
		for _, image := range r.images() {
			if !seen[image] {
				seen[image] = true
				images = append(images, image)
			}
		}
	}
	return images
}

// images returns the repositories that the pods of r pull from, each once, in the
// order of the containers. References that kubelet does not accept are left out:
// they may be placeholders.
func (r *reference) images() []string {
	if r.parent != nil && r.pulled == nil {
		r.pulled = r.readImages()
	}
	return r.pulled
}

func (r *reference) readImages() []string {
	images := []string{}
	add := func(image string) {
		if repository, ok := registry.Repository(image); ok && !slices.Contains(images, repository) {
			images = append(images, repository)
		}
	}
	switch {
	case isInstallation(r.resource):
		if image := r.operatorImage(); image != "" {
			add(image)
		}
	case r.spec.has(podSpec):
		for _, list := range []string{"initContainers", "containers", "ephemeralContainers"} {
			containers, _, _ := r.parent.NestedSlice(list)
			for _, c := range containers {
				image, _, _ := c.NestedString("image")
				add(image)
			}
		}
	}
	return images
}
