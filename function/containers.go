// SPDX-License-Identifier: Apache-2.0

package function

import (
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/pull"
)

// containers returns the containers of the pods of r in their order, and for an
// Installation what stands for those that the operator makes: none if their images
// cannot be told.
func (r *resource) containers() []inventory.Image {
	if r.pods == nil {
		r.pods = r.readContainers()
	}
	return r.pods
}

func (r *resource) readContainers() []inventory.Image {
	if isInstallation(r) {
		if image := r.operatorImage(); image != "" {
			return []inventory.Image{{Name: "calico-node", Image: image, Field: "spec"}}
		}
	} else if pod := r.reading.Pod(); pod != nil && len(pod.Images) > 0 {
		return pod.Images
	}
	return []inventory.Image{}
}

// repositories returns what the pods of r pull from, each once, in the order of the
// containers. References that kubelet does not accept are left out: they may be
// placeholders.
func (r *resource) repositories() []string {
	if r.pulls == nil {
		r.pulls = repositoriesIn(r.containers())
	}
	return r.pulls
}

func repositoriesIn(images []inventory.Image) []string {
	return finding.Unique(images, func(i inventory.Image) string {
		if !i.IsPulled() {
			return ""
		}
		repository, _ := pull.Repository(i.Image)
		return repository
	})
}

func hostsOf(repositories []string) []string { return finding.Unique(repositories, pull.Host) }

// serversOf returns what to store credentials under for the repositories.
func serversOf(repositories []string) []string {
	return finding.Unique(repositories, func(repository string) string { return pull.Server(pull.Host(repository)) })
}

// hostsPulledFrom returns the registries that workloads pull from, each once.
func hostsPulledFrom(candidates []*resource) []string {
	var hosts []string
	for _, r := range candidates {
		hosts = append(hosts, hostsOf(r.repositories())...)
	}
	return finding.Unique(hosts, func(host string) string { return host })
}
