// SPDX-License-Identifier: Apache-2.0

// Package cure says which settings make kubelet pull images with a Secret.
package cure

import (
	"fmt"
	"strings"

	"example.com/calico-pull-secrets/internal/config"
	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
)

// A Cure has the settings to change, and the servers that all targets need.
type Cure struct {
	settings config.Settings
	// all has the servers that all targets need together. It is nil unless one Secret with one
	// server is for all of them.
	all []string
}

// New returns the Cure of settings whose targets pull the repositories.
func New(settings config.Settings, repositories []string) Cure {
	c := Cure{settings: settings}
	s, e := settings.Secret, settings.External
	if s != nil && len(s.Registries) == 0 && s.DockerConfig == "" || e != nil && len(e.Registries) == 0 {
		c.all = inventory.ServersFor(repositories)
	}
	return c
}

// For returns what to set so that kubelet pulls the repositories with a Secret. With isPartial the
// Secret keeps what it authenticates, else not. docs/checks.md says how to write entries of
// registries.
func (c Cure) For(repositories []string, isPartial bool) string {
	servers := inventory.ServersFor(repositories)
	if !isPartial && len(servers) == 1 && len(c.all) > 1 { // each alone would be wrong for the others
		return c.forServers(c.all, false)
	}
	switch {
	case len(servers) == 0 && isPartial:
		return "no Secret can be for these images"
	case len(servers) == 0:
		return "no Secret can be for these images: remove the reference with --remove"
	case isPartial:
		return c.forServers(servers, true)
	}
	hint := c.forServers(servers, false)
	if all := hint + ". If these images need no Secret, remove the reference with --remove"; len(all) <= finding.LongestHint {
		return all
	}
	return hint
}

// RegistryLines returns the settings for one Secret with several servers. Empty if the targets do
// not need several, or if the settings are too long for a hint.
func (c Cure) RegistryLines() string {
	if len(c.all) < 2 {
		return ""
	}
	block, each := "secret", "usernameEnv and passwordEnv"
	if c.settings.Secret == nil {
		block, each = "externalSecret", "remoteKey"
	}
	var lines []string
	for i, server := range c.all {
		lines = append(lines, fmt.Sprintf("%s.registries.%d.server=%s", block, i, server))
	}
	hint := fmt.Sprintf("set %s, each with %s", strings.Join(lines, " "), each)
	if len(hint) > finding.LongestHint {
		return ""
	}
	return hint
}

func (c Cure) forServers(servers []string, isPartial bool) string {
	names := finding.Enumerate(servers)
	s, e := c.settings.Secret, c.settings.External
	block, server, isList := "secret", "", false
	switch {
	case s != nil:
		server, isList = s.Server, len(s.Registries) > 0
	case e != nil:
		block, server, isList = "externalSecret", e.Server, len(e.Registries) > 0
	}
	switch {
	case isList:
		return "add " + names + " to " + block + ".registries: calico-pull-secrets explain registry-partial"
	case !isPartial && len(servers) == 1 && (s == nil || s.DockerConfig == "") && (s != nil || e != nil):
		return "set " + block + ".server=" + names
	case s != nil && s.DockerConfig != "" && s.Server != "":
		return "run docker login for " + names + ", and leave secret.server out"
	case s != nil && s.DockerConfig != "":
		return "run docker login for " + names
	case s != nil || e != nil:
		if isPartial {
			names = finding.ShowServer(server) + ", " + names
		}
		return "list " + names + " in " + block + ".registries, instead of " + block + ".server: calico-pull-secrets explain registry-partial"
	case isPartial && len(c.settings.Servers) > 0:
		return "add an entry for " + names + " to that Secret, and " + names + " to servers"
	}
	return "use a Secret for " + names
}
