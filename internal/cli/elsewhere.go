// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"path/filepath"
	"regexp"
	"slices"
	"sync"

	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/finding"
)

// missingTargetRule is the check that says that a target is not among the files.
const missingTargetRule = "missing-target"

// hint adds to a report in which a target is missing, or there is nothing to audit, where
// the files say that Calico comes from instead, and what to do there: nothing can be
// edited in what is downloaded or rendered later.
func (s *set) hint(files *collector, report *function.Report) {
	i := slices.IndexFunc(report.Findings, func(f function.Finding) bool { return f.Check == missingTargetRule })
	if i < 0 {
		return
	}
	missing := report.Findings[i]
	var hints []function.Finding
	for _, o := range files.origins() {
		hints = append(hints, finding.New(missingTargetRule, missing.Severity, "%s", o.advice).At(finding.Place{File: o.file, Line: o.line}))
	}
	const most = 3
	report.Findings = slices.Insert(report.Findings, i+1, hints[:min(most, len(hints))]...)
}

// An origin is a place in a file that says where manifests come from.
type origin struct {
	file   string
	line   int
	advice string
}

const (
	adviceTransformer = "what is downloaded here cannot be edited: add a CalicoPullSecrets under transformers (examples/kustomize-transformer), or pipe what kustomize builds through " + programName
	adviceChart       = "a chart is rendered later, so there is nothing to edit here: make " + programName + " a post-renderer of Helm (examples/helm), or for the Tigera operator set the chart's installation.imagePullSecrets"
	adviceDownload    = "downloads the manifest, so there is nothing to edit here: pipe it through " + programName + " on its way to kubectl, or keep it as a file"
)

// The most that is looked through for origins: files, and bytes of each.
const (
	mostOthers  = 500
	largestRead = 1 << 20
)

// origins returns where the files say that manifests of Calico come from.
func (c *collector) origins() (all []origin) {
	for _, r := range c.remote {
		advice := adviceTransformer
		if r.isChart {
			advice = adviceChart
		}
		text, _ := readPath(r.path)
		all = append(all, origin{r.path, lineWith(text, []byte(r.text)), advice})
	}
	known := map[string]bool{}
	for _, r := range c.remote {
		known[r.path] = true
	}
	paths := slices.Clone(c.others[:min(mostOthers, len(c.others))])
	for _, s := range c.sources {
		if s.mode.IsRegular() && !known[s.name] {
			paths = append(paths, s.name)
		}
	}
	slices.Sort(paths)
	for _, path := range paths {
		if text, err := readPath(path); err == nil && len(text) <= largestRead && bytes.IndexByte(text, 0) < 0 {
			all = append(all, originsIn(path, text)...)
		}
	}
	return all
}

// originsIn returns the first place in a file that says where Calico comes from, if any.
func originsIn(path string, text []byte) []origin {
	if filepath.Base(path) == "Chart.yaml" {
		return []origin{{path, 1, adviceChart}}
	}
	if at := ofChart().FindIndex(text); at != nil {
		return []origin{{path, lineAt(text, at[0]), adviceChart}}
	}
	if at := ofManifest().FindIndex(text); at != nil {
		return []origin{{path, lineAt(text, at[0]), adviceDownload}}
	}
	return nil
}

// lineWith returns the line, counted from 1, of the first place that has a word; 0 if
// there is none.
func lineWith(text, word []byte) int {
	if at := bytes.Index(text, word); at >= 0 {
		return lineAt(text, at)
	}
	return 0
}

func lineAt(text []byte, at int) int { return bytes.Count(text[:at], []byte("\n")) + 1 }

var (
	// ofManifest matches the address of a manifest of Calico's.
	ofManifest = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)https?://[^\s"'<>]*(?:calico|canal|tigera)[^\s"'<>]*\.ya?ml`)
	})
	// ofChart matches the chart of the Tigera operator, or of Calico, as Argo CD, Flux, K3s
	// and Helm name it.
	ofChart = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\bchart["']?:[ \t]*["']?[^\s,}]*(?:tigera-operator|calico)|\bhelm\b[^\n]*(?:tigera-operator|projectcalico)`)
	})
)
