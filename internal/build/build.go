// SPDX-License-Identifier: Apache-2.0

// Package build builds kustomizations in this process. Only this package runs kustomize's own
// library. It promises:
//
//   - It executes and fetches nothing. Plugins are off. Before a build it looks on disk for
//     every entry of every kustomization that the build reaches.
//   - It reads nothing outside of one folder, wherever entries and symbolic links lead.
//   - A build equals the output of `kustomize build --load-restrictor LoadRestrictionsNone`,
//     whatever was built before or runs beside it; or it is a Problem.
//   - A build stays within the time and memory of its Limits. Panics become Problems.
//   - A Problem uses kustomize's words, and nothing that may be a credential.
//
// It changes globals of kustomize's library and of Go's: see isolate.
package build

import (
	"errors"
	"path/filepath"
	"sync"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/types"
)

// A Repository is a folder, and its kustomizations that were read.
type Repository struct {
	disk // no read leaves this folder
	Options
	stop *stop

	mu    sync.Mutex
	known map[string]*kustomization // by real folder
	read  map[string]bool           // real paths of the files that builds have read
}

// Options are the settings of Open.
type Options struct {
	Shown  func(path string) string // returns a real path as messages show it
	Reader string                   // the command that reads kustomize's output
	Limits Limits
}

// Open returns the repository of a folder. The path is real and absolute.
func Open(folder string, options Options) (*Repository, error) {
	isolate()
	disk, err := openDisk(folder)
	if err != nil {
		return nil, err
	}
	return &Repository{
		disk: disk, Options: options, stop: newStop(),
		known: map[string]*kustomization{}, read: map[string]bool{},
	}, nil
}

// Close closes the folder. No build can run after it.
func (r *Repository) Close() error { return r.disk.root.Close() }

// A Problem says why a build is not possible.
type Problem struct {
	File string // the kustomization, as messages show it
	Text string
	Hint string // what to do; empty if the text says it
}

// A Built is the output of a kustomization.
type Built struct {
	Objects []Object
	// Function is the functionConfig of our own function, if that is the last transformer of the
	// kustomization. The function has not run: the objects are its input. Nil without it.
	Function []byte

	from   *Repository
	paths  map[string]string  // real paths, by the names that messages show
	places map[string][]place // by file; filled on the first question
}

// An Object is a resource in the output.
type Object struct {
	YAML []byte
	// File is the object's file according to kustomize, as messages show it. For a generated object
	// it is the kustomization. Empty if unknown.
	File string
}

// Build builds the kustomization in a real folder. The problems are about it and all kustomizations
// that it reaches.
func (r *Repository) Build(folder string) (Built, []Problem) {
	k := r.kustomization(folder)
	reached := r.reach(k)
	var problems []Problem
	alone := false
	for _, each := range reached {
		for _, i := range each.issues {
			problems = append(problems, each.problem(i, k))
		}
		if each.own != nil && each != k {
			problems = append(problems, each.problem(issue{text: "transformers: " + programName + " runs only in a kustomization that no other one uses", isPipe: true, flags: functionFlags}, k))
		}
		alone = alone || each.hasOpenAPI
	}
	r.markRead(reached)
	if len(problems) > 0 {
		return Built{}, problems
	}
	release, err := r.stop.acquire(alone)
	if err != nil {
		return Built{}, k.failed(err.Error())
	}
	defer release()
	origins, made, err := r.make(k)
	if err != nil {
		return Built{}, k.failed(r.explain(k, reached, err))
	}
	b := Built{Function: k.own, from: r, paths: map[string]string{}, places: map[string][]place{}}
	for i, resource := range made.Resources() {
		text, err := resource.AsYAML()
		if err != nil {
			return Built{}, k.failed(r.explain(k, reached, err))
		}
		o := Object{YAML: text}
		if i < len(origins) {
			o.File = b.fileOf(k, origins[i])
		}
		b.Objects = append(b.Objects, o)
	}
	if b.Function != nil {
		if b.Objects, err = asSeenByTheFunction(b.Objects); err != nil {
			return Built{}, k.failed(r.explain(k, reached, err))
		}
	}
	return b, nil
}

// make returns kustomize's output for k, and the origin of each resource, if known. kustomize notes
// an origin as an annotation, and a patch of annotations may collide with it. So make builds again
// without origins if the first build failed, or such a patch exists. The output without origins
// counts.
func (r *Repository) make(k *kustomization) ([]string, resmap.ResMap, error) {
	with := &files{Repository: r, root: k, origins: true}
	m, err := r.run(with)
	if err == nil && !with.sawAnnotations.Load() {
		return takeOrigins(m, k), m, nil
	}
	if errors.Is(err, errStopped) {
		return nil, nil, err
	}
	plain, plainErr := r.run(&files{Repository: r, root: k})
	if plainErr != nil || err != nil {
		return nil, plain, plainErr
	}
	origins := takeOrigins(m, k)
	if len(origins) != plain.Size() {
		origins = nil
	}
	return origins, plain, nil
}

// run runs kustomize in a goroutine. A build that exceeds its limits goes on until the process
// ends.
func (r *Repository) run(f *files) (resmap.ResMap, error) {
	var m resmap.ResMap
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if recover() != nil { // its value may be a credential
				err = errPanic
			}
		}()
		m, err = krusty.MakeKustomizer(&krusty.Options{
			Reorder: krusty.ReorderOptionUnspecified, LoadRestrictions: types.LoadRestrictionsNone, PluginConfig: types.DisabledPluginConfig(),
		}).Run(f, f.root.folder)
	}()
	if stopped := r.stop.wait(r.Limits, done); stopped != nil {
		return nil, stopped
	}
	return m, err
}

// fileOf returns the file of an origin as messages show it. kustomize gives it relative to the
// built kustomization.
func (b *Built) fileOf(k *kustomization, origin string) string {
	if origin == "" {
		return ""
	}
	path, err := k.resolve(filepath.Join(k.folder, origin))
	if err != nil {
		return ""
	}
	file := k.Shown(path)
	b.paths[file] = path
	return file
}

// markRead notes the files that were read before the build.
func (r *Repository) markRead(all []*kustomization) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, k := range all {
		for _, path := range append(k.plugged, k.file) {
			r.read[path] = true
		}
	}
}

// WasRead reports whether a build has read the file with a real path.
func (r *Repository) WasRead(path string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.read[path]
}
