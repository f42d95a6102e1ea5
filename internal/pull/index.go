// SPDX-License-Identifier: Apache-2.0

package pull

import (
	"slices"
	"sync"
)

// An index finds the endpoints that serve a repository without looking at all of
// them: hosts and the beginnings of paths are looked up, and globs are matched once
// for each host. It may be read by several goroutines.
//
// The rule is that of URLsMatch in k8s.io/kubernetes/pkg/credentialprovider: the port
// is equal, the labels of the host are as many and each matches as a glob, and the
// path is the beginning of the repository's.
type index struct {
	endpoints map[string]*endpoint
	hosts     map[address]*paths
	globs     globs    // those of the hosts that are globs
	matched   sync.Map // address of a repository → []*paths, for want of matching all globs again
}

// An endpoint is a key of kubelet's keyring, and what is stored under it.
type endpoint struct {
	id          int // in the order of adding
	name        string
	credentials []credential // by Secret, then by server
}

// A credential is an entry of auths, without its user name and password.
type credential struct {
	secret int // the position of its Secret in the list
	server string
	usable bool
}

// paths are the endpoints with one address.
type paths struct {
	starting map[string][]*endpoint // by their path
	lengths  []int                  // of the paths, sorted, each once
}

func newIndex() *index {
	return &index{endpoints: map[string]*endpoint{}, hosts: map[address]*paths{}, globs: globs{}}
}

// add adds the entries of the Secret at a position of the list.
func (x *index) add(secret int, entries []entry) {
	for _, e := range entries {
		at := x.endpoints[e.endpoint]
		if at == nil {
			at = &endpoint{id: len(x.endpoints), name: e.endpoint}
			x.endpoints[e.endpoint] = at
			if e.located {
				x.place(at, e.location)
			}
		}
		at.credentials = append(at.credentials, credential{secret, e.server, e.usable})
	}
}

// place makes an endpoint known under its host and path.
func (x *index) place(at *endpoint, l location) {
	p := x.hosts[l.address]
	if p == nil {
		p = &paths{starting: map[string][]*endpoint{}}
		x.hosts[l.address] = p
		if isGlob(l.host) {
			x.globs.add(l.address, p)
		}
	}
	p.starting[l.path] = append(p.starting[l.path], at)
	if i, found := slices.BinarySearch(p.lengths, len(l.path)); !found {
		p.lengths = slices.Insert(p.lengths, i, len(l.path))
	}
}

// serving returns the endpoints that serve a repository, in no order.
func (x *index) serving(repository location) []*endpoint {
	var serving []*endpoint
	for _, p := range x.pathsOf(repository.address) {
		for _, n := range p.lengths {
			if n > len(repository.path) {
				break
			}
			serving = append(serving, p.starting[repository.path[:n]]...)
		}
	}
	return serving
}

// pathsOf returns what there is for the address of a repository: under its own
// host, and under each glob that matches.
func (x *index) pathsOf(a address) []*paths {
	var found []*paths
	if p := x.hosts[a]; p != nil && !isGlob(a.host) {
		found = append(found, p)
	}
	if len(x.globs) == 0 {
		return found
	}
	if known, ok := x.matched.Load(a); ok {
		return known.([]*paths)
	}
	found = append(found, x.globs.matching(a)...)
	x.matched.Store(a, found)
	return found
}
