// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"path/filepath"
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// kustomizations knows the files that the kustomizations among the files list. A
// patch has the kind and name of an object, and is none.
type kustomizations struct {
	patches, resources map[string]bool // real paths
}

// isKustomization reports whether a path has a name that kustomize looks for.
func isKustomization(path string) bool {
	return slices.Contains([]string{"kustomization.yaml", "kustomization.yml", "Kustomization"}, filepath.Base(path))
}

// readKustomization reads which files a kustomization, or a component, lists.
// Mistakes in it are kustomize's to report: what can be read counts.
func (k *kustomizations) readKustomization(path string) {
	const longest = 1 << 20
	text, err := readPath(path)
	if err != nil || len(text) > longest {
		return
	}
	type patch struct {
		Path string `yaml:"path"`
	}
	var listed struct {
		Resources             []string `yaml:"resources"`
		Patches               []patch  `yaml:"patches"`
		PatchesJSON6902       []patch  `yaml:"patchesJson6902"`
		PatchesStrategicMerge []string `yaml:"patchesStrategicMerge"`
	}
	_ = yaml.Unmarshal(text, &listed) // goes on behind a value of a wrong type
	if k.patches == nil {
		k.patches, k.resources = map[string]bool{}, map[string]bool{}
	}
	real := func(file string) string { return realPath(filepath.Join(filepath.Dir(path), file)) }
	for _, p := range append(listed.Patches, listed.PatchesJSON6902...) {
		if p.Path != "" {
			k.patches[real(p.Path)] = true
		}
	}
	for _, file := range listed.PatchesStrategicMerge { // a path, or the patch itself
		k.patches[real(file)] = true
	}
	for _, file := range listed.Resources {
		k.resources[real(file)] = true
	}
}

// markPatches marks the sources that are patches. One that is listed as a resource,
// too, is an object.
func (k *kustomizations) markPatches(sources []*source) {
	if len(k.patches) == 0 {
		return
	}
	for _, s := range sources {
		path := realPath(s.name)
		s.patch = k.patches[path] && !k.resources[path]
	}
}
