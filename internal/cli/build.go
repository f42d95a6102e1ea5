// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"cmp"
	"path/filepath"
	"slices"

	"example.com/calico-pull-secrets/internal/build"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/layout"
)

// builds runs once for each kustomization below the paths that no other kustomization uses. Then it
// runs for the loose files: those that no build has read.
func (r *run) builds() []setResult {
	loose := &set{run: r, paths: r.paths, out: r.out, print: r.say, part: true}
	if len(r.paths) == 1 {
		loose.label = filepath.Clean(r.paths[0])
	}
	files, err := r.collect(r.paths)
	if err != nil {
		return []setResult{loose.failed(err)}
	}
	workspace, err := build.OpenWorkspace(r.paths, r.buildRoot, programName+" "+loose.flag(), build.DefaultLimits)
	if err != nil {
		return []setResult{loose.failed(&pathError{"--build-root", err, true})}
	}
	defer workspace.Close()
	var sets []*set
	for _, target := range workspace.Targets(files.kustomize.Paths()) {
		if target.Name == loose.label {
			loose.label += " (loose files)"
		}
		sets = append(sets, &set{run: r, label: target.Name, built: &target, part: true, mayLack: r.audit})
	}
	outcomes := r.sideBySide(sets)
	loose.collected = files
	isLeft := files.keepLoose(workspace.WasRead)
	loose.mayLack = len(sets) > 0 && (r.check || slices.ContainsFunc(outcomes, func(o setResult) bool { return len(o.Images) > 0 || !o.OK }))
	if !loose.mayLack || isLeft || len(r.globs()) > 0 { // that run also counts excluded files
		last := loose.process()
		last.Name = cmp.Or(loose.label, "loose files")
		outcomes = append(outcomes, last)
	}
	return r.sayUnused(outcomes)
}

// sayUnused reports the registries of the configuration that no set names.
func (r *run) sayUnused(outcomes []setResult) []setResult {
	last := &outcomes[len(outcomes)-1]
	for _, f := range last.unused {
		isNamed := slices.ContainsFunc(outcomes, func(o setResult) bool {
			return !slices.ContainsFunc(o.unused, func(other finding.Finding) bool { return other.Message == f.Message })
		})
		if isNamed {
			continue
		}
		all := &set{run: r, print: r.say}
		all.say(f)
		last.Findings = append(last.Findings, f)
		if f.Severity == finding.Error {
			last.code, last.OK = max(last.code, finding.ExitFailed), false
		}
	}
	return outcomes
}

// keepLoose removes the files that builds have read, and the findings about kustomizations, because
// the builds answer those. It reports whether it kept anything.
func (c *collector) keepLoose(wasRead func(path string) bool) bool {
	c.sources = slices.DeleteFunc(c.sources, func(s *source) bool { return wasRead(layout.Real(s.name)) })
	if !c.kustomize.IsEmpty() { // the builds read something in the folders
		c.empty = nil
		for _, s := range c.sources {
			s.folder = ""
		}
	}
	c.kustomize = layout.Kustomizations{}
	return len(c.sources)+len(c.left)+len(c.hidden)+len(c.empty)+len(c.charts)+len(c.renders) > 0
}
