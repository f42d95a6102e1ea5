// SPDX-License-Identifier: Apache-2.0

// Package pull decides which credential kubelet uses to pull an image. Its input is the
// images of a pod and the whole ordered list of the pod's pull Secrets. Its output is one
// verdict for each image.
//
// Only this package knows kubelet's rule: how kubelet normalises image names, how it
// reads and matches the keys of auths, and what it reads in a Secret. kubelet merges all
// Secrets of the list before the lookup. So an entry of one Secret can hide an entry of
// another. `docker login` and kubectl write the key index.docker.io. kubelet uses that
// entry for images of Docker Hub only if no other entry in the whole list matches. Even
// an entry without credentials hides it.
//
// The rule is the one of k8s.io/kubernetes v1.37. testdata/kubelet compares it with
// kubelet's own code. The package knows only the manifests: it does not know the
// credentials of the node, or whether a registry accepts a credential. It does no I/O and
// keeps no credential.
package pull

import (
	"slices"
	"strings"
)

// A Secret is one entry of a pod's list. If the Secret is not among the resources,
// Content is the zero Content.
type Secret struct {
	Name    string
	Content Content
}

// A Keyring is a list of pull Secrets as kubelet merges it. Several goroutines must not
// use it at the same time.
type Keyring struct {
	secrets []Secret
	byState map[State][]string // the names of the Secrets in each state, in order, each once
	usable  bool               // some Secret has a usable credential, for any registry
	judged  map[string]Verdict // by image: the checks ask for each image several times
	last    []Offer            // the offers of the last image
}

// NewKeyring returns the keyring of a list of Secrets, in the order of the list. It skips
// entries without a name, as kubelet does. A Secret that the list names twice counts
// twice. The caller must not change the list afterwards.
func NewKeyring(secrets []Secret) *Keyring {
	k := &Keyring{secrets: secrets, byState: map[State][]string{}, judged: map[string]Verdict{}}
	type namedState struct {
		name  string
		state State
	}
	seen := map[namedState]bool{}
	for _, s := range secrets {
		if s.Name == "" {
			continue
		}
		if n := (namedState{s.Name, s.Content.State}); !seen[n] {
			seen[n] = true
			k.byState[n.state] = append(k.byState[n.state], n.name)
		}
		k.usable = k.usable || s.Content.usable
	}
	return k
}

// Judge returns the verdict on the pull of an image.
func (k *Keyring) Judge(image string) Verdict {
	v, known := k.judged[image]
	if !known {
		v = k.judge(image)
		k.judged[image] = v
	}
	return v
}

func (k *Keyring) judge(image string) Verdict {
	repository, valid := Repository(image)
	v := Verdict{Image: image, Repository: repository, Unknown: k.byState[Unknown]}
	switch malformed := k.byState[Malformed]; {
	case malformed != nil:
		v.Outcome, v.Cause = Fails, malformed
		return v
	case !valid:
		v.Outcome = InvalidImage
		return v
	}
	found, hidden := k.lookup(repository)
	if slices.Equal(found, k.last) { // share them: a Secret that spells one registry in 10,000 ways would fill the memory
		found = k.last
	}
	k.last = found
	v.Offers, v.Hidden, v.by = found, hidden, namesOf(found, true)
	first := v.unusableFirst()
	switch {
	case len(v.by) > 0 && first == nil:
		v.Outcome = Authenticated
	case v.Unknown != nil:
		v.Outcome, v.Cause = Unresolved, v.Unknown
	case first != nil:
		v.Outcome, v.Why, v.Cause = Anonymous, Unusable, namesOf(first, false)
	default:
		v.Outcome = Anonymous
		v.Why, v.Cause = k.reason()
	}
	return v
}

// unusableFirst returns the unusable credentials that kubelet may try first. It tries one
// credential after the other until a pull succeeds. kubelet has no order for entries of one
// Secret with the same endpoint.
func (v *Verdict) unusableFirst() (unusable []Offer) {
	for _, o := range v.Offers {
		if o.Endpoint != v.Offers[0].Endpoint || o.Index != v.Offers[0].Index {
			break
		}
		if !o.Usable {
			unusable = append(unusable, o)
		}
	}
	return unusable
}

// lookup returns the credentials that kubelet offers for a repository, and those hidden
// by them. Both are in kubelet's order: by endpoint, the last in the alphabet first, then
// by Secret. kubelet has no order for entries of one Secret with the same endpoint.
//
// Like kubelet, lookup compares every entry.
func (k *Keyring) lookup(repository string) (found, hidden []Offer) {
	at, ok := locate(repository)
	onHub := isOnHub(repository)
	for i, s := range k.secrets {
		if s.Name == "" {
			continue
		}
		for j := range s.Content.entries {
			e := &s.Content.entries[j]
			if ok && e.located && e.location.serves(&at) {
				found = append(found, Offer{s.Name, i, e.endpoint, e.server, e.usable})
			}
			if onHub && e.endpoint == hubCredentials {
				hidden = append(hidden, Offer{s.Name, i, e.endpoint, e.server, e.usable})
			}
		}
	}
	if len(found) == 0 {
		found, hidden = hidden, nil
	}
	slices.SortFunc(found, Offer.compare)
	return found, hidden
}

// compare orders offers for slices.SortFunc as kubelet orders them. Offers of one Secret
// with the same endpoint are ordered by server.
func (o Offer) compare(other Offer) int {
	switch {
	case o.Endpoint != other.Endpoint:
		return strings.Compare(other.Endpoint, o.Endpoint)
	case o.Index != other.Index:
		return o.Index - other.Index
	}
	return strings.Compare(o.Server, other.Server)
}

// namesOf returns the Secrets of the usable offers, or of the unusable ones, in order,
// each once.
func namesOf(all []Offer, usable bool) (names []string) {
	seen := map[string]bool{}
	for i, o := range all {
		isLast := i > 0 && all[i-1].Index == o.Index && all[i-1].Usable == o.Usable // saves the look-up in seen
		if o.Usable == usable && !isLast && !seen[o.Secret] {
			seen[o.Secret] = true
			names = append(names, o.Secret)
		}
	}
	return names
}

// reason returns why a pull is anonymous that no entry matches, and which Secrets cause it.
func (k *Keyring) reason() (Reason, []string) {
	switch {
	case k.byState[Refused] != nil:
		return RefusedSecret, k.byState[Refused]
	case k.byState[Ignored] != nil:
		return IgnoredSecret, k.byState[Ignored]
	case k.byState[Known] == nil:
		return NoSecret, nil
	case !k.usable:
		return NoCredential, k.byState[Known]
	}
	return NoMatch, k.byState[Known]
}

// Matches returns the servers whose credentials kubelet offers for the repository, in
// kubelet's order. Servers are keys of auths.
func Matches(servers []string, repository string) []string {
	found, _ := NewKeyring([]Secret{{"servers", Authenticating(servers...)}}).lookup(repository)
	var matching []string
	for _, o := range found {
		matching = append(matching, o.Server)
	}
	return matching
}
