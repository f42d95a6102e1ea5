// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/pull"
)

// Containers returns the containers of the pods of r, in their order. For an Installation
// it returns one container, which represents those that the operator creates. It returns
// none if nobody can tell their images.
func (r *Resource) Containers() []Image {
	if r.pods == nil {
		r.pods = r.readContainers()
	}
	return r.pods
}

func (r *Resource) readContainers() []Image {
	if r.IsInstallation() {
		if image := r.operatorImage(); image != "" {
			return []Image{{Name: "calico-node", Image: image, Field: "spec"}}
		}
	}
	images := []Image{}
	for _, pod := range r.Reading.Templates() {
		images = append(images, pod.Images...)
	}
	return images
}

// Repositories returns the repositories that the pods of r pull from, each once, in the
// order of the containers. It leaves out references that kubelet refuses: they may be
// placeholders.
func (r *Resource) Repositories() []string {
	if r.pulls == nil {
		r.pulls = RepositoriesOf(r.Containers())
	}
	return r.pulls
}

func RepositoriesOf(images []Image) []string {
	return finding.Unique(images, func(i Image) string {
		if !i.IsPulled() {
			return ""
		}
		repository, _ := pull.Repository(i.Image)
		return repository
	})
}

func HostsOf(repositories []string) []string { return finding.Unique(repositories, pull.Host) }

// ServersFor returns the servers under which to store credentials for the repositories.
func ServersFor(repositories []string) []string {
	return finding.Unique(repositories, func(repository string) string { return pull.Server(pull.Host(repository)) })
}

// HostsPulledFrom returns the registries that workloads pull from, each once.
func HostsPulledFrom(candidates []*Resource) []string {
	var hosts []string
	for _, r := range candidates {
		hosts = append(hosts, HostsOf(r.Repositories())...)
	}
	return finding.Distinct(hosts)
}
