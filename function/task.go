// SPDX-License-Identifier: Apache-2.0

package function

import (
	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/credential"
	"example.com/calico-pull-secrets/internal/emitted"
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
