// SPDX-License-Identifier: Apache-2.0

package function

import (
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/credential"
	"example.com/calico-pull-secrets/internal/emitted"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
	"example.com/calico-pull-secrets/internal/kubectl"
	"example.com/calico-pull-secrets/internal/targets"
)

// A task is the work of a run: the settings, and what it may read for them.
type task struct {
	config.Settings
	access       credential.Access
	home         Home // where new objects go
	showsResults bool // results show the findings, and nothing else does
	allow        Allow
	// onlyChecks is true if mode remove reports its changes as errors, and makes none.
	onlyChecks bool
	texts      []emitted.Text // files that may name the Secret
}

// isDry reports whether the task changes nothing and reports each change as an error.
func (s task) isDry() bool { return s.Mode == config.ModeCheck || s.onlyChecks }

// reader returns a function that reads objects from their trees. Under strict it notes what kubectl
// refuses in them. Package wire reports a document of a stream without an apiVersion.
func (s task) reader(isListed bool) func(*yaml.Node) []inventory.Object {
	about := targets.QuestionOf(s.Settings)
	return func(tree *yaml.Node) []inventory.Object {
		read := inventory.Read(tree, about)
		if s.Preflight == finding.PolicyStrict {
			read[0].Refusal = kubectl.Refused(tree, isListed)
		}
		return read
	}
}
