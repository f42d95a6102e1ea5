// SPDX-License-Identifier: Apache-2.0

package layout

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/mapping"
)

// A kustomization has the entries of a kustomization file, and the fields that change them.
type kustomization struct {
	path    string // as the walk found it
	folder  string // real
	lists   []listed
	changes []string        // fields that make the output differ from the resources
	absent  map[string]bool // paths that it lists and that do not exist
	patches []string        // real paths
	renames bool            // it adds a prefix or suffix to names
	isPart  bool            // a component: nobody builds it alone
	isRead  bool            // false: the file is too long or broken, so the lists are incomplete
}

// A listed is an entry of resources, bases or components.
type listed struct {
	entry  string
	path   string // real; empty if it is not on disk
	isFile bool
	isDir  bool
}

// FileNames are the names of the files in which kustomize looks for a kustomization.
var FileNames = []string{"kustomization.yaml", "kustomization.yml", "Kustomization"}

// IsKustomization reports whether kustomize looks for a file of this name.
func IsKustomization(path string) bool { return slices.Contains(FileNames, filepath.Base(path)) }

// harmless are the fields of a kustomization that change neither an image nor its Secret. All other
// fields do, or may.
var harmless = []string{
	"apiVersion", "kind", "metadata", "resources", "bases", "namePrefix", "nameSuffix", "labels", "commonLabels", "commonAnnotations",
	"generatorOptions", "configMapGenerator", "replicas", "sortOptions", "buildMetadata", "crds",
}

// isChange reports whether a field of a kustomization may change an image or its Secret.
func isChange(field string, n *yaml.Node) bool {
	return !slices.Contains(harmless, field) && (len(n.Content) > 0 || n.Value != "" && n.Tag != "!!null")
}

// ChangesOf returns some fields of a kustomization that make its output differ from the objects beside
// it, for a message; empty if there are none. n is the kustomization without its folder, as kpt hands it over among the objects. A prefix
// or suffix counts, too, and so do entries that kustomize downloads.
func ChangesOf(n *yaml.Node) string {
	var changes []string
	for key, v := range mapping.Entries(n) {
		field := key.Value
		isRename := (field == "namePrefix" || field == "nameSuffix") && v.Value != ""
		downloads := (field == "resources" || field == "bases") && slices.ContainsFunc(v.Content, func(entry *yaml.Node) bool { return isRemote(entry.Value) })
		if isChange(field, v) || isRename || downloads {
			changes = append(changes, field)
		}
	}
	slices.Sort(changes)
	return few(changes)
}

// isRemote reports whether an entry of a kustomization is a repository or a file on another machine.
func isRemote(entry string) bool {
	return strings.Contains(entry, "//") || strings.ContainsAny(entry, "?@:") || strings.HasPrefix(entry, "github.com/")
}

// read returns the kustomization in a file. It returns nil for another kind: Flux has one of this
// name, too. kustomize reports mistakes, so read takes whatever it can read.
func read(path string) *kustomization {
	k := &kustomization{path: path, folder: Real(filepath.Dir(path)), absent: map[string]bool{}, isRead: true}
	text, isWhole := Head(path)
	var nodes map[string]yaml.Node
	if err := yaml.Unmarshal(text, &nodes); !isWhole || err != nil { // for example two equal keys
		k.isRead = false
		return k
	}
	var fields fields
	_ = yaml.Unmarshal(text, &fields) // it goes on after a value of a wrong type
	if fields.APIVersion != "" && !strings.HasPrefix(fields.APIVersion, "kustomize.config.k8s.io/") {
		return nil
	}
	k.isPart = fields.Kind == "Component"
	k.renames = fields.NamePrefix != "" || fields.NameSuffix != ""
	for name, n := range nodes {
		if isChange(name, &n) {
			k.changes = append(k.changes, name)
		}
	}
	slices.Sort(k.changes)
	k.list(fields)
	return k
}

// fields are the fields of a kustomization that name files, and those that rename.
type fields struct {
	APIVersion            string   `yaml:"apiVersion"`
	Kind                  string   `yaml:"kind"`
	NamePrefix            string   `yaml:"namePrefix"`
	NameSuffix            string   `yaml:"nameSuffix"`
	Resources             []string `yaml:"resources"`
	Bases                 []string `yaml:"bases"`
	Components            []string `yaml:"components"`
	Patches               []patch  `yaml:"patches"`
	PatchesJSON6902       []patch  `yaml:"patchesJson6902"`
	PatchesStrategicMerge []string `yaml:"patchesStrategicMerge"`
	Transformers          []string `yaml:"transformers"`
}

type patch struct {
	Path string `yaml:"path"`
}

// list notes the files that the fields name.
func (k *kustomization) list(f fields) {
	at := func(file string) string { return filepath.Join(k.folder, file) }
	for _, p := range append(f.Patches, f.PatchesJSON6902...) {
		if p.Path != "" {
			k.patches = append(k.patches, Real(at(p.Path)))
		}
	}
	for _, file := range f.PatchesStrategicMerge { // a path, or the patch itself
		if !strings.Contains(file, "\n") {
			k.patches = append(k.patches, Real(at(file)))
		}
	}
	for _, file := range f.Transformers {
		for _, patch := range patchesOf(at(file)) {
			k.patches = append(k.patches, Real(at(patch)))
		}
	}
	for _, entry := range slices.Concat(f.Resources, f.Bases, f.Components) {
		l := listed{entry: entry}
		if info, err := os.Stat(at(entry)); err == nil && entry != "" {
			l.path, l.isFile, l.isDir = Real(at(entry)), !info.IsDir(), info.IsDir()
		} else {
			k.absent[at(entry)] = true
		}
		k.lists = append(k.lists, l)
	}
}

// patchesOf returns the patches that kustomize's builtin transformers in a file list.
func patchesOf(path string) (patches []string) {
	text, _ := Head(path)
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
