// SPDX-License-Identifier: Apache-2.0

// Package caller knows who runs the function: kpt, kustomize or a pipe. It also knows what each
// caller does with the output. No other package tells callers apart.
package caller

import (
	"slices"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/cores"
)

// Annotations by which the package tells orchestrators apart. Orchestrators read them.
const (
	functionAnnotation    = "config.kubernetes.io/function"          // on the config: how kustomize must run it
	kustomizeIDAnnotation = "kustomize.config.k8s.io/id"             // on each item that kustomize hands to a transformer
	selectedAnnotation    = "internal.config.k8s.io/kpt-resource-id" // on each item, if kpt hands over a selection
)

// A Caller is the program that runs the function. This package makes all decisions about it.
type Caller int

const (
	// Plain is a pipe: somebody sends a ResourceList or manifests through the function.
	Plain Caller = iota
	// Kpt runs `kpt fn eval` or `kpt fn render`. It shows the results, and writes the items back to
	// their files. It would show a result twice if we also wrote it to stderr.
	Kpt
	// Transformer is `kustomize build` with the config under transformers. It drops the results. By
	// then, kustomize has changed names and namespaces.
	Transformer
	// Generator is `kustomize build` with the config under generators. The config itself is the
	// only item. A transformer without resources looks the same.
	Generator
)

// Marks are the annotations of an orchestrator on an item. No documentation has them: kpt
// v1.0.0-beta.56 and kustomize v5.8.2 send them.
type Marks struct {
	kustomize, kpt bool // it has their id
	path           string
	index          int // in the file
}

// MarksOf returns the marks of each item.
func MarksOf(items fn.KubeObjects) []Marks {
	all := make([]Marks, len(items))
	cores.EachQuick(len(items), func(i int) {
		o := items[i]
		all[i] = Marks{kustomize: o.GetAnnotation(kustomizeIDAnnotation) != "", kpt: o.GetAnnotation(fn.IdAnnotation) != "", path: o.GetAnnotation(fn.PathAnnotation)}
		if all[i].path != "" {
			all[i].index = max(0, o.IndexAnnotation())
		}
	})
	return all
}

// Of returns the caller that sent a list with this functionConfig and these marks.
func Of(config *fn.KubeObject, items []Marks) Caller {
	fromKustomize := config.GetAnnotation(functionAnnotation) != "" || slices.ContainsFunc(items, func(m Marks) bool { return m.kustomize })
	fromKpt := config.GetName() == "function-input" || slices.ContainsFunc(items, func(m Marks) bool { return m.kpt })
	switch {
	case fromKustomize && len(items) == 1 && !items[0].kustomize:
		return Generator
	case fromKustomize:
		return Transformer
	case fromKpt:
		return Kpt
	}
	return Plain
}

// IsKustomize is true for a caller that shows stderr and no results.
func (c Caller) IsKustomize() bool { return c == Transformer || c == Generator }

// ShowsResults is true if the caller shows the results to people.
func (c Caller) ShowsResults() bool { return c == Kpt }

// WritesFiles is true if the caller writes new items as files into the package of the items. `kpt
// fn source | … | kpt fn sink` does so, too. The path is its only mark.
func (c Caller) WritesFiles(items fn.KubeObjects) bool {
	hasPath := func(o *fn.KubeObject) bool { return o.GetAnnotation(fn.PathAnnotation) != "" }
	return !c.IsKustomize() && (c == Kpt || slices.ContainsFunc(items, hasPath))
}

// IsSelection is true if kpt hands over only what --match-kind and the like, or the selectors of a
// Kptfile, select. kpt then adds a new item to the package even if the package already has it.
func IsSelection(items fn.KubeObjects) bool {
	return slices.ContainsFunc(items, func(o *fn.KubeObject) bool { return o.GetAnnotation(selectedAnnotation) != "" })
}

// FileOf returns the file of an item. It returns nil if the caller does not tell, or invents it, as
// kustomize does between two functions.
func (c Caller) FileOf(m Marks) *fn.File {
	if m.path == "" || c.IsKustomize() {
		return nil
	}
	return &fn.File{Path: m.path, Index: m.index}
}
