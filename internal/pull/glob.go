// SPDX-License-Identifier: Apache-2.0

package pull

import (
	"path"
	"strings"
)

// globs are addresses of which some labels are globs. Most have literal labels, too:
// by these they are looked up, so that not each has to be matched with each host.
type globs map[outline]map[string]*shape

// An outline is what has to be equal for a glob to match.
type outline struct {
	port   string
	labels int
}

// A shape is the globs with one outline that have their literal labels in the same
// places. Its key has a byte for each label: a dot for a literal one.
type shape struct {
	places string
	hosts  map[string][]glob // by the literal labels
}

type glob struct {
	labels []string
	paths  *paths
}

// add adds an address, and what there is for it.
func (g globs) add(a address, p *paths) {
	labels := strings.Split(a.host, ".")
	places := make([]byte, len(labels))
	for i, label := range labels {
		places[i] = '.'
		if isGlob(label) {
			places[i] = '*'
		}
	}
	o := outline{a.port, len(labels)}
	if g[o] == nil {
		g[o] = map[string]*shape{}
	}
	s := g[o][string(places)]
	if s == nil {
		s = &shape{string(places), map[string][]glob{}}
		g[o][s.places] = s
	}
	key := s.literals(labels)
	s.hosts[key] = append(s.hosts[key], glob{labels, p})
}

// matching returns what there is for an address under the globs that match it.
func (g globs) matching(a address) (found []*paths) {
	labels := strings.Split(a.host, ".")
	for _, s := range g[outline{a.port, len(labels)}] {
		for _, glob := range s.hosts[s.literals(labels)] {
			if s.matches(glob, labels) {
				found = append(found, glob.paths)
			}
		}
	}
	return found
}

// literals returns those of the labels that have to be equal.
func (s *shape) literals(labels []string) string {
	var b strings.Builder
	for i, label := range labels {
		if s.places[i] == '.' {
			b.WriteString(label)
			b.WriteByte('.')
		}
	}
	return b.String()
}

// matches reports whether labels match a glob of the shape whose literal ones are equal.
func (s *shape) matches(g glob, labels []string) bool {
	for i, label := range labels {
		if s.places[i] == '.' {
			continue
		}
		if matched, err := path.Match(g.labels[i], label); err != nil || !matched {
			return false
		}
	}
	return true
}

// isGlob reports whether a host or label may match other than itself. That is so of
// an IPv6 address without a port, since its brackets are still there.
func isGlob(host string) bool { return strings.ContainsAny(host, `*?[\`) }
