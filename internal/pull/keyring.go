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
	"slices"
	"strings"
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
	secrets []Secret
	byState map[State][]string // the names of the Secrets in each state, in order, each once
	usable  bool               // there is a usable credential, for whatever registry
	judged  map[string]Verdict // by image, since the checks ask for each several times
	last    []Offer            // what was offered last
}

// NewKeyring returns the keyring of a list of Secrets, in its order. Entries without
// a name are skipped, as by kubelet; a Secret that is named twice counts twice. The
// list must not change afterwards.
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

// Judge returns what becomes of the pull of an image.
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
	if slices.Equal(found, k.last) { // a Secret that spells one registry in 10,000 ways would fill the memory
		found = k.last
	}
	k.last = found
	v.Offers, v.Hidden, v.by = found, hidden, namesOf(found, true)
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

// lookup returns what kubelet offers for a repository, and what it does not reach, both
// in kubelet's order: by endpoint, the last first, then by Secret. kubelet has no order
// for entries of one Secret with one endpoint.
//
// Like kubelet it looks at every entry.
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

// compare returns what slices.SortFunc wants, for kubelet's order.
func (o Offer) compare(other Offer) int {
	switch {
	case o.Endpoint != other.Endpoint:
		return strings.Compare(other.Endpoint, o.Endpoint)
	case o.Index != other.Index:
		return o.Index - other.Index
	}
	return strings.Compare(o.Server, other.Server)
}

// namesOf returns the Secrets of offers that are usable, or of those that are not, in
// order, each once.
func namesOf(all []Offer, usable bool) (names []string) {
	seen := map[string]bool{}
	for i, o := range all {
		isLast := i > 0 && all[i-1].Index == o.Index && all[i-1].Usable == o.Usable // saves a look-up
		if o.Usable == usable && !isLast && !seen[o.Secret] {
			seen[o.Secret] = true
			names = append(names, o.Secret)
		}
	}
	return names
}

// reason returns why a pull is anonymous, and which Secrets are to blame.
func (k *Keyring) reason(found []Offer) (Reason, []string) {
	switch {
	case len(found) > 0:
		return Unusable, namesOf(found, false)
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

// Matches returns those of the servers, keys of auths, whose credentials kubelet
// offers for the repository, in the order in which it tries them.
func Matches(servers []string, repository string) []string {
	found, _ := NewKeyring([]Secret{{"servers", Authenticating(servers...)}}).lookup(repository)
	var matching []string
	for _, o := range found {
		matching = append(matching, o.Server)
	}
	return matching
}
