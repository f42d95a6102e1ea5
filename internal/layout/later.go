// SPDX-License-Identifier: Apache-2.0

package layout

import (
	"bytes"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// ChartFile is the name of the file that makes a folder a chart.
const ChartFile = "Chart.yaml"

// IsChartPart reports whether a folder of a chart, by its name, has what Helm renders.
func IsChartPart(name string) bool { return name == "templates" || name == "charts" }

// IsOfHelm reports whether a file in such a folder is for Helm alone: a template, or the
// ChartFile of another chart. A manifest without an action is none: anybody may apply it.
func IsOfHelm(path string) bool {
	text, _ := head(path)
	return filepath.Base(path) == ChartFile || bytes.Contains(text, []byte("{{"))
}

// OfChart returns what Helm makes of a chart, given its ChartFile; false for one that is
// only for others to use.
func OfChart(path string) (Later, bool) {
	text, _ := head(path)
	var chart struct {
		Type string `yaml:"type"`
	}
	_ = yaml.Unmarshal(text, &chart)
	return Later{path, "Helm renders this chart", "helm template NAME FOLDER --values FILE"}, chart.Type != "library"
}

// templateExtensions are those of files that somebody renders, with who does.
var templateExtensions = map[string]string{
	".tmpl": "", ".gotmpl": "", ".j2": "Jinja", ".jinja": "Jinja", ".jinja2": "Jinja", ".jsonnet": "Jsonnet", ".cue": "CUE", ".erb": "ERB", ".mustache": "Mustache",
}

// MayBeRendered reports whether a file, by its name, may be rendered: OfFile tells.
func MayBeRendered(path string) bool {
	_, isTemplate := templateExtensions[strings.ToLower(filepath.Ext(path))]
	return isTemplate || filepath.Base(path) == "Kptfile" || mayBeHelmfile(path)
}

func mayBeHelmfile(path string) bool {
	base, folder := filepath.Base(path), filepath.Base(filepath.Dir(path))
	return slices.Contains([]string{"helmfile.yaml", "helmfile.yml", "helmfile.yaml.gotmpl", "helmfile.yml.gotmpl"}, base) ||
		(folder == "helmfile.d" || folder == "helmfile") && strings.Contains(base, ".y")
}

// OfFile returns what is made of a file later: of a helmfile, of a template of manifests, or
// of a package that kpt changes. False if nothing is.
func OfFile(path string) (Later, bool) {
	text, _ := head(path)
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

var helmfileField = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)^(?:releases|helmfiles):`) })

// includes matches what puts the text of another file into a template.
var includes = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\{%-?\s*(?:include|import|extends)\b|\{\{-?\s*(?:include|template|tpl)\b|\bimport(?:str)?\s+['"]`)
})

// isOfManifests reports whether a template may have manifests in it: it names the fields of
// each, or takes in something that nobody looks at.
func isOfManifests(text []byte) bool {
	return bytes.IndexByte(text, 0) < 0 && (bytes.Contains(text, []byte("apiVersion")) && bytes.Contains(text, []byte("kind")) || includes().Match(text))
}

// catalogs are where kpt's functions come from; an image without a host is from one of them.
var catalogs = []string{"", "gcr.io/kpt-fn/", "ghcr.io/kptdev/krm-functions-catalog/"}

// harmlessFunctions are those of kpt's catalog that change nothing that is pulled, or with
// which Secret.
var harmlessFunctions = []string{"set-labels", "set-annotations", "gatekeeper", "kubeval", "kubeconform", "set-enforcement-action", "remove-local-config-resources"}

// changesOfKpt returns the functions by which kpt changes the files of a package when it
// renders them.
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
	if yaml.Unmarshal(text, &file) != nil { // what is behind a value of a wrong type is read
		changes = append(changes, "cannot be read")
	}
	for _, m := range file.Pipeline.Mutators {
		name, _, _ := strings.Cut(m.Image, "@")
		catalog := name[:strings.LastIndexByte(name, '/')+1]
		isKnown := slices.Contains(catalogs, catalog) && m.Exec == ""
		if name = name[len(catalog):]; name == "" {
			name = filepath.Base(strings.SplitN(m.Exec+" ", " ", 2)[0])
		}
		name, _, _ = strings.Cut(name, ":")
		isOurs := name == "calico-pull-secrets" // whoever built it
		if !isOurs && !(isKnown && slices.Contains(harmlessFunctions, name)) {
			changes = append(changes, name)
		}
	}
	return changes
}
