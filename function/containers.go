// SPDX-License-Identifier: Apache-2.0

package function

import (
	"fmt"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/kinds"
	"example.com/calico-pull-secrets/internal/pull"
)

// A container is what pulls an image.
type container struct{ name, image, field string }

// containers returns the containers of the pods of r in their order, and for an
// Installation what stands for those that the operator makes: none if their images
// cannot be told.
func (r *resource) containers() []container {
	if r.pods == nil {
		r.pods = r.readContainers()
	}
	return r.pods
}

func (r *resource) readContainers() []container {
	containers := []container{}
	spec := fieldSpecOf(r)
	switch {
	case spec == nil:
	case isInstallation(r):
		if image := r.operatorImage(); image != "" {
			containers = append(containers, container{"calico-node", image, "spec"})
		}
	case spec.Has(kinds.PodSpec):
		parent, found, err := r.NestedSubObject(spec.Fields...)
		if err != nil || !found {
			break
		}
		containers, r.unreadable = containersOf(&parent, joined(spec.Fields))
	}
	return containers
}

// containerLists are the fields of a pod spec that have containers.
var containerLists = []string{"initContainers", "containers", "ephemeralContainers"}

// containersOf returns the containers of a pod spec, which is at the path, and behind
// them its volumes that are images: kubelet pulls these with the same list. unreadable
// are the lists that are none.
func containersOf(spec *fn.SubObject, path string) (containers []container, unreadable []string) {
	containers = []container{}
	for _, list := range containerLists {
		all, found, err := spec.NestedSlice(list)
		if err != nil && found && !isNull(spec, list) {
			unreadable = append(unreadable, path+"."+list)
		}
		for i, c := range all {
			name, _, _ := c.NestedString("name")
			image, _, _ := c.NestedString("image")
			containers = append(containers, container{name, image, fmt.Sprintf("%s.%s[%d].image", path, list, i)})
		}
	}
	volumes, _, _ := spec.NestedSlice("volumes")
	for i, v := range volumes {
		if image, found, _ := v.NestedString("image", "reference"); found && image != "" {
			name, _, _ := v.NestedString("name")
			containers = append(containers, container{name, image, fmt.Sprintf("%s.volumes[%d].image.reference", path, i)})
		}
	}
	return containers, unreadable
}

// repositories returns what the pods of r pull from, each once, in the order of the
// containers. References that kubelet does not accept are left out: they may be
// placeholders.
func (r *resource) repositories() []string {
	if r.pulls == nil {
		r.pulls = finding.Unique(r.containers(), func(c container) string {
			repository, _ := pull.Repository(c.image)
			return repository
		})
	}
	return r.pulls
}

// repositoriesOf returns what any of the pods pull from, each once.
func repositoriesOf(references []*reference) []string {
	var all []string
	seen := map[string]bool{}
	for _, r := range references {
		for _, repository := range r.repositories() {
			if !seen[repository] {
				seen[repository] = true
				all = append(all, repository)
			}
		}
	}
	return all
}

func hostsOf(repositories []string) []string { return finding.Unique(repositories, pull.Host) }

// serversOf returns what to store credentials under for the repositories.
func serversOf(repositories []string) []string {
	return finding.Unique(repositories, func(repository string) string { return pull.Server(pull.Host(repository)) })
}

// without returns those of a that are not in b.
func without(a, b []string) (rest []string) {
	in := map[string]bool{}
	for _, s := range b {
		in[s] = true
	}
	for _, s := range a {
		if !in[s] {
			rest = append(rest, s)
		}
	}
	return rest
}
