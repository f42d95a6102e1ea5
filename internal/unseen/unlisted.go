// SPDX-License-Identifier: Apache-2.0

package unseen

import (
	"slices"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/pull"
	"example.com/calico-pull-secrets/internal/secrets"
)

// Unlisted returns a finding on each file that no kustomization lists, though one is responsible
// for it. The file must have something that would help pods, or pods.
func Unlisted(s config.Settings, set *secrets.Set) (all finding.List) {
	helpers, pods := map[string]*inventory.Resource{}, map[string]*inventory.Resource{}
	var files []string
	for _, r := range set.All {
		if !r.IsUnlisted() {
			continue
		}
		switch {
		case helps(set, r) && helpers[r.Source] == nil:
			helpers[r.Source] = r
		case len(r.Reading.Pods) > 0 && pods[r.Source] == nil:
			pods[r.Source] = r
		default:
			continue
		}
		if !slices.Contains(files[max(0, len(files)-1):], r.Source) { // objects of a file follow each other
			files = append(files, r.Source)
		}
	}
	for _, file := range files {
		if r := helpers[file]; r != nil {
			all = append(all, r.Finding(finding.KustomizationUnlisted, s.Preflight.Grade(fn.Warning), "",
				"%s, so no pod can use this %s\nhint: %s", WhyUnlisted(r.Listing), finding.ShowName(r.GVK.Kind), ListingLine(r.Listing)))
		} else if r := pods[file]; r != nil && r.Entry != "" { // a component is for other kustomizations
			all = append(all, r.Finding(finding.KustomizationUnlisted, fn.Info, "",
				"%s, but the program checks the pods in it\nhint: list the file there below resources, or move the file to another folder", WhyUnlisted(r.Listing)))
		}
	}
	return all
}

// helps reports whether pods may pull with r, or with a Secret that a controller makes from it.
func helps(set *secrets.Set, r *inventory.Resource) bool {
	switch {
	case r.GVK.Kind == "Secret" && r.GVK.ApiVersion() == "v1":
		return set.ContentOf(r).State != pull.Ignored
	case r.GVK.Kind == "ServiceAccount":
		return len(r.PullSecrets()) > 0
	}
	return secrets.Makes(r)
}

// WhyUnlisted says why kustomize does not build a file.
func WhyUnlisted(l inventory.Listing) string {
	if l.Entry == "" {
		return "no kustomization uses the component " + finding.ShowName(l.UnlistedBy)
	}
	return finding.ShowName(l.UnlistedBy) + " does not list this file"
}

// ListingLine says how to list a file in its kustomization.
func ListingLine(l inventory.Listing) string {
	if l.Entry == "" {
		return "add the folder of the component to components of a kustomization"
	}
	return "add this line to resources in " + finding.ShowName(l.UnlistedBy) + ": - " + finding.ShowName(l.Entry)
}
