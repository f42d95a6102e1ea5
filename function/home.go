// SPDX-License-Identifier: Apache-2.0

package function

import (
	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/unseen"
)

// homeFindings returns findings on the file for a new Secret: kustomize does not build it, or renames
// the Secret and not the reference in a target.
func (s task) homeFindings(p *plan) (all finding.List) {
	home := s.home
	for _, c := range p.changes() {
		if c.Subject() != nil {
			continue
		}
		at := finding.Place{File: home.Path}
		if home.IsUnlisted() {
			f := finding.New(finding.KustomizationUnlisted, s.Preflight.Grade(fn.Warning), "%s, so no pod can use the Secret in it\nhint: %s", unseen.WhyUnlisted(home.Listing), unseen.ListingLine(home.Listing)).At(at)
			f.IsState = s.Mode == config.ModeAdd
			all = append(all, f)
		}
		for _, r := range p.references {
			if home.RenamedBy != "" && !r.IsCorrected() {
				all = append(all, finding.New(finding.RenamedReference, fn.Error, "%s renames the Secret in this file, but not the reference in %s\nhint: put the Secret into another folder, or remove namePrefix and nameSuffix",
					finding.ShowName(home.RenamedBy), r.Resource).At(at))
			}
		}
	}
	return all
}
