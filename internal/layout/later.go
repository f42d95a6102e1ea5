// SPDX-License-Identifier: Apache-2.0

package layout

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/lazy"
)

// ChartFile is the name of the file that makes a folder a chart.
const ChartFile = "Chart.yaml"

// IsChartPart reports whether Helm renders a folder of a chart that has this name.
func IsChartPart(name string) bool { return name == "templates" || name == "charts" }

// IsOfHelm reports whether a file in such a folder is only for Helm: a template, or the ChartFile
// of another chart. Anybody may apply a manifest without an action.
func IsOfHelm(path string) bool {
	text, _ := Head(path)
	return filepath.Base(path) == ChartFile || bytes.Contains(text, []byte("{{"))
}

// OfChart returns the Later of a chart with this ChartFile. It returns false for a library chart,
// which nobody renders alone.
func OfChart(path string) (Later, bool) {
	text, _ := Head(path)
	var chart struct {
		Type string `yaml:"type"`
	}
	_ = yaml.Unmarshal(text, &chart)
	return Later{path, "Helm renders this chart", "helm template NAME FOLDER --values FILE"}, chart.Type != "library"
}

// templateExtensions are the extensions of templates, each with its renderer, empty if unknown.
var templateExtensions = map[string]string{
	".tmpl": "", ".gotmpl": "", ".j2": "Jinja", ".jinja": "Jinja", ".jinja2": "Jinja", ".jsonnet": "Jsonnet", ".cue": "CUE", ".erb": "ERB", ".mustache": "Mustache",
}

// MayBeRendered reports whether the name of a file suggests that somebody renders it. OfFile
// decides.
func MayBeRendered(path string) bool {
	_, isTemplate := templateExtensions[strings.ToLower(filepath.Ext(path))]
	return isTemplate || filepath.Base(path) == "Kptfile" || mayBeHelmfile(path)
}

func mayBeHelmfile(path string) bool {
	base, folder := filepath.Base(path), filepath.Base(filepath.Dir(path))
	return slices.Contains([]string{"helmfile.yaml", "helmfile.yml", "helmfile.yaml.gotmpl", "helmfile.yml.gotmpl"}, base) ||
		(folder == "helmfile.d" || folder == "helmfile") && strings.Contains(base, ".y")
}

// OfFile returns the Later of a helmfile, a template of manifests, or a package that kpt changes.
// It returns false for any other file.
func OfFile(path string) (Later, bool) {
	text, _ := Head(path)
	who, isTemplate := templateExtensions[strings.ToLower(filepath.Ext(path))]
	switch {
	case filepath.Base(path) == "Kptfile":
		changes := changesOfKpt(text)
		return Later{path, "kpt changes the files of this package (" + few(changes) + ")", "kpt fn render FOLDER --output unwrap"}, len(changes) > 0
	case mayBeHelmfile(path) && helmfileField().Match(text):
		return Later{path, "Helmfile renders charts", "helmfile --file FILE template"}, true
	case isTemplate && isOfManifests(text):
		if who == "" {
			who = "somebody"
		}
		return Later{path, who + " renders this template", "RENDER FILE"}, true
	}
	return Later{}, false
}

var helmfileField = lazy.Regexp(`(?m)^(?:releases|helmfiles):`)

// includes matches an action that puts another file into a template.
var includes = lazy.Regexp(`\{%-?\s*(?:include|import|extends)\b|\{\{-?\s*(?:include|template|tpl)\b|\bimport(?:str)?\s+['"]`)

// isOfManifests reports whether a template may have manifests: it names the fields of every
// manifest, or includes files that nobody looks at.
func isOfManifests(text []byte) bool {
	return bytes.IndexByte(text, 0) < 0 && (bytes.Contains(text, []byte("apiVersion")) && bytes.Contains(text, []byte("kind")) || includes().Match(text))
}

// catalogs are the origins of kpt's functions. An image without a host is from a catalog.
var catalogs = []string{"", "gcr.io/kpt-fn/", "ghcr.io/kptdev/krm-functions-catalog/"}

// harmlessFunctions are functions of kpt's catalog that change neither an image nor its Secret.
var harmlessFunctions = []string{"set-labels", "set-annotations", "gatekeeper", "kubeval", "kubeconform", "set-enforcement-action", "remove-local-config-resources"}

// changesOfKpt returns the functions that change the files of a package when kpt renders it.
func changesOfKpt(text []byte) (changes []string) {
	type function struct {
		Image string `yaml:"image"`
		Exec  string `yaml:"exec"`
	}
	var file struct {
		Pipeline struct {
			Mutators []function `yaml:"mutators"`
		} `yaml:"pipeline"`
	}
	if yaml.Unmarshal(text, &file) != nil { // fields after a value of a wrong type are still read
		changes = append(changes, "the Kptfile cannot be read")
	}
	for _, m := range file.Pipeline.Mutators {
		name, _, _ := strings.Cut(m.Image, "@")
		catalog := name[:strings.LastIndexByte(name, '/')+1]
		isKnown := slices.Contains(catalogs, catalog) && m.Exec == ""
		if name = name[len(catalog):]; name == "" {
			name = filepath.Base(strings.SplitN(m.Exec+" ", " ", 2)[0])
		}
		name, _, _ = strings.Cut(name, ":")
		isOurs := name == "calico-pull-secrets" // with any origin
		if !isOurs && !(isKnown && slices.Contains(harmlessFunctions, name)) {
			changes = append(changes, name)
		}
	}
	return changes
}
