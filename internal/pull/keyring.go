// SPDX-License-Identifier: Apache-2.0

// Package pull knows with what kubelet pulls an image: a pod's images and the whole
// ordered list of its pull Secrets go in, a verdict for each image comes out.
//
// It is the one place that knows kubelet's rule: how image names are normalised, how
// keys of auths are read and matched, what is read of a Secret, and that all Secrets
// of the list are merged before the lookup. So an entry of one Secret may hide that
// of another: index.docker.io, which `docker login` and kubectl write, serves images
// of Docker Hub only if nothing else in the whole list does. An entry without
// credentials hides as well.
//
// The rule is that of k8s.io/kubernetes v1.37, compared with kubelet's own code in
// testdata/kubelet. It stops where the manifests stop: credentials of the node and
// whether a registry accepts a credential are not known here. The package does no
// I/O and keeps no credential.
package pull

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// A Secret is one of a pod's list. One that is nowhere among the resources has the
// zero Content.
type Secret struct {
	Name    string
	Content Content
}

// A Keyring is a list of pull Secrets as kubelet merges it. It must not be used by
// several goroutines at once.
type Keyring struct {
	names  []string // by position in the list
	states map[State][]string
	usable bool // there is a usable credential, for whatever registry

	parts    []part
	fallback *offers
	offered  map[string]*offers // by the endpoints
}

// A part is an index of some Secrets: of one with many entries, or of all others.
type part struct {
	index  *index
	secret int // the position of the one Secret, -1 for the others
}

// offers are the credentials of some endpoints.
type offers struct {
	all []Offer
	by  []string // the Secrets of those that are usable, each once
}

// NewKeyring returns the keyring of a list of Secrets, in its order. Entries without
// a name are skipped, as by kubelet; a Secret that is named twice counts twice. To
// make it costs little, whatever the size of the Secrets.
func NewKeyring(secrets []Secret) *Keyring {
	k := &Keyring{states: map[State][]string{}, offered: map[string]*offers{}}
	others := newIndex()
	type namedState struct {
		name  string
		state State
	}
	seen := map[namedState]bool{}
	for i, s := range secrets {
		k.names = append(k.names, s.Name)
		if s.Name == "" {
			continue
		}
		if n := (namedState{s.Name, s.Content.State}); !seen[n] {
			seen[n] = true
			k.states[s.Content.State] = append(k.states[s.Content.State], s.Name)
		}
		k.usable = k.usable || s.Content.usable
		if s.Content.index != nil {
			k.parts = append(k.parts, part{s.Content.index, i})
		} else {
			others.add(i, s.Content.entries)
		}
	}
	if len(others.endpoints) > 0 {
		k.parts = append(k.parts, part{others, -1})
	}
	k.fallback = k.offersOf(func(x *index) []*endpoint {
		if hub := x.endpoints[hubCredentials]; hub != nil {
			return []*endpoint{hub}
		}
		return nil
	})
	return k
}

// Judge returns what becomes of the pull of an image.
func (k *Keyring) Judge(image string) Verdict {
	repository, valid := Repository(image)
	v := Verdict{Image: image, Repository: repository, Unknown: k.states[Unknown]}
	switch malformed := k.states[Malformed]; {
	case malformed != nil:
		v.Outcome, v.Cause = Fails, malformed
		return v
	case !valid:
		v.Outcome = InvalidImage
		return v
	}
	found, hidden := k.lookup(repository)
	v.Offers, v.Hidden, v.by = found.all, hidden.all, found.by
	switch {
	case len(v.by) > 0:
		v.Outcome = Authenticated
	case v.Unknown != nil:
		v.Outcome, v.Cause = Unresolved, v.Unknown
	default:
		v.Outcome = Anonymous
		v.Why, v.Cause = k.reason(found)
	}
	return v
}

// lookup returns what kubelet offers for a repository, and what is not reached.
func (k *Keyring) lookup(repository string) (found, hidden *offers) {
	found, hidden = &offers{}, &offers{}
	if l, ok := locate(repository); ok {
		found = k.offersOf(func(x *index) []*endpoint { return x.serving(l) })
	}
	switch {
	case !isOnHub(repository):
	case len(found.all) == 0:
		found = k.fallback
	default:
		hidden = k.fallback
	}
	return found, hidden
}

// offersOf returns the credentials of the endpoints that are found in each part, in
// kubelet's order: by endpoint, the last first, then by Secret. Those of one Secret
// for one endpoint have no order in kubelet.
func (k *Keyring) offersOf(find func(*index) []*endpoint) *offers {
	var key []byte
	found := make([][]*endpoint, len(k.parts))
	for i, p := range k.parts {
		found[i] = find(p.index)
		for _, e := range found[i] {
			key = binary.AppendUvarint(binary.AppendUvarint(key, uint64(i)), uint64(e.id))
		}
	}
	if known := k.offered[string(key)]; known != nil {
		return known
	}
	o := &offers{}
	for i, p := range k.parts {
		for _, e := range found[i] {
			for _, c := range e.credentials {
				at := c.secret
				if p.secret >= 0 {
					at = p.secret
				}
				o.all = append(o.all, Offer{k.names[at], at, e.name, c.server, c.usable})
			}
		}
	}
	slices.SortFunc(o.all, func(a, b Offer) int {
		return cmp.Or(cmp.Compare(b.Endpoint, a.Endpoint), cmp.Compare(a.Index, b.Index), cmp.Compare(a.Server, b.Server))
	})
	o.by = namesOf(o.all, true)
	k.offered[string(key)] = o
	return o
}

// namesOf returns the Secrets of offers that are usable, or of those that are not, in
// order, each once.
func namesOf(all []Offer, usable bool) (names []string) {
	seen := map[string]bool{}
	for _, o := range all {
		if o.Usable == usable && !seen[o.Secret] {
			seen[o.Secret] = true
			names = append(names, o.Secret)
		}
	}
	return names
}

// reason returns why a pull is anonymous, and which Secrets are to blame.
func (k *Keyring) reason(found *offers) (Reason, []string) {
	switch {
	case len(found.all) > 0:
		return Unusable, namesOf(found.all, false)
	case k.states[Refused] != nil:
		return RefusedSecret, k.states[Refused]
	case k.states[Ignored] != nil:
		return IgnoredSecret, k.states[Ignored]
	case k.states[Known] == nil:
		return NoSecret, nil
	case !k.usable:
		return NoCredential, k.states[Known]
	}
	return NoMatch, k.states[Known]
}

// Matches returns those of the servers, keys of auths, whose credentials kubelet
// offers for the repository, in the order in which it tries them. Many repositories
// are judged faster by one Keyring.
func Matches(servers []string, repository string) []string {
	found, _ := NewKeyring([]Secret{{"servers", Authenticating(servers...)}}).lookup(repository)
	var matching []string
	for _, o := range found.all {
		matching = append(matching, o.Server)
	}
	return matching
}
