// SPDX-License-Identifier: Apache-2.0

package function

import (
	"slices"

	"github.com/GoogleContainerTools/kpt-functions-sdk/go/fn"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/pull"
)

// outside finds what a target of a registry may be meant to select and does not, so that
// nobody takes silence for a verdict: Pods and Jobs that pull from there, which get a
// Secret only if a target names their kind; images that cannot be told, and an
// Installation of which they are not known.
func (j *judge) outside() {
	for _, t := range j.settings.Targets {
		if t.Registry == "" {
			continue
		}
		for _, r := range j.set.all {
			if j.targets[r] == nil && !j.outsiders[r] && selects(t, r, false) {
				j.outsiders[r] = j.outsider(t, r)
			}
		}
	}
}

// outsider finds the same of a resource that t would select, and reports whether there
// is anything.
func (j *judge) outsider(t Target, r *resource) bool {
	own, problems := newReference(r, j.set, j.settings.SecretName)
	switch {
	case isInstallation(r) && len(r.containers()) == 0:
		j.add(r, "spec.registry", finding.RegistryUnknown, fn.Info,
			"from where the operator has Calico pulled is not known here, so it is not selected by its registry: %s; or add operator to targets", tellRegistry(r))
	case slices.ContainsFunc(r.containers(), func(c container) bool { _, ok := pull.Repository(c.image); return !ok }):
		j.invalidImages(r)
	case len(r.unreadable) > 0:
		j.unjudged(r)
	case pulledBy(t, r) && len(problems) == 0 && len(own.names) == 0 && len(own.account.pullSecrets()) == 0:
		j.add(r, own.spec.Path(), finding.UncoveredWorkload, fn.Info,
			"pulls %s without a Secret, and gets one only if a target names its kind: add %s/%s to targets", finding.Enumerate(r.repositories()), r.gvk.Kind, finding.ShowName(r.GetName()))
	default:
		return false
	}
	return true
}
