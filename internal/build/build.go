// SPDX-License-Identifier: Apache-2.0

// Package build builds kustomizations in the process, with kustomize's own library, of
// which it is the only importer. It promises:
//
//   - Nothing is executed and nothing is fetched. Plugins are off. Before anything is
//     built, every entry of every kustomization that is reached is looked for on disk.
//   - Nothing outside of one folder is read, wherever entries and symbolic links lead.
//   - A build is what `kustomize build --load-restrictor LoadRestrictionsNone` makes,
//     whatever was built before or is built beside it; or it is a Problem.
//   - A build takes no more time and memory than its Limits say. Panics are Problems.
//   - A Problem has the words of kustomize, and nothing that may be a credential.
//
// It changes what is global in kustomize's library and in Go's: see isolate.
package build

import (
	"errors"
	"path/filepath"
	"sync"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/types"
)

// A Repository is a folder, and the kustomizations in it that have been read.
type Repository struct {
	disk // the boundary of what is read
	Options
	stop *stop

	mu    sync.Mutex
	known map[string]*kustomization // by their real folders
	read  map[string]bool           // real paths of the files that builds have read
}

// Options are what Open has to know.
type Options struct {
	Shown  func(path string) string // how a real path is called in messages
	Reader string                   // the command that reads what kustomize prints
	Limits Limits
}

// Open returns the repository of a folder, whose path is real and absolute.
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

// Close closes the folder. Nothing can be built any more.
func (r *Repository) Close() error { return r.disk.root.Close() }

// A Problem says why something cannot be built.
type Problem struct {
	File string // of the kustomization, as it is shown
	Text string
	Hint string // what to do, empty if that is plain
}

// A Built is what a kustomization makes.
type Built struct {
	Objects []Object
	// Function is the functionConfig of our own function where it is the last transformer
	// of the kustomization: it has not run, and the objects are as it would get them. Nil
	// where there is none.
	Function []byte

	from   *Repository
	paths  map[string]string  // the real ones of the files, as they are shown
	places map[string][]place // by file, once they have been asked for
}

// An Object is a resource that was built.
type Object struct {
	YAML []byte
	// File is the file that kustomize says the object is from, as it is shown: of a
	// generated one the kustomization. Empty if that is not known.
	File string
}

// Build builds the kustomization in a real folder. Problems are about it and all that it
// reaches.
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
			problems = append(problems, each.problem(issue{text: "transformers: " + programName + " in a kustomization that another one uses cannot be built", isPipe: true, flags: functionFlags}, k))
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
	b := Built{Function: k.own, from: r, paths: map[string]string{}}
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

// make returns what kustomize makes of k, and where each resource is from, as far as that
// is known. An origin is an annotation, which a patch of annotations may run into: where
// it may have mattered, or the build failed, what is built without origins counts.
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

// run runs kustomize, on a goroutine of its own: what takes too long goes on until the
// process ends.
func (r *Repository) run(f *files) (resmap.ResMap, error) {
	var m resmap.ResMap
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if recover() != nil { // what it was about may be a credential
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

// fileOf returns how the file of an origin is shown: kustomize says it as seen from the
// kustomization that is built.
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

// markRead notes the files that were read when kustomizations were looked through.
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
