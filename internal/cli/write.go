// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"slices"

	"example.com/calico-pull-secrets/function"
	"example.com/calico-pull-secrets/internal/disk"
	"example.com/calico-pull-secrets/internal/finding"
)

// writeFiles writes all changed files or none. It returns true if it wrote them.
func (s *set) writeFiles(report function.Report, secretPath string) bool {
	changed := slices.DeleteFunc(slices.Clone(report.Files), func(f function.File) bool { return len(f.Changes) == 0 })
	var all []*disk.Replacement
	isSecret := map[string]bool{}
	for _, f := range changed {
		all = append(all, &disk.Replacement{Name: f.Name, Before: disk.Pieces{f.Before}, After: f.Pieces()})
		isSecret[f.Name] = f.PutsSecret
	}
	if len(report.Added) > 0 {
		all = append(all, &disk.Replacement{Name: secretPath, After: disk.Pieces{report.Added}, IsNew: true})
		isSecret[secretPath] = true
	}
	s.writing.RLock()
	file, err := disk.WriteAll(all)
	s.writing.RUnlock()
	if err != nil {
		s.sayOf(finding.Error, file, "%s", disk.Problem(err))
		return false
	}
	isKept := func(r *disk.Replacement) bool { return r.Name == secretPath }
	if !slices.ContainsFunc(all, isKept) && isOpenSecret(secretPath) {
		s.sayOf(finding.Warning, secretPath, openSecret+": chmod 600")
	}
	for _, r := range all {
		if isSecret[r.Name] && isOpenToOthers(r.Mode) {
			s.sayOf(finding.Warning, r.Name, openSecret+": chmod 600")
		}
		if !s.quiet {
			s.print("wrote " + r.Name)
		}
	}
	return true
}
