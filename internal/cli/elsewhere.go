// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"slices"

	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/finding"
)

// adviseElsewhere adds a finding behind missing-target, if a file says that Calico comes from
// elsewhere.
func (s *set) adviseElsewhere(files *collector, r *function.Report) {
	i := slices.IndexFunc(r.Findings, func(f finding.Finding) bool { return f.Check == finding.MissingTarget })
	if i < 0 {
		return
	}
	path, line := files.elsewhere()
	if path == "" {
		return
	}
	hint := "run " + programName + " as a transformer of kustomize or a post-renderer of Helm (examples/kustomize-transformer, examples/helm)"
	if s.audit || s.check {
		hint = "pipe the output of helm template, kustomize build or the like into " + programName + " " + s.flag()
	}
	f := finding.New(finding.MissingTarget, r.Findings[i].Severity, "a later step downloads or renders Calico, so these files do not contain it\nhint: %s", hint)
	r.Findings = slices.Insert(r.Findings, i+1, f.At(finding.Place{File: path, Line: line}))
}

// elsewhere returns the first place in a file that says where Calico comes from. The path is empty
// if there is none.
func (c *collector) elsewhere() (path string, line int) {
	const most = 500
	paths := slices.Clone(c.others[:min(most, len(c.others))])
	for _, s := range c.sources {
		if s.mode.IsRegular() {
			paths = append(paths, s.name)
		}
	}
	return c.kustomize.CalicoIsFrom(paths)
}
