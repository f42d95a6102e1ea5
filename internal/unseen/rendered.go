// SPDX-License-Identifier: Apache-2.0

package unseen

import (
	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/secrets"
	"example.com/calico-pull-secrets/internal/targets"
)

// Rendered returns a finding on each object from which a tool renders others later. It skips an
// object that another such object names as its source.
func Rendered(s config.Settings, set *secrets.Set) (all finding.List) {
	if !targets.AsksForRendered(s) {
		return nil
	}
	isSaid := map[string]bool{}
	for _, r := range set.Objects {
		if later := r.Reading.Rendered; later != nil {
			isSaid[later.Source] = true
		}
	}
	for _, r := range set.Objects {
		isInFile := r.Source != "" && r.Source != stdinName // a file of the command line
		if later := r.Reading.Rendered; later != nil && (later.Self == "" || !isSaid[later.Self]) && !(later.IsOfFolder && isInFile) {
			field := inventory.RenderedField
			if later.IsOfFolder { // its fields have no field around them
				field = ""
			}
			all = append(all, r.Finding(finding.RenderedLater, s.Preflight.Unproven(finding.Info), field,
				"%s later, and the program does not see the result\nhint: %s | %s", later.About, later.Command, lookingAtStdin(s)))
		}
	}
	return all
}

// lookingAtStdin returns the command that asks the same question about stdin.
func lookingAtStdin(s config.Settings) string {
	if s.Mode == config.ModeAudit {
		return "calico-pull-secrets --audit"
	}
	return "calico-pull-secrets --check -"
}
