// SPDX-License-Identifier: Apache-2.0

package function

import (
	"slices"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/cores"
	"example.com/calico-pull-secrets/internal/names"
)

// Annotations by which orchestrators are told apart, and which they read.
const (
	functionAnnotation    = "config.kubernetes.io/function" // on the config: how kustomize is to run it
	kustomizeIDAnnotation = "kustomize.config.k8s.io/id"    // on each item that kustomize hands to a transformer
	// needsHashAnnotation makes kustomize add a hash of the content to the name of a
	// Secret, and take the annotation away. kpt would write it into the package.
	needsHashAnnotation = names.NeedsHash
	needsHash           = names.Enabled
	selectedAnnotation  = "internal.config.k8s.io/kpt-resource-id" // on each item, if kpt hands over a selection
)

// A caller is who runs the function. All that depends on it is decided here.
type caller int

const (
	// someone pipes a ResourceList or manifests through the function.
	someone caller = iota
	// kpt runs `kpt fn eval` or `kpt fn render`. It shows the results, writes the
	// items back to the files they came from, and stderr twice if we repeat them.
	kpt
	// kustomizeTransformer is `kustomize build` with the config under transformers.
	// It drops the results. Names and namespaces have been changed by then.
	kustomizeTransformer
	// kustomizeGenerator is `kustomize build` with the config under generators. The
	// config itself is the only item. A transformer without resources looks alike.
	kustomizeGenerator
)

// marks are what an orchestrator leaves on an item. They are not documented; they are
// what kpt v1.0.0-beta.56 and kustomize v5.8.2 send.
type marks struct {
	kustomize, kpt bool // it has their id
	path           string
	index          int // in the file
}

func marksOf(items fn.KubeObjects) []marks {
	all := make([]marks, len(items))
	cores.Light(len(items), func(i int) {
		o := items[i]
		all[i] = marks{kustomize: o.GetAnnotation(kustomizeIDAnnotation) != "", kpt: o.GetAnnotation(fn.IdAnnotation) != "", path: o.GetAnnotation(fn.PathAnnotation)}
		if all[i].path != "" {
			all[i].index = max(0, o.IndexAnnotation())
		}
	})
	return all
}

// callerOf returns who sent a list with this functionConfig, and items with these marks.
func callerOf(config *fn.KubeObject, items []marks) caller {
	fromKustomize := config.GetAnnotation(functionAnnotation) != "" || slices.ContainsFunc(items, func(m marks) bool { return m.kustomize })
	fromKpt := config.GetName() == "function-input" || slices.ContainsFunc(items, func(m marks) bool { return m.kpt })
	switch {
	case fromKustomize && len(items) == 1 && !items[0].kustomize:
		return kustomizeGenerator
	case fromKustomize:
		return kustomizeTransformer
	case fromKpt:
		return kpt
	}
	return someone
}

// isKustomize is true if what runs the function shows its stderr and no results.
func (c caller) isKustomize() bool { return c == kustomizeTransformer || c == kustomizeGenerator }

// showsResults is true if results reach a person without our help.
func (c caller) showsResults() bool { return c == kpt }

// writesFiles is true if new items become files of the package that items are from.
// `kpt fn source | … | kpt fn sink` does so, too, with nothing but the path.
func (c caller) writesFiles(items fn.KubeObjects) bool {
	if c.isKustomize() {
		return false
	}
	for _, o := range items {
		if o.GetAnnotation(fn.PathAnnotation) != "" {
			return true
		}
	}
	return c == kpt
}

// isSelection is true if kpt leaves out what --match-kind and the like, or the
// selectors of a Kptfile, do not select. What a function adds then goes into the
// package, even if the same is there already.
func isSelection(items fn.KubeObjects) bool {
	return slices.ContainsFunc(items, func(o *fn.KubeObject) bool { return o.GetAnnotation(selectedAnnotation) != "" })
}

// fileOf returns the file that an item came from, nil if the caller does not tell, or
// invents it as kustomize does between two functions.
func (c caller) fileOf(m marks) *fn.File {
	if m.path == "" || c.isKustomize() {
		return nil
	}
	return &fn.File{Path: m.path, Index: m.index}
}
