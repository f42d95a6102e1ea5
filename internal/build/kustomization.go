// SPDX-License-Identifier: Apache-2.0

package build

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/yaml"

	"example.com/calico-pull-secrets/internal/layout"
)

// A kustomization is a folder with a kustomization file, after lookThrough.
type kustomization struct {
	*Repository
	folder string // real
	file   string // real; empty without one
	text   []byte
	fields types.Kustomization

	isComponent bool
	hasOpenAPI  bool
	uses        []string // real folders of the kustomizations that it lists
	own         []byte   // the configuration of our function, if that is the last transformer
	before      []string // the transformers before it
	plugged     []string // real paths of the files that define generators, transformers and validators
	issues      []issue
	texts       []string // real paths of the files that a build has read; mu guards it
}

// kustomization returns the kustomization of a real folder. It looks through each only once.
func (r *Repository) kustomization(folder string) *kustomization {
	r.mu.Lock()
	k := r.known[folder]
	r.mu.Unlock()
	if k != nil {
		return k
	}
	k = &kustomization{Repository: r, folder: folder}
	if release, err := r.stop.acquire(false); err != nil {
		k.report("%v", err)
	} else { // parsing uses the schema, too
		k.lookThrough()
		release()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if known := r.known[folder]; known != nil {
		return known
	}
	r.known[folder] = k
	return k
}

// lookThrough reads the kustomization, and looks for its entries.
func (k *kustomization) lookThrough() {
	defer func() {
		if recover() != nil { // its value may be a credential
			k.report("%v", errPanic)
		}
	}()
	for _, name := range layout.FileNames {
		real, err := k.resolve(filepath.Join(k.folder, name))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			k.report("%s: %v", name, reason(err))
			return
		case k.file != "":
			k.report("there is %s, too, and kustomize takes only one", name)
			return
		}
		k.file = real
	}
	if k.file == "" {
		k.report("there is no kustomization in this folder")
		return
	}
	const most = 16 << 20
	var err error
	if k.text, err = k.readFile(k.file, most); err == nil {
		err = checkAliases(k.text, 0)
	}
	if err != nil {
		k.report("%v", reason(err))
		return
	}
	if err := k.fields.Unmarshal(k.text); err != nil {
		k.report("%s", k.explain(k, []*kustomization{k}, err))
		return
	}
	k.fields.FixKustomization()
	k.isComponent = k.fields.Kind == types.ComponentKind
	k.hasOpenAPI = len(k.fields.OpenAPI) > 0
	k.lookForEntries()
}

// An issue is a reason why a kustomization cannot be built.
type issue struct {
	text   string
	hint   string
	isPipe bool   // the hint is to pipe the real kustomize's output
	flags  string // its flags
}

// report notes an issue.
func (k *kustomization) report(format string, a ...any) {
	k.issues = append(k.issues, issue{text: fmt.Sprintf(format, a...)})
}

// reportPipe notes an issue that the real kustomize does not have, with these flags.
func (k *kustomization) reportPipe(flags, format string, a ...any) {
	k.issues = append(k.issues, issue{text: fmt.Sprintf(format, a...), isPipe: true, flags: flags})
}

// problem returns an issue of k as a problem of a build of root.
func (k *kustomization) problem(i issue, root *kustomization) Problem {
	p := Problem{File: k.file, Text: i.text, Hint: i.hint}
	if p.File == "" {
		p.File = k.folder
	}
	p.File = k.Shown(p.File)
	if i.isPipe {
		p.Hint = root.pipe(i.flags)
	}
	return p
}

// failed returns a text as the problem of a build of k.
func (k *kustomization) failed(text string) []Problem {
	return []Problem{k.problem(issue{text: text}, k)}
}

// reach returns a kustomization and all that it uses, each once.
func (r *Repository) reach(k *kustomization) (all []*kustomization) {
	seen := map[*kustomization]bool{k: true}
	all = append(all, k)
	for i := 0; i < len(all); i++ {
		for _, folder := range all[i].uses {
			if used := r.kustomization(folder); !seen[used] {
				seen[used] = true
				all = append(all, used)
			}
		}
	}
	return all
}

// roots returns the real folders to build: those that no other kustomization uses, without
// components. It returns the first folder of a circle, so that the build reports the circle.
func (r *Repository) roots(folders []string) (roots []string) {
	folders = slices.DeleteFunc(slices.Clone(folders), func(folder string) bool { return r.kustomization(folder).isComponent })
	slices.Sort(folders)
	folders = slices.Compact(folders)
	used := map[*kustomization]bool{}
	for _, folder := range folders {
		for _, k := range r.reach(r.kustomization(folder))[1:] {
			used[k] = true
		}
	}
	covered := map[*kustomization]bool{}
	add := func(folder string) {
		roots = append(roots, folder)
		for _, k := range r.reach(r.kustomization(folder)) {
			covered[k] = true
		}
	}
	for _, folder := range folders {
		if !used[r.kustomization(folder)] {
			add(folder)
		}
	}
	for _, folder := range folders {
		if !covered[r.kustomization(folder)] {
			add(folder)
		}
	}
	slices.Sort(roots)
	return roots
}

// served returns the text of the kustomization that kustomize builds. It may ask for origins, and
// it replaces our own function by snapshot. Other fields stay, whatever the case of their names.
func (k *kustomization) served(origins bool) ([]byte, error) {
	if !origins && k.own == nil || k.fields.CheckEmpty() != nil {
		return k.text, nil
	}
	asJSON, err := yaml.YAMLToJSON(k.text)
	if err != nil {
		return nil, err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(asJSON, &fields); err != nil {
		return nil, err
	}
	set := func(name string, value any) {
		for key := range fields {
			if strings.EqualFold(key, name) {
				delete(fields, key)
			}
		}
		fields[name], err = json.Marshal(value)
	}
	if origins && !slices.Contains(k.fields.BuildMetadata, types.OriginAnnotations) {
		set("buildMetadata", append(slices.Clone(k.fields.BuildMetadata), types.OriginAnnotations))
	}
	if err == nil && k.own != nil {
		set("transformers", append(slices.Clone(k.before), snapshot))
	}
	if err != nil {
		return nil, err
	}
	return json.Marshal(fields)
}
