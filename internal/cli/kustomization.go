// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// kustomizations knows what the kustomizations among the files list. A patch has the
// kind and name of an object, and is none.
type kustomizations struct {
	patches, resources map[string]bool // real paths
	changes            []note          // those that change what they build, and by what
	outside            []listed        // what they list that is not in their folder
	remote             []remote        // what they have downloaded
}

// A listed is what a kustomization lists: its own path, the entry, and where that leads.
type listed struct{ kustomization, entry, path string }

// A remote is something that is not in the files: where it is said, and what it is.
type remote struct {
	path, text string
	isChart    bool
}

// isKustomization reports whether a path has a name that kustomize looks for.
func isKustomization(path string) bool {
	return slices.Contains([]string{"kustomization.yaml", "kustomization.yml", "Kustomization"}, filepath.Base(path))
}

// changingFields are those of a kustomization by which it builds something else than its
// resources, as far as it may matter: prefixes and labels do not.
var changingFields = []string{
	"images", "namespace", "patches", "patchesStrategicMerge", "patchesJson6902", "replacements", "vars", "configurations",
	"generators", "transformers", "secretGenerator", "components", "helmCharts", "helmChartInflationGenerator",
}

// readKustomization reads what a kustomization, or a component, lists. Mistakes in it
// are kustomize's to report: what can be read counts.
func (k *kustomizations) readKustomization(path string) {
	const longest = 1 << 20
	text, err := readPath(path)
	if err != nil || len(text) > longest {
		return
	}
	type patch struct {
		Path string `yaml:"path"`
	}
	var fields struct {
		Resources             []string `yaml:"resources"`
		Bases                 []string `yaml:"bases"`
		Components            []string `yaml:"components"`
		Patches               []patch  `yaml:"patches"`
		PatchesJSON6902       []patch  `yaml:"patchesJson6902"`
		PatchesStrategicMerge []string `yaml:"patchesStrategicMerge"`
		Transformers          []string `yaml:"transformers"`
	}
	_ = yaml.Unmarshal(text, &fields) // goes on behind a value of a wrong type
	if k.patches == nil {
		k.patches, k.resources = map[string]bool{}, map[string]bool{}
	}
	real := func(file string) string { return realPath(filepath.Join(filepath.Dir(path), file)) }
	for _, p := range append(fields.Patches, fields.PatchesJSON6902...) {
		if p.Path != "" {
			k.patches[real(p.Path)] = true
		}
	}
	for _, file := range fields.PatchesStrategicMerge { // a path, or the patch itself
		k.patches[real(file)] = true
	}
	for _, file := range fields.Transformers {
		for _, patch := range patchesOf(filepath.Join(filepath.Dir(path), file)) {
			k.patches[real(patch)] = true
		}
	}
	for _, file := range slices.Concat(fields.Resources, fields.Bases, fields.Components) {
		if isRemote(file) {
			k.remote = append(k.remote, remote{path: path, text: file})
			continue
		}
		k.resources[real(file)] = true
		if !isWithin(realPath(filepath.Dir(path)), real(file)) {
			k.outside = append(k.outside, listed{path, file, real(file)})
		}
	}
	k.readChanges(path, text)
}

// patchesOf returns the patches that a builtin transformer of kustomize in a file lists.
func patchesOf(path string) (patches []string) {
	text, err := readPath(path)
	if err != nil {
		return nil
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for {
		var t struct {
			APIVersion string   `yaml:"apiVersion"`
			Path       string   `yaml:"path"`
			Paths      []string `yaml:"paths"`
		}
		if decoder.Decode(&t) != nil {
			return patches
		}
		if t.APIVersion == "builtin" {
			patches = append(append(patches, t.Paths...), t.Path)
		}
	}
}

// readChanges notes by what a kustomization changes what it builds.
func (k *kustomizations) readChanges(path string, text []byte) {
	var fields map[string]yaml.Node
	_ = yaml.Unmarshal(text, &fields)
	var changing []string
	for _, field := range changingFields {
		if n, found := fields[field]; found && (len(n.Content) > 0 || n.Value != "") {
			changing = append(changing, field)
		}
	}
	if len(changing) > 0 {
		k.changes = append(k.changes, note{path, "has " + strings.Join(changing, ", ")})
	}
	for _, field := range []string{"helmCharts", "helmChartInflationGenerator"} {
		if slices.Contains(changing, field) {
			k.remote = append(k.remote, remote{path: path, text: field, isChart: true})
		}
	}
}

// isRemote reports whether kustomize downloads what it is to build: a URL, or a
// repository as git takes them.
func isRemote(entry string) bool {
	return strings.Contains(entry, "://") || strings.HasPrefix(entry, "github.com/") || strings.HasPrefix(entry, "git@") ||
		strings.HasPrefix(entry, "git::") || strings.Contains(entry, "?ref=")
}

// built returns the kustomizations that build something else than their files, and why.
func (c *collector) built() []note {
	built := slices.Clone(c.changes)
	for _, r := range c.remote {
		if !r.isChart {
			built = append(built, note{r.path, "lists what is downloaded"})
		}
	}
	for _, l := range c.outside {
		if !slices.ContainsFunc(c.sources, func(s *source) bool { return isWithin(l.path, realPath(s.name)) }) {
			built = append(built, note{l.kustomization, "lists " + l.entry + ", which is not among the files"})
		}
	}
	return slices.Compact(built)
}

// addListed adds the files that kustomizations list as resources, and that are in the
// folders, whatever they are called: kustomize takes any name.
func (c *collector) addListed(root string) {
	inside := realPath(root)
	var paths []string
	for path := range c.resources {
		if isWithin(inside, path) && !isHidden(inside, path) && !hasExtension(path) {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	for _, path := range paths {
		relative, err := filepath.Rel(inside, path)
		if info, statErr := os.Stat(path); err == nil && statErr == nil && info.Mode().IsRegular() {
			c.add(&source{name: filepath.Join(root, relative), mode: info.Mode(), found: true}, realPath(path))
		}
	}
}

// isHidden reports whether a dot hides a path in a folder.
func isHidden(folder, path string) bool {
	relative, err := filepath.Rel(folder, path)
	return err == nil && slices.ContainsFunc(strings.Split(filepath.ToSlash(relative), "/"), func(name string) bool { return strings.HasPrefix(name, ".") })
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
