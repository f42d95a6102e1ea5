// SPDX-License-Identifier: Apache-2.0

package build

import (
	"bytes"
	"errors"
	"path/filepath"
	"sync/atomic"

	"sigs.k8s.io/kustomize/kyaml/filesys"

	"example.com/calico-pull-secrets/internal/layout"
)

// files is the file system of one build: it lets kustomize read a repository, and write nothing.
// For a kustomization it returns the text that lookThrough has seen.
type files struct {
	*Repository
	root    *kustomization // the one that is built
	origins bool           // ask kustomize for the origins of resources

	text, kustomizations atomic.Int64 // what the build has read so far
	// sawAnnotations is true if a text has the path of annotations: an origin, which is an
	// annotation too, may then change the output.
	sawAnnotations atomic.Bool
}

// errLate is for a kustomization that nobody looked through before the build.
var errLate = errors.New("is a kustomization that somebody added meanwhile")

var errReadOnly = errors.New("a build writes no file and lists no folder")

// lookUp returns the real path of a file or folder.
func (f *files) lookUp(path string) (real string, isFolder bool, err error) {
	if real, err = f.resolve(path); err != nil {
		return "", false, err
	}
	info, err := f.stat(real)
	return real, err == nil && info.IsDir(), err
}

func (f *files) ReadFile(path string) ([]byte, error) {
	real, isFolder, err := f.lookUp(path)
	switch {
	case err != nil:
		return nil, err
	case isFolder:
		return nil, errKind
	}
	f.mu.Lock()
	f.read[real] = true
	f.root.texts = append(f.root.texts, real)
	f.mu.Unlock()
	if layout.IsKustomization(real) {
		f.mu.Lock()
		k := f.known[filepath.Dir(real)]
		f.mu.Unlock()
		if k == nil {
			return nil, errLate
		}
		if k.file == real {
			return f.readKustomization(k)
		}
	}
	text, err := f.readFile(real, f.Limits.Text-f.text.Load())
	if err != nil {
		return nil, err
	}
	f.text.Add(int64(len(text)))
	f.note(text)
	return text, checkAliases(text, 0)
}

// readKustomization returns the text of a kustomization for kustomize.
func (f *files) readKustomization(k *kustomization) ([]byte, error) {
	f.text.Add(int64(len(k.text)))
	switch {
	case len(k.issues) > 0:
		return nil, errLate
	case f.kustomizations.Add(1) > f.Limits.Kustomizations:
		return nil, errSize
	case f.text.Load() > f.Limits.Text:
		return nil, errSize
	}
	f.note(k.text)
	if k != f.root {
		return k.text, nil
	}
	return k.served(f.origins)
}

// note looks for a patch that may collide with origins.
func (f *files) note(text []byte) {
	if f.origins && bytes.Contains(text, []byte("metadata/annotations")) {
		f.sawAnnotations.Store(true)
	}
}

func (f *files) CleanedAbs(path string) (filesys.ConfirmedDir, string, error) {
	real, isFolder, err := f.lookUp(path)
	switch {
	case err != nil:
		return "", "", err
	case isFolder:
		return filesys.ConfirmedDir(real), "", nil
	}
	return filesys.ConfirmedDir(filepath.Dir(real)), filepath.Base(real), nil
}

func (f *files) Exists(path string) bool {
	_, err := f.resolve(path)
	return err == nil
}

func (f *files) IsDir(path string) bool {
	_, isFolder, _ := f.lookUp(path)
	return isFolder
}

func (f *files) Create(string) (filesys.File, error)  { return nil, errReadOnly }
func (f *files) Open(string) (filesys.File, error)    { return nil, errReadOnly }
func (f *files) Mkdir(string) error                   { return errReadOnly }
func (f *files) MkdirAll(string) error                { return errReadOnly }
func (f *files) RemoveAll(string) error               { return errReadOnly }
func (f *files) WriteFile(string, []byte) error       { return errReadOnly }
func (f *files) ReadDir(string) ([]string, error)     { return nil, errReadOnly }
func (f *files) Glob(string) ([]string, error)        { return nil, errReadOnly }
func (f *files) Walk(string, filepath.WalkFunc) error { return errReadOnly }
