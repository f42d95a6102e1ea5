// SPDX-License-Identifier: Apache-2.0

// Package caller knows who runs the function, kpt, kustomize or a pipe, and what each does
// with what comes out. Nothing else tells them apart.
package caller

import (
	"slices"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/cores"
)

// Annotations by which orchestrators are told apart, and which they read.
const (
	functionAnnotation    = "config.kubernetes.io/function"          // on the config: how kustomize is to run it
	kustomizeIDAnnotation = "kustomize.config.k8s.io/id"             // on each item that kustomize hands to a transformer
	selectedAnnotation    = "internal.config.k8s.io/kpt-resource-id" // on each item, if kpt hands over a selection
)

// A Caller is who runs the function. All that depends on it is decided here.
type Caller int

const (
	// Plain is a pipe: somebody sends a ResourceList or manifests through the function.
	Plain Caller = iota
	// Kpt runs `kpt fn eval` or `kpt fn render`. It shows the results, writes the
	// items back to the files they came from, and stderr twice if we repeat them.
	Kpt
	// Transformer is `kustomize build` with the config under transformers.
	// It drops the results. Names and namespaces have been changed by then.
	Transformer
	// Generator is `kustomize build` with the config under generators. The
	// config itself is the only item. A transformer without resources looks alike.
	Generator
)

// Marks are what an orchestrator leaves on an item. They are not documented; they are
// what kpt v1.0.0-beta.56 and kustomize v5.8.2 send.
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

// Of returns who sent a list with this functionConfig, and items with these marks.
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

// IsKustomize is true if what runs the function shows its stderr and no results.
func (c Caller) IsKustomize() bool { return c == Transformer || c == Generator }

// ShowsResults is true if results reach a person without our help.
func (c Caller) ShowsResults() bool { return c == Kpt }

// WritesFiles is true if new items become files of the package that items are from.
// `kpt fn source | … | kpt fn sink` does so, too, with nothing but the path.
func (c Caller) WritesFiles(items fn.KubeObjects) bool {
	if c.IsKustomize() {
		return false
	}
	for _, o := range items {
		if o.GetAnnotation(fn.PathAnnotation) != "" {
			return true
		}
	}
	return c == Kpt
}

// IsSelection is true if kpt leaves out what --match-kind and the like, or the
// selectors of a Kptfile, do not select. What a function adds then goes into the
// package, even if the same is there already.
func IsSelection(items fn.KubeObjects) bool {
	return slices.ContainsFunc(items, func(o *fn.KubeObject) bool { return o.GetAnnotation(selectedAnnotation) != "" })
}

// FileOf returns the file that an item came from, nil if the caller does not tell, or
// invents it as kustomize does between two functions.
func (c Caller) FileOf(m Marks) *fn.File {
	if m.path == "" || c.IsKustomize() {
		return nil
	}
	return &fn.File{Path: m.path, Index: m.index}
}
