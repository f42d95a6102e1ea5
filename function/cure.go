// SPDX-License-Identifier: Apache-2.0

package function

import (
	"fmt"
	"slices"
	"strings"

	"example.com/calico-pull-secrets/internal/finding"
	"example.com/calico-pull-secrets/internal/inventory"
)

// cure returns what to set for the repositories to be pulled with a Secret: beside what
// it authenticates if isPartial, else instead of that. How entries of registries are
// written is on the page of the checks.
func (j *judge) cure(repositories []string, isPartial bool) string {
	servers := inventory.ServersFor(repositories)
	if all := j.serversOfAll(); !isPartial && len(servers) == 1 && len(all) > 1 { // each alone would be wrong for the others
		return j.cureFor(all, false)
	}
	switch {
	case len(servers) == 0 && isPartial:
		return "no server matches these images"
	case len(servers) == 0:
		return "leave the Secret out: no server matches these images"
	case isPartial:
		return j.cureFor(servers, true)
	}
	return j.cureFor(servers, false) + ", or leave the Secret out"
}

// serversOfAll returns the servers that all targets of a Secret need together, if there is
// one Secret for them and it is made of one server.
func (j *judge) serversOfAll() []string {
	s, e := j.settings.Secret, j.settings.External
	if s != nil && len(s.Registries) == 0 && s.DockerConfig == "" || e != nil && len(e.Registries) == 0 {
		return inventory.ServersFor(repositoriesOf(j.references))
	}
	return nil
}

// registryLines returns the settings for one Secret with several servers, where targets need
// different ones; empty if they do not.
func (j *judge) registryLines() string {
	servers := j.serversOfAll()
	if len(servers) < 2 {
		return ""
	}
	block, each := "secret", "usernameEnv and passwordEnv"
	if j.settings.Secret == nil {
		block, each = "externalSecret", "remoteKey"
	}
	var lines []string
	for i, server := range servers {
		lines = append(lines, fmt.Sprintf("%s.registries.%d.server=%s", block, i, server))
	}
	return fmt.Sprintf("set %s, each with %s, and leave %s.server out", strings.Join(lines, " "), each, block)
}

func (j *judge) cureFor(servers []string, isPartial bool) string {
	names := finding.Enumerate(servers)
	s, e := j.settings.Secret, j.settings.External
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
	case isPartial && len(j.settings.Servers) > 0:
		return "add to that Secret an entry for " + names + ", and the same to servers"
	}
	return "use a Secret for " + names
}

// firstImages returns the first three of images, and how many more there are.
func firstImages(all []string) string {
	const most = 3
	if len(all) > most {
		all = append(slices.Clone(all[:most]), fmt.Sprintf("%d more", len(all)-most))
	}
	return strings.Join(all, ", ")
}
